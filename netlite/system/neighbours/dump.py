"""The neighbour tables from rtnetlink (RTM_GETNEIGH): the rows of /proc/net/arp, and all that is known.

Both walk the kernel's hash table in the same way, so the order is that of the file.
"""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_ntoa, inet_ntop
from _struct import Struct
from sys import byteorder

from ...records.hardware import show_callsign
from ...records.neighbours import NeighbourDetails, NeighbourFlag
from ...records.neighbours import NeighbourState as State
from .. import ioctls
from ..netlink import compiled
from ..netlink.channel import (
    HEADER,
    ROUTE,
    DumpInterrupted,
    attributes,
    decoded,
    open_route_channel,
    uniform_length,
)

ATTRIBUTES = HEADER.size + compiled.NEIGHBOUR.size
VALID = State.REACHABLE | State.STALE | State.DELAY | State.PROBE | State.PERMANENT
TICKS_A_SECOND = 100                  # USER_HZ
ROUTER = 0x80                         # NTF_ROUTER
REQUESTS = {AF_INET: (compiled.NEIGHBOURS4_REQUEST, compiled.PROXIES4_REQUEST),
            AF_INET6: (compiled.NEIGHBOURS6_REQUEST, compiled.PROXIES6_REQUEST)}
CALLSIGN_BYTES = 7
AX25 = (3, 0)                         # ARPHRD_AX25, ARPHRD_NETROM: the file shows callsigns
NO_ADDRESS = "00:00:00:00:00:00"

# The usual message: an IPv4 address first, then a hardware address of six bytes; their headers are compared.
USUAL = Struct("=16xB3xiHBB4s4s4s6s2x")
DESTINATION_HEAD = (8).to_bytes(2, byteorder) + compiled.NDA_DST.to_bytes(2, byteorder)
HARDWARE_HEAD = (10).to_bytes(2, byteorder) + compiled.NDA_LLADDR.to_bytes(2, byteorder)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...records.neighbours import NeighbourRow
    from ..door import Door, IoctlDoor
    from ..netlink.channel import Chunk


class Devices(dict[int, tuple[str, int]]):
    """Interface index -> its name and ARPHRD_* type, asked for once (SIOCGIFHWADDR)."""

    def __init__(self, world: Door, control: IoctlDoor):
        self._world = world
        self._control = control
        self[0] = "*", 0

    def __missing__(self, index: int) -> tuple[str, int]:
        try:
            name = self._world.device_name(index)
            kind = ioctls.HARDWARE.unpack(ioctls.ask(self._control, ioctls.SIOCGIFHWADDR, name))[0]
        except OSError:
            name, kind = "*", 0       # gone since it was listed
        self[index] = name, kind
        return name, kind


def dump_arp(world: Door) -> list[NeighbourRow]:
    """The rows of /proc/net/arp as tuples in the order of `Neighbour`.  Raises OSError, KernelRefused."""
    rows: list[NeighbourRow] = []
    with world.netlink(ROUTE) as channel, world.ioctls as control:
        devices = Devices(world, control)
        for request, rows_of in zip(REQUESTS[AF_INET], (arp_rows, _proxy_rows)):
            try:
                for chunk in channel.dump(compiled.RTM_GETNEIGH, request, "RTM_GETNEIGH"):
                    rows += rows_of(chunk, devices)
            except DumpInterrupted:
                pass                  # as it was found, as /proc does
    return rows


def arp_rows(chunk: Chunk, devices: Devices) -> Iterator[NeighbourRow]:
    """The neighbours in a chunk of messages, as rows of /proc/net/arp."""
    length = uniform_length(chunk)
    if length >= USUAL.size:
        rows = list(Struct(f"{USUAL.format}{length - USUAL.size}x").iter_unpack(chunk))
        if all([row[5] == DESTINATION_HEAD and row[7] == HARDWARE_HEAD for row in rows]):
            kinds = {key: (devices[key[0]][1], arp_flags(key[1]), devices[key[0]][0])
                     for key in {row[1:3] for row in rows}}
            for _, index, state, _, _, _, address, _, hardware in rows:
                if state & ~State.NOARP:
                    kind, flags, name = kinds[index, state]
                    yield inet_ntoa(address), kind, flags, hardware.hex(":"), "*", name
            return
    for index, state, address, packed in decoded(chunk, lambda start, end: _row(chunk, start, end)):
        if state & ~State.NOARP:
            name, kind = devices[index]
            hardware = show_callsign(packed) if len(packed) >= CALLSIGN_BYTES and kind in AX25 else packed.hex(":")
            yield address, kind, arp_flags(state), hardware, "*", name


def _proxy_rows(chunk: bytes | memoryview, devices: Devices) -> Iterator[NeighbourRow]:
    for index, _, address, _ in decoded(chunk, lambda start, end: _row(chunk, start, end)):
        name, kind = devices[index]
        yield address, kind, NeighbourFlag.PERMANENT | NeighbourFlag.PUBLISHED, NO_ADDRESS, "*", name


def _row(chunk: bytes | memoryview, start: int, end: int) -> tuple[int, int, str, bytes]:
    """Interface index, state, address and hardware address of one message."""
    index, state, _, found = _decode(chunk, start, end)
    return index, state, inet_ntoa(found[compiled.NDA_DST]), found.get(compiled.NDA_LLADDR, b"")


def arp_flags(state: int) -> int:
    """The ATF_* flags that the kernel shows for a NUD_* state (arp_state_to_flags of net/ipv4/arp.c).

    >>> arp_flags(State.STALE) == NeighbourFlag.COMPLETE, arp_flags(State.FAILED)
    (True, 0)
    """
    if state & State.PERMANENT:
        return NeighbourFlag.PERMANENT | NeighbourFlag.COMPLETE
    return NeighbourFlag.COMPLETE if state & VALID else 0


def dump_neighbours(world: Door, af: int) -> list[NeighbourDetails]:
    """All entries of a family, the published ones last.  Raises KernelRefused."""
    rows: list[NeighbourDetails] = []
    with open_route_channel(world) as channel, world.ioctls as control:
        devices = Devices(world, control)
        for request in REQUESTS[af]:
            try:
                for chunk in channel.dump(compiled.RTM_GETNEIGH, request, "RTM_GETNEIGH"):
                    rows += _all_details(af, devices, chunk)
            except DumpInterrupted:
                pass                  # as it was found
    return rows


def _all_details(af: int, devices: Devices, chunk: bytes | memoryview) -> Iterator[NeighbourDetails]:
    return decoded(chunk, lambda start, end: _details(af, devices, *_decode(chunk, start, end)))


def _details(af: int, devices: Devices, index: int, state: int, flags: int,
             found: dict[int, bytes]) -> NeighbourDetails:
    proxy = bool(flags & compiled.NTF_PROXY)
    times = found.get(compiled.NDA_CACHEINFO)
    confirmed, used = compiled.NEIGHBOUR_CACHE.unpack(times)[:2] if times else (None, None)
    probes = found.get(compiled.NDA_PROBES)
    return NeighbourDetails(
        inet_ntop(af, found[compiled.NDA_DST]), devices[index][0], found.get(compiled.NDA_LLADDR, b""), state, proxy,
        bool(flags & ROUTER), int.from_bytes(probes, byteorder) if probes else None,
        None if used is None else used // TICKS_A_SECOND, None if confirmed is None else confirmed // TICKS_A_SECOND)


def _decode(chunk: Chunk, start: int, end: int) -> tuple[int, int, int, dict[int, bytes]]:
    """Interface index, state, flags and attributes of one message."""
    _, index, state, flags, _ = compiled.NEIGHBOUR.unpack_from(chunk, start + HEADER.size)
    return index, state, flags, attributes(chunk, start + ATTRIBUTES, end)
