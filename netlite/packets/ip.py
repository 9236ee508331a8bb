"""IP headers (RFC 791, RFC 8200), from bytes to records."""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from _struct import Struct

from ..feature_errors import MalformedPacket
from ..records.family import IpProtocol
from ..records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Known = dict[Any, Any]
else:
    Known = dict

MOST_REMEMBERED = 4096
HEADER4 = Struct("!BBHHHBBH4s4s")
HEADER6 = Struct("!IHBB16s16s")
HEADER4_BYTES = HEADER4.size
FRAGMENT_OFFSET_MASK = 0x1FFF

EXTENSION_HEADERS = {IpProtocol.HOP_BY_HOP, IpProtocol.ROUTING, IpProtocol.FRAGMENT, IpProtocol.AUTHENTICATION,
                     IpProtocol.DESTINATION_OPTIONS, IpProtocol.MOBILITY}


class Remembered(Known):
    """What `find` gives for a key, found once; for MOST_REMEMBERED keys at a time."""

    __slots__ = ("_find",)

    def __init__(self, find: Callable[[Any], Any]):
        self._find = find

    def __missing__(self, key: Any) -> Any:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        value = self[key] = self._find(key)
        return value


in_text4: Callable[[bytes], str] = Remembered(lambda address: inet_ntop(AF_INET, address)).__getitem__
in_text6: Callable[[bytes], str] = Remembered(lambda address: inet_ntop(AF_INET6, address)).__getitem__
packed: Callable[[str], bytes] = Remembered(
    lambda address: inet_pton(AF_INET6 if ":" in address else AF_INET, address.partition("%")[0])).__getitem__
"""The 4 or 16 bytes of an address in text; a zone is left out."""


class IpHeader(Record):
    """The header of a packet of either family.

    `header_bytes` counts IPv4 options and IPv6 extension headers, `size_bytes` the packet as its
    header tells it, `protocol` is that of the data behind; it is None where a fragment or a quote
    ends before it is known.
    """

    version: int
    source: str
    destination: str
    protocol: int | None
    ttl: int
    header_bytes: int
    size_bytes: int
    traffic_class: int
    options: bytes = b""
    flow_label: int = 0


def read_header(data: bytes) -> IpHeader:
    """The IP header at the start of `data`; the packet behind it may be cut (a quote).

    Raises MalformedPacket when the header itself is not whole.
    """
    version = data[0] >> 4 if data else 0
    if version == 6:
        return _read_header6(data)
    if version != 4:
        raise MalformedPacket(f"IP version {version} of a packet of {len(data)} bytes")
    if len(data) < HEADER4_BYTES:
        raise MalformedPacket(f"IPv4 header of {len(data)} bytes")
    first, traffic_class, size, _, fragment, ttl, protocol, _, source, destination = HEADER4.unpack_from(data)
    header_bytes, options = HEADER4_BYTES, b""
    if first & 15 != 5:
        header_bytes = (first & 15) * 4
        if not HEADER4_BYTES <= header_bytes <= len(data):
            raise MalformedPacket(f"IPv4 header length {header_bytes} in {len(data)} bytes")
        options = bytes(data[HEADER4_BYTES:header_bytes])
    return IpHeader.of((4, in_text4(source), in_text4(destination),
                        None if fragment & FRAGMENT_OFFSET_MASK else protocol, ttl, header_bytes, size, traffic_class,
                        options, 0))


NO_OPTIONS = b"\x45"  # what an IPv4 header of HEADER4_BYTES begins with
headers4: dict[bytes, IpHeader] = Remembered(read_header)
"""IPv4 headers without options, which the packets of a flow have in common, and what quotes them."""


def read_packet(data: bytes) -> tuple[IpHeader, bytes]:
    """A whole packet: its header and the data behind it, as long as the header says.  Raises MalformedPacket."""
    header = read_header(data)
    if not header.header_bytes <= header.size_bytes <= len(data):
        raise MalformedPacket(f"IP header promises {header.size_bytes} bytes, {len(data)} came")
    return header, data[header.header_bytes:header.size_bytes]


def _read_header6(data: bytes) -> IpHeader:
    if len(data) < HEADER6.size:
        raise MalformedPacket(f"IPv6 header of {len(data)} bytes")
    first, payload_bytes, protocol, ttl, source, destination = HEADER6.unpack_from(data)
    upper, offset = walk_extension_headers(data, protocol, HEADER6.size)
    return IpHeader.of((6, in_text6(source), in_text6(destination), upper, ttl, offset,
                        HEADER6.size + payload_bytes, first >> 20 & 0xFF, b"", first & 0xFFFFF))


def walk_extension_headers(data: bytes, protocol: int, offset: int) -> tuple[int | None, int]:
    """Follow the next-header chain (RFC 8200 section 4): the upper protocol and where it starts.

    The protocol is None where the data ends first, and behind a fragment that is not the first.
    """
    while protocol in EXTENSION_HEADERS:
        if offset + 8 > len(data):
            return None, min(offset, len(data))
        if protocol == IpProtocol.FRAGMENT:
            if int.from_bytes(data[offset + 2:offset + 4], "big") >> 3:
                return None, offset + 8
            length = 8
        elif protocol == IpProtocol.AUTHENTICATION:
            length = (data[offset + 1] + 2) * 4  # RFC 4302 section 2.2
        else:
            length = (data[offset + 1] + 1) * 8
        protocol = data[offset]
        offset += length
    if offset > len(data):
        return None, len(data)
    return (None if protocol == IpProtocol.NO_NEXT else protocol), offset
