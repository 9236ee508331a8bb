"""The main IPv4 routing table from rtnetlink (RTM_GETROUTE), with the columns of /proc/net/route.

A long table holds few kinds of rows: the messages of a kind differ in their destination alone.  So
each kind is decoded once, and a row costs two slices and a look-up.
"""

from __future__ import annotations

from _struct import Struct
from errno import ENOENT
from sys import byteorder

from ...errors import KernelRefused
from ...records.routes import Route, RouteFlags
from ..netlink import compiled
from ..netlink.channel import ATTRIBUTE, HEADER, UNREADABLE, as_found, attributes, uniform_length
from ..netlink.read_ahead import read_ahead

NUMBER = Struct("=I")
BODY = HEADER.size
ATTRIBUTES = BODY + compiled.ROUTE.size
LENGTH_BYTES = 2  # before struct rtnexthop's other fields
NONE = bytes(4)

# In a message as the kernel writes it, RTA_TABLE comes first and RTA_DST, whose payload this is, second.
DESTINATION = ATTRIBUTES + 12
AFTER_DESTINATION = DESTINATION + 4
LONG_BYTES = 4096
USUAL_HEADS = ATTRIBUTE.pack(8, compiled.RTA_TABLE), ATTRIBUTE.pack(8, compiled.RTA_DST)
HIDDEN = (compiled.RTN_BROADCAST, compiled.RTN_MULTICAST)
REJECTING = (compiled.RTN_UNREACHABLE, compiled.RTN_PROHIBIT)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, TypeVar

    from ..door import ChannelDoor

    Described = TypeVar("Described")
    Rows = list[tuple[bytes, Any]]


def dump_routes4(channel: ChannelDoor, describe: Callable[[Route], Described],
                 device_name: Callable[[int], str],
                 is_listed: Callable[[Route], bool] = lambda route: True) -> Iterator[list[tuple[bytes, Described]]]:
    """Lists of (packed destination, described), one a received chunk, in the kernel's order.

    `describe(route)` is asked once a kind of route, not once a row, so it may look at every field
    but the destination; `device_name` is that of a world.  `is_listed(route)` decides on those through a next hop
    object that is a black hole: rtnetlink tells all alike, /proc/net/route leaves out those to groups.  A table that
    changes meanwhile is shown as it was found, as /proc does; one that does not exist yet gives no list at all.  The
    channel is closed at the end.  Raises KernelRefused at once.
    """
    chunks = as_found(channel.dump(compiled.RTM_GETROUTE, compiled.ROUTES4_REQUEST, "RTM_GETROUTE"))
    try:
        first = next(chunks, b"")
    except KernelRefused as refusal:
        channel.close()
        if refusal.errno != ENOENT:
            raise
        return iter(())
    return _read_on(channel, first, chunks, Kinds(describe, device_name, is_listed))


def _read_on(channel: ChannelDoor, first: bytes | memoryview, chunks: Iterator[memoryview],
             kinds: Kinds) -> Iterator[Rows]:
    with channel:
        yield _rows(bytes(first), kinds)
        for chunk in read_ahead(chunks):
            yield _rows(bytes(chunk), kinds)


class Kinds(dict[bytes, "tuple[Any] | tuple[()]"]):
    """The bytes of a kind of message -> (what `describe` says of it,), or () for what the table leaves out."""

    def __init__(self, describe: Callable[[Route], object], device_name: Callable[[int], str],
                 is_listed: Callable[[Route], bool]):
        self._describe = describe
        self._is_listed = is_listed
        self._device_name = device_name

    def decode(self, chunk: bytes, start: int, end: int) -> tuple[Route | None, tuple[object] | tuple[()], bool]:
        """The route of a message, its description, and whether its destination is at DESTINATION."""
        try:
            route, at_its_place, certain = decode_route4(chunk, start, end, self._device_name)
            if route is not None and not certain:
                route, at_its_place = route if self._is_listed(route) else None, False  # each is asked for
        except UNREADABLE:
            route, at_its_place = None, False
        return route, () if route is None else (self._describe(route),), at_its_place


def _rows(chunk: bytes, kinds: Kinds) -> Rows:
    length = uniform_length(chunk)
    rows = _uniform_rows(chunk, length, kinds) if length > AFTER_DESTINATION else None
    return _walk(chunk, kinds) if rows is None else rows


def _uniform_rows(chunk: bytes, length: int, kinds: Kinds) -> Rows | None:
    """The rows of a chunk of equal lengths; None where a destination is not at its place.

    A row is most often of the kind of the one before, and comparing is quicker than looking up.
    """
    rows: Rows = []
    head_before = tail_before = described = None
    same = len(chunk) >= LONG_BYTES and _of_one_kind(chunk, length)
    layout = Struct(f"={BODY}x{DESTINATION - BODY}s4s{length - AFTER_DESTINATION}s")
    for head, destination, tail in layout.iter_unpack(chunk[:length] if same else chunk):
        if head != head_before or tail != tail_before:
            described = kinds.get(head + tail)
            if described is None:
                _, described, at_its_place = kinds.decode(bytes(BODY) + head + destination + tail, 0, length)
                if not at_its_place:
                    return None
                kinds[head + tail] = described
            head_before, tail_before = head, tail
        if described:
            rows.append((destination, described[0]))
    if same and described:
        layout = Struct(f"={DESTINATION}x4s{length - AFTER_DESTINATION}x")
        return [(destination, described[0]) for destination, in layout.iter_unpack(chunk)]
    return rows


def _of_one_kind(chunk: bytes, length: int) -> bool:
    """Whether messages of this length differ in nothing but their destinations."""
    if not chunk.endswith(chunk[AFTER_DESTINATION:length]):
        return False
    blank = bytearray(chunk)
    destinations = memoryview(blank).cast("I")[DESTINATION >> 2::length >> 2]
    destinations[:] = memoryview(bytes(destinations.nbytes)).cast("I")
    return blank == blank[:length] * len(destinations)


def _walk(chunk: bytes, kinds: Kinds) -> Rows:
    """The rows of any chunk."""
    rows: Rows = []
    offset, last = 0, len(chunk) - ATTRIBUTES
    filled = chunk + bytes(AFTER_DESTINATION - ATTRIBUTES)  # the last message may have no destination
    unpack = Struct(f"=IH{BODY - 6}x{DESTINATION - BODY}s4s").unpack_from  # struct nlmsghdr: length, type
    while offset <= last:
        length, message_type, head, destination = unpack(filled, offset)
        if message_type != compiled.RTM_NEWROUTE or length < ATTRIBUTES:
            break
        kind = head + chunk[offset + AFTER_DESTINATION:offset + length]
        described = kinds.get(kind)
        if described is None:
            route, described, at_its_place = kinds.decode(chunk, offset, offset + length)
            if at_its_place:
                kinds[kind] = described
            if route is not None and described:
                rows.append((route.destination, described[0]))
        elif described:
            rows.append((destination, described[0]))
        offset += (length + 3) & ~3
    return rows


def decode_route4(chunk: bytes, start: int, end: int,
                  device_name: Callable[[int], str]) -> tuple[Route | None, bool, bool]:
    """One message, None for what /proc/net/route leaves out; whether its destination is at DESTINATION; whether it is
    certain that the file has it."""
    _, prefix_length, _, _, _, _, _, route_type, _ = compiled.ROUTE.unpack_from(chunk, start + BODY)
    found = attributes(chunk, start + ATTRIBUTES, end)
    heads = chunk[start + ATTRIBUTES:start + ATTRIBUTES + 4], chunk[start + DESTINATION - 4:start + DESTINATION]
    at_its_place = heads == USUAL_HEADS
    table = int.from_bytes(found.get(compiled.RTA_TABLE, b""), byteorder)
    if route_type in HIDDEN or table != compiled.RT_TABLE_MAIN:  # before Linux 4.20 all tables come
        return None, at_its_place, True
    certain = route_type != compiled.RTN_BLACKHOLE or compiled.RTA_OIF not in found  # else by a next hop object
    hop, index = found, None
    if compiled.RTA_MULTIPATH in found:  # the first hop stands for all
        hops = found[compiled.RTA_MULTIPATH]
        index = compiled.NEXT_HOP.unpack_from(hops, LENGTH_BYTES)[2]
        hop = attributes(hops, LENGTH_BYTES + compiled.NEXT_HOP.size, int.from_bytes(hops[:LENGTH_BYTES], byteorder))
    elif compiled.RTA_OIF in found:
        index = NUMBER.unpack(found[compiled.RTA_OIF])[0]
    gateway = hop.get(compiled.RTA_GATEWAY) or NONE
    through = gateway if gateway != NONE else hop.get(compiled.RTA_VIA, b"")[2:6]
    flags = RouteFlags.UP | (RouteFlags.REJECT if route_type in REJECTING else 0)
    flags |= RouteFlags.GATEWAY if any(through) else 0
    flags |= RouteFlags.HOST if prefix_length == 32 else 0
    mss, window, rtt = _metrics(found.get(compiled.RTA_METRICS, b""))
    return Route(found.get(compiled.RTA_DST) or NONE, prefix_length, gateway, flags,
                 int.from_bytes(found.get(compiled.RTA_PRIORITY, b""), byteorder), 0, 0,
                 _interface_name(index, device_name),
                 mss + 40 if mss else 0, window, rtt >> 3), at_its_place, certain


def _metrics(packed: bytes) -> list[int]:
    """Advertised segment size, window and round trip time (in eighths) of a route."""
    found = attributes(packed, 0, len(packed))
    return [int.from_bytes(found.get(kind, b""), byteorder)
            for kind in (compiled.RTAX_ADVMSS, compiled.RTAX_WINDOW, compiled.RTAX_RTT)]


def _interface_name(index: int | None, device_name: Callable[[int], str]) -> str:
    try:
        return device_name(index) if index else "*"
    except OSError:
        return "*"
