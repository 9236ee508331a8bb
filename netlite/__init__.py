"""netlite: ping, traceroute, tracepath, netstat, ifconfig, route and arp for Linux.

The programs live in ``bin/``; the same engines are a library.  Importing this package
loads nothing: public names are loaded at first use.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import aio
    from .api import (
        World,
        addresses,
        changes,
        connections,
        counters,
        default_routes,
        diagnose,
        interfaces,
        multipath,
        neighbours,
        path_mtu,
        ping,
        ping_many,
        resolve,
        route_to,
        routes,
        tracepath,
        traceroute,
        watch,
    )
    from .errors import KernelRefused, NameUnknown, NetliteError
    from .feature_errors import (
        HostUnknown,
        LabRefused,
        LibraryMissing,
        MalformedPacket,
        NamespaceRefused,
        NoLab,
        NotPermitted,
        SceneError,
    )

__version__ = "0.2.0"
__all__ = [
    "HostUnknown", "KernelRefused", "LabRefused", "LibraryMissing", "MalformedPacket", "NameUnknown",
    "NamespaceRefused", "NetliteError", "NoLab", "NotPermitted", "SceneError", "World", "addresses", "aio",
    "changes", "connections", "counters", "default_routes", "diagnose", "interfaces", "multipath", "neighbours",
    "path_mtu", "ping", "ping_many", "resolve", "route_to", "routes", "tracepath", "traceroute", "watch",
]

if not TYPE_CHECKING:  # type checkers know the names above, and that there are no others
    def __getattr__(name: str):
        if name not in __all__:
            raise AttributeError(f"module 'netlite' has no attribute {name!r}")
        from . import errors, feature_errors

        for module in errors, feature_errors:
            if hasattr(module, name):
                return getattr(module, name)
        from importlib import import_module

        return import_module(".aio", __name__) if name == "aio" else getattr(import_module(".api", __name__), name)

    def __dir__() -> list[str]:
        return [*__all__, *(name for name in globals() if name.startswith("__"))]
