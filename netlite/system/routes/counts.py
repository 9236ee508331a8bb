"""How many routes there are of each table and type, for who does not want them one by one (RTM_GETROUTE)."""

from __future__ import annotations

from _struct import Struct
from functools import partial

from ...records.route_lookup import TableRoute
from ..netlink import compiled
from ..netlink.channel import HEADER, as_found, attributes, decoded, open_route_channel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..door import Door
    from ..netlink.channel import Chunk

NUMBER = Struct("=I")
COMPATIBLE = 252                      # RT_TABLE_COMPAT of <linux/rtnetlink.h>: the number stands in an attribute

Kind = tuple[str, str]


def count_routes(world: Door, af: int) -> dict[Kind, int]:
    """(table, type) -> number of routes of a family, in iproute2's words.  No privilege needed.  Raises KernelRefused.

    A dump that a change interrupts is counted as far as it came.
    """
    found: dict[tuple[int, int], int] = {}
    request = compiled.ROUTE.pack(af, 0, 0, 0, 0, 0, 0, 0, 0)
    with open_route_channel(world) as channel:
        for chunk in as_found(channel.dump(compiled.RTM_GETROUTE, request, "rtnetlink dump")):
            for kind in decoded(chunk, partial(_kind, chunk)):
                found[kind] = found.get(kind, 0) + 1
    return {(_table(table), compiled.ROUTE_TYPES.get(kind, str(kind))): count for (table, kind), count in found.items()}


def _kind(chunk: Chunk, start: int, end: int) -> tuple[int, int]:
    header = compiled.ROUTE.unpack_from(chunk, start + HEADER.size)
    table, kind = header[4], header[7]
    if table == COMPATIBLE:
        told = attributes(chunk, start + HEADER.size + compiled.ROUTE.size, end).get(compiled.RTA_TABLE)
        table = NUMBER.unpack(told)[0] if told else table
    return table, kind


def _table(number: int) -> str:
    return TableRoute(number, "", "", 0, 0, "", ()).table_name
