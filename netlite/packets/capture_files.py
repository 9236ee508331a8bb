"""Capture files: pcap in both byte orders, with micro- or nanoseconds, and pcapng; written as pcap.

Any bytes at all give a `Capture` or MalformedPacket: what is cut off or contradicts itself ends it there, and is told.

*Source*: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
"""

from __future__ import annotations

from _struct import Struct

from ..feature_errors import MalformedPacket
from ..records.captures import Capture, CapturedFrame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_FRAMES = 100_000
MOST_BYTES = 1 << 18  # of one frame; tcpdump keeps no more either
MOST_FILE_BYTES = 256 << 20
MOST_INTERFACES = 10_000
RAW = 101  # LINKTYPE_RAW: an IP header comes first
SECOND_NS = 1_000_000_000
PCAP = {0xA1B2C3D4: 1000, 0xA1B23C4D: 1}  # magic: nanoseconds of its fraction's unit
PCAP_HEAD_BYTES, RECORD_BYTES = 24, 16
SECTION, INTERFACE, PACKET, SIMPLE, ENHANCED = 0x0A0D0D0A, 1, 2, 3, 6
BYTE_ORDER = 0x1A2B3C4D
COMMENT, RESOLUTION, OFFSET = 1, 9, 14  # option codes: opt_comment, if_tsresol, if_tsoffset
HEAD, RECORD = Struct("<IHHiIII"), Struct("<IIII")


def read_capture(data: bytes) -> Capture:
    """What a capture file holds.  Raises MalformedPacket where it is none."""
    for order in "<>":
        magic = int.from_bytes(data[:4], "little" if order == "<" else "big")
        if magic in PCAP and len(data) >= PCAP_HEAD_BYTES:
            return _gathered("pcap", _pcap(data, order, PCAP[magic]))
    if data[:4] == SECTION.to_bytes(4, "big"):
        return _gathered("pcapng", _pcapng(data))
    raise MalformedPacket("neither pcap nor pcapng")


def pcap_head(linktype: int = RAW) -> bytes:
    """What a pcap file begins with; times are nanoseconds."""
    return HEAD.pack(0xA1B23C4D, 2, 4, 0, 0, MOST_BYTES, linktype)


def pcap_record(wall_ns: int, data: bytes) -> bytes:
    """One packet of it, with its time in nanoseconds since 1970."""
    return RECORD.pack(wall_ns // SECOND_NS & 0xFFFFFFFF, wall_ns % SECOND_NS, len(data), len(data)) + data


def write_pcap(packets: Iterable[tuple[int, bytes]]) -> bytes:
    """A pcap file of packets that begin with their IP header, each with its time in nanoseconds.

    >>> read_capture(write_pcap([(1_500_000_000, b"E")])).frames[0].wall_ns
    1500000000
    """
    return pcap_head() + b"".join([pcap_record(wall_ns, packet) for wall_ns, packet in packets])


def _gathered(kind: str, found: Iterator[CapturedFrame]) -> Capture:
    frames: list[CapturedFrame] = []
    try:
        for frame in found:
            if len(frames) == MOST_FRAMES:
                return Capture(kind, tuple(frames), left=True)
            frames.append(frame)
    except MalformedPacket as problem:
        return Capture(kind, tuple(frames), str(problem))
    return Capture(kind, tuple(frames))


def _pcap(data: bytes, order: str, unit_ns: int) -> Iterator[CapturedFrame]:
    head = Struct(order + "IIII")
    linktype = int.from_bytes(data[20:24], "little" if order == "<" else "big") & 0xFFFF  # above it: FCS length
    place, number = PCAP_HEAD_BYTES, 0
    while place < len(data):
        number += 1
        if place + RECORD_BYTES > len(data):
            raise MalformedPacket(f"byte {place}: the file ends inside the head of packet {number}")
        seconds, fraction, kept, wire_bytes = head.unpack_from(data, place)
        place += RECORD_BYTES
        yield CapturedFrame(number, seconds * SECOND_NS + fraction * unit_ns, _frame(data, place, kept, number),
                            wire_bytes, linktype)
        place += kept


def _frame(data: bytes, place: int, kept: int, number: int) -> bytes:
    if kept > MOST_BYTES:
        raise MalformedPacket(f"byte {place}: packet {number} says that it has {kept} bytes")
    if place + kept > len(data):
        raise MalformedPacket(f"byte {place}: the file ends inside packet {number}")
    return data[place:place + kept]


class _Section:
    """What a section of pcapng has said so far: its byte order and its interfaces, (linktype, snaplen, units a
    second, offset in s)."""

    def __init__(self, order: str):
        self.order = order
        self.interfaces: list[tuple[int, int, int, int]] = []
        self.long, self.shorts, self.words = Struct(order + "II"), Struct(order + "HH"), Struct(order + "IIIII")

    def time_ns(self, interface: int, units: int) -> int:
        """A time stamp of an interface, in nanoseconds since 1970."""
        _, _, a_second, offset_s = self.interfaces[interface]
        return units * SECOND_NS // a_second + offset_s * SECOND_NS


def _pcapng(data: bytes) -> Iterator[CapturedFrame]:
    place, number, section = 0, 0, _Section("<")
    while place < len(data):
        if place + 12 > len(data):
            raise MalformedPacket(f"byte {place}: the file ends inside the head of a block")
        if data[place:place + 4] == SECTION.to_bytes(4, "big"):
            section = _section(data, place)
        kind, size = section.long.unpack_from(data, place)
        if size < 12 or size % 4 or place + size > len(data):
            raise MalformedPacket(f"byte {place}: a block of {size} bytes, {len(data) - place} are left")
        body = data[place + 8:place + size - 4]
        try:
            if kind == INTERFACE:
                _interface(section, body)
            elif kind in (ENHANCED, PACKET, SIMPLE):
                number += 1
                yield _packet(section, kind, body, number)
        except MalformedPacket as problem:
            raise MalformedPacket(f"byte {place}: {problem}") from None
        place += size


def _section(data: bytes, place: int) -> _Section:
    for order, name in (("<", "little"), (">", "big")):
        if int.from_bytes(data[place + 8:place + 12], name) == BYTE_ORDER:  # type: ignore[arg-type]
            return _Section(order)
    raise MalformedPacket(f"byte {place}: a section without a byte order")


def _interface(section: _Section, body: bytes) -> None:
    if len(body) < 8:
        raise MalformedPacket("an interface that is cut off")
    if len(section.interfaces) == MOST_INTERFACES:
        raise MalformedPacket(f"more than {MOST_INTERFACES} interfaces")
    linktype = section.shorts.unpack_from(body)[0]
    snaplen = section.long.unpack_from(body)[1]
    a_second, offset_s = 1_000_000, 0
    for code, value in _options(section, body[8:]):
        if code == RESOLUTION and value:
            power = value[0] & 0x7F
            a_second = 2 ** min(power, 64) if value[0] & 0x80 else 10 ** min(power, 20)
        elif code == OFFSET and len(value) == 8:
            offset_s = int.from_bytes(value, "little" if section.order == "<" else "big", signed=True)
    section.interfaces.append((linktype, snaplen, a_second, offset_s))


def _packet(section: _Section, kind: int, body: bytes, number: int) -> CapturedFrame:
    """A packet block: enhanced, simple, or the old one."""
    if len(body) < (4 if kind == SIMPLE else 20):
        raise MalformedPacket(f"packet {number} is cut off")
    if kind == SIMPLE:
        wire_bytes, interface, high, low, start = section.long.unpack_from(body + bytes(4))[0], 0, 0, 0, 4
        kept = min(wire_bytes, len(body) - 4)
    else:
        interface, high, low, kept, wire_bytes = section.words.unpack_from(body)
        if kind == PACKET:
            interface = section.shorts.unpack_from(body)[0]
        start = 20
    if interface >= len(section.interfaces):
        raise MalformedPacket(f"packet {number} is of interface {interface}, which the file does not describe")
    linktype, snaplen, _, _ = section.interfaces[interface]
    if kind == SIMPLE and snaplen:
        kept = min(kept, snaplen)
    frame = _frame(body, start, kept, number)
    comment = next((value.decode("utf-8", "replace") for code, value in
                    (_options(section, body[start + (kept + 3) // 4 * 4:]) if kind != SIMPLE else ())
                    if code == COMMENT), "")
    wall_ns = None if kind == SIMPLE else section.time_ns(interface, high << 32 | low)
    return CapturedFrame(number, wall_ns, frame, wire_bytes, linktype, comment)


def _options(section: _Section, data: bytes) -> Iterator[tuple[int, bytes]]:
    """The options of a block; a length that leads nowhere ends them."""
    place = 0
    while place + 4 <= len(data):
        code, size = section.shorts.unpack_from(data, place)
        place += 4
        if not code or place + size > len(data):
            return
        yield code, data[place:place + size]
        place += (size + 3) // 4 * 4
