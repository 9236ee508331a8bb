"""netlite: ping, traceroute, tracepath, netstat, ifconfig, route and arp for Linux.

The programs live in ``bin/``; the same engines are a library.  Importing this package
loads nothing: public names are loaded at first use.
"""

from __future__ import annotations

__version__ = "0.1.0"


def __getattr__(name: str):
    from . import api

    if name in api.__all__:
        return getattr(api, name)
    raise AttributeError(f"module 'netlite' has no attribute {name!r}")
