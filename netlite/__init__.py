"""netlite: ping, traceroute, tracepath, netstat, ifconfig, route and arp for Linux.

The programs live in ``bin/``; the same engines are a library.  Importing this package
loads nothing: public names are loaded at first use.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .api import (
        World,
        connections,
        interfaces,
        multipath,
        neighbours,
        path_mtu,
        ping,
        routes,
        tracepath,
        traceroute,
    )
    from .errors import (
        HostUnknown,
        KernelRefused,
        LabRefused,
        LibraryMissing,
        MalformedPacket,
        NamespaceRefused,
        NameUnknown,
        NetliteError,
        NoLab,
        SceneError,
    )

__version__ = "0.1.0"
__all__ = [
    "HostUnknown", "KernelRefused", "LabRefused", "LibraryMissing", "MalformedPacket", "NameUnknown",
    "NamespaceRefused", "NetliteError", "NoLab", "SceneError", "World", "connections", "interfaces", "multipath",
    "neighbours", "path_mtu", "ping", "routes", "tracepath", "traceroute",
]

if not TYPE_CHECKING:  # type checkers know the names above, and that there are no others
    def __getattr__(name: str):
        if name not in __all__:
            raise AttributeError(f"module 'netlite' has no attribute {name!r}")
        from . import errors

        if hasattr(errors, name):
            return getattr(errors, name)
        from . import api

        return getattr(api, name)

    def __dir__() -> list[str]:
        return [*__all__, *(name for name in globals() if name.startswith("__"))]
