"""The neighbour table from rtnetlink (RTM_GETNEIGH): the rows of /proc/net/arp.

The kernel walks its hash table in the same way for both, so the order is that of the file.
"""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_ntoa
from _struct import Struct
from sys import byteorder

from ...records.hardware import show_callsign
from ...records.neighbours import NeighbourFlag
from ...records.neighbours import NeighbourState as State
from .. import ioctls
from ..netlink import compiled
from ..netlink.channel import (
    HEADER,
    ROUTE,
    UNREADABLE,
    as_found,
    attributes,
    decoded,
    split_messages,
    uniform_length,
)
from ..netlink.read_ahead import read_ahead

ATTRIBUTES = HEADER.size + compiled.NEIGHBOUR.size
VALID = State.REACHABLE | State.STALE | State.DELAY | State.PROBE | State.PERMANENT
REQUESTS = {AF_INET: (compiled.NEIGHBOURS4_REQUEST, compiled.PROXIES4_REQUEST),
            AF_INET6: (compiled.NEIGHBOURS6_REQUEST, compiled.PROXIES6_REQUEST)}
CALLSIGN_BYTES = 7
AX25 = (3, 0)                         # ARPHRD_AX25, ARPHRD_NETROM: the file shows callsigns
NO_ADDRESS = "00:00:00:00:00:00"

# The usual message: what is known of the neighbour with the header of its IPv4 address, that address, the header of a
# hardware address, its six bytes.  Both headers are compared.
USUAL = Struct("=16x16s4s4s6s2x")
DESTINATION_HEAD = (8).to_bytes(2, byteorder) + compiled.NDA_DST.to_bytes(2, byteorder)
HARDWARE_HEAD = (10).to_bytes(2, byteorder) + compiled.NDA_LLADDR.to_bytes(2, byteorder)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def dump_arp(world: Door) -> Iterator[list[NeighbourRow]]:
    """The rows of /proc/net/arp as tuples in the order of `Neighbour`, a list a received chunk.

    Raises OSError, KernelRefused.
    """
    with world.netlink(ROUTE) as channel, world.ioctls as control:
        devices = Devices(world, control)
        for request, rows_of in zip(REQUESTS[AF_INET], (arp_rows, _proxy_rows)):
            for chunk in read_ahead(as_found(channel.dump(compiled.RTM_GETNEIGH, request, "RTM_GETNEIGH"))):
                yield rows_of(chunk, devices)


def arp_rows(chunk: Chunk, devices: Devices) -> list[NeighbourRow]:
    """The neighbours in a chunk of messages, as rows of /proc/net/arp."""
    length = uniform_length(chunk)
    usual = Struct(f"{USUAL.format}{length - USUAL.size}x").iter_unpack(chunk) if length >= USUAL.size else None
    rows = _usual_rows(usual, devices) if usual else None
    return list(_any_rows(chunk, devices)) if rows is None else rows


def _usual_rows(messages: Iterable[tuple[bytes, ...]], devices: Devices) -> list[NeighbourRow] | None:
    """The rows of messages as USUAL has them; None where one is not such.  Most begin as the one before."""
    rows: list[NeighbourRow] = []
    head_before, shown, kind, flags, device = b"", False, 0, 0, ""
    for head, address, hardware_head, hardware in messages:
        if head != head_before:
            _, index, state, _, _ = compiled.NEIGHBOUR.unpack_from(head)
            if head[compiled.NEIGHBOUR.size:] != DESTINATION_HEAD:
                return None
            shown, head_before = bool(state & ~State.NOARP), head
            if shown:
                flags, (device, kind) = arp_flags(state), devices[index]
        if hardware_head != HARDWARE_HEAD:
            return None
        if shown:
            rows.append((inet_ntoa(address), kind, flags, hardware.hex(":"), "*", device))
    return rows


def _any_rows(chunk: Chunk, devices: Devices) -> Iterator[NeighbourRow]:
    """The rows of messages of any length: who does not answer has no hardware address."""
    kinds: dict[bytes, list[NeighbourRow] | None] = {}  # how messages begin -> one such row, none, or not as usual
    for start, end in split_messages(chunk):
        if end - start >= USUAL.size:
            message = head, address, hardware_head, hardware = USUAL.unpack_from(chunk, start)
            if hardware_head == HARDWARE_HEAD:
                if head not in kinds:
                    kinds[head] = _usual_rows([message], devices)
                known = kinds[head]
                if known is not None:
                    for _, kind, flags, _, mask, device in known:
                        yield inet_ntoa(address), kind, flags, hardware.hex(":"), mask, device
                    continue
        try:
            index, state, text, packed = _row(chunk, start, end)
        except UNREADABLE:
            continue
        if state & ~State.NOARP:
            name, kind = devices[index]
            shown = show_callsign(packed) if len(packed) >= CALLSIGN_BYTES and kind in AX25 else packed.hex(":")
            yield text, kind, arp_flags(state), shown, "*", name


def _proxy_rows(chunk: Chunk, devices: Devices) -> list[NeighbourRow]:
    flags = NeighbourFlag.PERMANENT | NeighbourFlag.PUBLISHED
    return [(address, devices[index][1], flags, NO_ADDRESS, "*", devices[index][0])
            for index, _, address, _ in decoded(chunk, lambda start, end: _row(chunk, start, end))]


def _row(chunk: bytes | memoryview, start: int, end: int) -> tuple[int, int, str, bytes]:
    """Interface index, state, address and hardware address of one message."""
    index, state, _, found = decode(chunk, start, end)
    return index, state, inet_ntoa(found[compiled.NDA_DST]), found.get(compiled.NDA_LLADDR, b"")


def arp_flags(state: int) -> int:
    """The ATF_* flags that the kernel shows for a NUD_* state (arp_state_to_flags of net/ipv4/arp.c).

    >>> arp_flags(State.STALE) == NeighbourFlag.COMPLETE, arp_flags(State.FAILED)
    (True, 0)
    """
    if state & State.PERMANENT:
        return NeighbourFlag.PERMANENT | NeighbourFlag.COMPLETE
    return NeighbourFlag.COMPLETE if state & VALID else 0


def decode(chunk: Chunk, start: int, end: int) -> tuple[int, int, int, dict[int, bytes]]:
    """Interface index, state, flags and attributes of one message."""
    _, index, state, flags, _ = compiled.NEIGHBOUR.unpack_from(chunk, start + HEADER.size)
    return index, state, flags, attributes(chunk, start + ATTRIBUTES, end)
