"""A packet taken apart: its layers, one after the other, with the tables of `teach.fields`.

Any bytes at all give layers; what is cut off or not what it claims to be is shown as data.
"""

from __future__ import annotations

from ..packets.extensions import STEP_BYTES, read_structure, search
from ..packets.ip import EXTENSION_HEADERS
from ..records.family import IpProtocol
from ..records.record import Record
from . import fields as table
from .icmp_kinds import icmp_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

CHAINED = EXTENSION_HEADERS - {IpProtocol.AUTHENTICATION}
STRUCTURE_BYTES, OBJECT_BYTES = 4, 4
MPLS_STACK = 1, 1


class Layer(Record):
    """A header at byte `offset` of the packet, with as many fields of its `layout` as are there.

    `depth` is 1 inside what an ICMP error quotes.
    """

    title: str
    offset: int
    layout: tuple[table.Field, ...]
    depth: int = 0


class Value(Record):
    """A field as it stands in a packet, `bit` counted from the start of the packet."""

    field: table.Field
    bit: int
    value: int

    @property
    def text(self) -> str:
        shown: str = self.field.show(self.value)
        return shown


def dissect(data: bytes) -> list[Layer]:
    """The layers of a packet that begins with an IP header."""
    return list(_ip(data, 0, len(data), 0))


def values(data: bytes, layer: Layer) -> list[Value]:
    """The fields of a layer, up to the end of the data."""
    bit, found = layer.offset * 8, []
    for field in layer.layout:
        last = bit + field.bits
        if last > len(data) * 8:
            break
        first_byte, end_byte = bit // 8, (last + 7) // 8
        value = int.from_bytes(data[first_byte:end_byte], "big") >> (end_byte * 8 - last) & (1 << field.bits) - 1
        found.append(Value(field, bit, value))
        bit = last
    return found


def _ip(data: bytes, at: int, end: int, depth: int) -> Iterator[Layer]:
    version = data[at] >> 4 if at < end else 0
    if version == 4 and end - at >= 20:
        yield from _ip4(data, at, end, depth)
    elif version == 6 and end - at >= 40:
        yield Layer("IPv6", at, table.IPV6, depth)
        total = at + 40 + int.from_bytes(data[at + 4:at + 6], "big")
        yield from _next6(data, data[at + 6], at + 40, max(at + 40, min(end, total)), depth)
    elif at < end:
        yield _data(at, end, "not an IP header", depth)


def _ip4(data: bytes, at: int, end: int, depth: int) -> Iterator[Layer]:
    yield Layer("IPv4", at, table.IPV4, depth)
    behind = at + max(20, min((data[at] & 15) * 4, end - at))
    yield from _options(data, at + 20, behind, "IPv4 option", table.IP_OPTIONS, "RFC 791 3.1", depth)
    if not depth:
        end = max(behind, min(end, at + int.from_bytes(data[at + 2:at + 4], "big")))
    if int.from_bytes(data[at + 6:at + 8], "big") & 0x1FFF:
        yield from _rest(behind, end, "a later piece of the packet", depth)
    else:
        yield from _transport(data, 4, data[at + 9], behind, end, depth)


def _next6(data: bytes, protocol: int, at: int, end: int, depth: int) -> Iterator[Layer]:
    """The chain of extension headers (RFC 8200 section 4), and what is behind it."""
    while protocol in CHAINED:
        if at + 8 > end:
            break
        following = data[at]
        if protocol == IpProtocol.FRAGMENT:
            yield Layer("IPv6 fragment header", at, table.FRAGMENT6, depth)
            if int.from_bytes(data[at + 2:at + 4], "big") >> 3:
                yield from _rest(at + 8, end, "a later piece of the packet", depth)
                return
            at += 8
        else:
            size_bytes = min((data[at + 1] + 1) * 8, end - at)
            title = table.NEXT_TITLES.get(protocol, "IPv6 extension header")
            yield Layer(title, at, table.EXTENSION6 + table.data_field(
                "data", size_bytes - 2, "of this header", "RFC 8200 4"), depth)
            at += size_bytes
        protocol = following
    yield from _transport(data, 6, protocol, at, end, depth)


def _transport(data: bytes, version: int, protocol: int, at: int, end: int, depth: int) -> Iterator[Layer]:
    if protocol == (IpProtocol.ICMP if version == 4 else IpProtocol.ICMP6) and end - at >= 8:
        yield from _icmp(data, version, at, end, depth)
    elif protocol in (IpProtocol.UDP, IpProtocol.UDPLITE) and end - at >= 8:
        yield Layer(table.TITLES[protocol], at, table.UDP, depth)
        yield from _rest(at + 8, end, "what the datagram carries", depth)
    elif protocol == IpProtocol.TCP and end - at >= 8:  # a quote may hold no more than ports and sequence
        yield Layer("TCP", at, table.TCP, depth)
        behind = at + max(20, (data[at + 12] >> 4) * 4) if end - at >= 20 else end
        yield from _options(data, at + 20, min(behind, end), "TCP option", table.TCP_OPTIONS, "RFC 9293 3.2", depth)
        yield from _rest(behind, end, "what the segment carries", depth)
    else:
        yield from _rest(at, end, f"protocol {table.protocol(protocol)}", depth)


def _icmp(data: bytes, version: int, at: int, end: int, depth: int) -> Iterator[Layer]:
    kind, code = data[at], data[at + 1]
    name = "ICMP" if version == 4 else "ICMPv6"
    fields = table.icmp_fields(version, table.REST.get((version, kind), table.OTHER_REST))
    yield Layer(f"{name} {icmp_kind(version, kind, code).name}", at, fields, depth)
    if kind not in table.QUOTING[version] or depth:
        yield from _rest(at + 8, end, "what the message carries", depth)
        return
    quote_end, structure = _split(data[at + 8:end], version, data[at + (5 if version == 4 else 4)])
    yield from _ip(data, at + 8, at + 8 + quote_end, depth + 1)
    if structure:
        yield from _structure(data, at + 8 + quote_end, end)


def _split(body: bytes, version: int, length: int) -> tuple[int, bool]:
    """Where the quote ends, and whether extensions follow (RFC 4884 section 5)."""
    step = STEP_BYTES[version]
    if length and length * step < len(body) and read_structure(body[length * step:]) is not None:
        return length * step, True
    found = None if length else search(body, 0, None, step)
    return (found[0], True) if found else (len(body), False)


def _structure(data: bytes, at: int, end: int) -> Iterator[Layer]:
    """The extension structure; its lengths were checked by `read_structure`."""
    yield Layer("ICMP extensions", at, table.STRUCTURE)
    at += STRUCTURE_BYTES
    while at < end:
        size_bytes = int.from_bytes(data[at:at + 2], "big")
        yield Layer("ICMP extension object", at, table.OBJECT)
        if (data[at + 2], data[at + 3]) == MPLS_STACK:
            for label in range(at + OBJECT_BYTES, at + size_bytes - 3, 4):
                yield Layer("MPLS label", label, table.LABEL)
        else:
            yield from _rest(at + OBJECT_BYTES, at + size_bytes, "of the object", 0)
        at += size_bytes


def _options(data: bytes, at: int, end: int, title: str, names: dict[int, str], rfc: str,
             depth: int) -> Iterator[Layer]:
    """Options of IPv4 or TCP; a length that leads nowhere ends them."""
    while at < end:
        kind = data[at]
        size_bytes = 1 if kind in (0, 1) else data[at + 1] if at + 1 < end else 0
        if not (size_bytes >= 2 or kind in (0, 1)) or at + size_bytes > end:
            yield _data(at, end, "no options", depth)
            return
        yield Layer(title, at, table.option_fields(names, kind, size_bytes, rfc), depth)
        at += size_bytes
        if kind == 0:
            yield from _rest(at, end, "padding", depth)
            return


def _rest(at: int, end: int, meaning: str, depth: int) -> Iterator[Layer]:
    if at < end:
        yield _data(at, end, meaning, depth)


def _data(at: int, end: int, meaning: str, depth: int) -> Layer:
    return Layer("data", at, table.data_field("data", end - at, meaning), depth)
