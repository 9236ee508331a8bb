"""The neighbour tables with all that rtnetlink tells."""

from __future__ import annotations

from _socket import inet_ntop
from sys import byteorder

from ...records.neighbour_details import NeighbourDetails
from ..netlink.channel import as_found, decoded, open_route_channel
from ..netlink.compiled import (
    NDA_CACHEINFO,
    NDA_DST,
    NDA_LLADDR,
    NDA_PROBES,
    NEIGHBOUR_CACHE,
    NTF_PROXY,
    RTM_GETNEIGH,
)
from .dump import REQUESTS, Devices, decode

TICKS_A_SECOND = 100                  # USER_HZ
ROUTER = 0x80                         # NTF_ROUTER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..door import Door


def dump_neighbours(world: Door, af: int) -> list[NeighbourDetails]:
    """All entries of a family, the published ones last.  Raises KernelRefused."""
    rows: list[NeighbourDetails] = []
    with open_route_channel(world) as channel, world.ioctls as control:
        devices = Devices(world, control)
        for request in REQUESTS[af]:
            for chunk in as_found(channel.dump(RTM_GETNEIGH, request, "RTM_GETNEIGH")):
                rows += _all_details(af, devices, chunk)
    return rows


def _all_details(af: int, devices: Devices, chunk: bytes | memoryview) -> Iterator[NeighbourDetails]:
    return decoded(chunk, lambda start, end: _details(af, devices, *decode(chunk, start, end)))


def _details(af: int, devices: Devices, index: int, state: int, flags: int,
             found: dict[int, bytes]) -> NeighbourDetails:
    proxy = bool(flags & NTF_PROXY)
    times = found.get(NDA_CACHEINFO)
    confirmed, used = NEIGHBOUR_CACHE.unpack(times)[:2] if times else (None, None)
    probes = found.get(NDA_PROBES)
    return NeighbourDetails(
        inet_ntop(af, found[NDA_DST]), devices[index][0], found.get(NDA_LLADDR, b""), state, proxy,
        bool(flags & ROUTER), int.from_bytes(probes, byteorder) if probes else None,
        None if used is None else used // TICKS_A_SECOND, None if confirmed is None else confirmed // TICKS_A_SECOND)
