"""The IPv4 routing cache, /proc/net/rt_cache; there is none since Linux 3.6."""

from __future__ import annotations

from ...records.route_cache import CachedRoute
from ..files import net_file, read_lines
from .proc_tables import NO_NUMBERS, after_header, packed, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..door import Door


def read_route_cache(world: Door) -> Iterator[list[CachedRoute]]:
    """The IPv4 routing cache: yields lists of `CachedRoute`.  Raises OSError at once."""
    blocks = read_lines(world.files, net_file(world, "rt_cache"))
    return (parse_route_cache(rows) for rows in after_header(blocks))


def parse_route_cache(rows: list[bytes]) -> list[CachedRoute]:
    """Rows of /proc/net/rt_cache, without its title line."""
    routes = []
    for row in rows:
        words = row.split()
        if len(words) < 15:
            continue
        (interface, destination, gateway, _, references, uses, metric, source, mss, window, irtt,
         service, holders, fresh, specific) = words[:15]
        try:
            routes.append(CachedRoute(
                packed(source), packed(destination), packed(gateway), int(metric), int(references), int(uses),
                text(interface), int(mss), int(window), int(irtt),
                int(service, 16), int(holders), int(fresh), packed(specific)))
        except NO_NUMBERS:
            continue
    return routes
