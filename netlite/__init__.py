"""netlite: ping, traceroute, tracepath, netstat, ifconfig, route and arp for Linux.

The programs live in ``bin/``; the same engines are a library.  Importing this package
loads nothing: public names are loaded at first use.
"""

from __future__ import annotations

__version__ = "0.1.0"


def __getattr__(name: str):
    from .api import __all__  # not "from . import api", which asks this function for "api" first

    if name in __all__:
        from sys import modules

        return getattr(modules["netlite.api"], name)
    raise AttributeError(f"module 'netlite' has no attribute {name!r}")
