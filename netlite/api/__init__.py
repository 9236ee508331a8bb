"""The library: the engines of the programs as functions that return records.

Nothing here prints or parses text, and nothing is raised for a lost probe: that is a record too.  Each
function takes a `world` (`netlite.World` by default): the network it works on.

Arguments are checked before anything is opened: TypeError and ValueError name the one that is wrong.  Times in
arguments are seconds (`…_s`), in records whole nanoseconds (`…_ns`).  All else that is raised is a
`netlite.NetliteError`: NameUnknown, NotPermitted (which says what to configure), KernelRefused.
"""

from __future__ import annotations

from ..world import World
from .changes import changes
from .diagnosis import diagnose
from .kernel_tables import addresses, counters, default_routes, interfaces, neighbours, route_to, routes
from .paths import multipath, path_mtu, tracepath
from .pings import ping, ping_many
from .sockets import connections
from .targets import resolve
from .traces import traceroute
from .watches import watch

__all__ = ["World", "addresses", "changes", "connections", "counters", "default_routes", "diagnose", "interfaces",
           "multipath", "neighbours", "path_mtu", "ping", "ping_many", "resolve", "route_to", "routes", "tracepath",
           "traceroute", "watch"]
