"""Whole IP packets and ICMP errors as bytes, headers and checksums included.

*On the wire*: IPv4 (RFC 791), IPv6 (RFC 8200), ICMP (RFC 792, RFC 1812), ICMPv6 (RFC 4443).
"""

from __future__ import annotations

from _struct import Struct, pack

from ..records.family import IpProtocol
from .checksum import checksum, pseudo_header
from .ip import HEADER4, Remembered, packed

ICMP, ICMP6 = IpProtocol.ICMP, IpProtocol.ICMP6
ICMP_START = Struct("!BBH")  # type, code, checksum
DEFAULT_TTL = 64
QUOTED_BYTES = {4: 576 - 20 - 8, 6: 1280 - 40 - 8}  # RFC 1812 section 4.3.2.3, RFC 4443 section 2.4 (c)
EXTENDED_QUOTE_BYTES = 128  # RFC 4884 section 3
INTERNETWORK_CONTROL = 0xC0  # the precedence of ICMPv4 errors, RFC 1812 section 4.3.2.5


def ip_packet(source: str, destination: str, protocol: int, payload: bytes, ttl: int = DEFAULT_TTL,
              traffic_class: int = 0, dont_fragment: bool = False, flow_label: int = 0) -> bytes:
    """An IP packet around `payload`, of the family of its addresses.

    >>> ip_packet("192.0.2.1", "192.0.2.2", 17, b"").hex()
    '45000014000000004011f6d5c0000201c0000202'
    """
    if ":" in source:
        head = pack("!IHBB", 6 << 28 | traffic_class << 20 | flow_label, len(payload), protocol, ttl)
        return head + packed(source) + packed(destination) + payload
    return headers4[source, destination, protocol, len(payload), ttl, traffic_class, dont_fragment] + payload


def _header4(fields: tuple[str, str, int, int, int, int, bool]) -> bytes:
    source, destination, protocol, payload_bytes, ttl, traffic_class, dont_fragment = fields
    head = HEADER4.pack(0x45, traffic_class, 20 + payload_bytes, 0, dont_fragment << 14, ttl, protocol, 0,
                        packed(source), packed(destination))
    return head[:10] + checksum(head).to_bytes(2, "big") + head[12:]


headers4: dict[tuple[str, str, int, int, int, int, bool], bytes] = Remembered(_header4)
"""IPv4 headers without options, of which the packets of a flow have the same."""


def with_ttl(packet: bytes, ttl: int) -> bytes:
    """The packet as routers send it on, with another TTL; the IPv4 checksum is updated, not computed anew
    (RFC 1624)."""
    if packet[0] >> 4 == 6:
        return packet[:7] + bytes((ttl,)) + packet[8:]
    if packet[8] == ttl:
        return packet
    stored = ((packet[10] << 8 | packet[11]) + (packet[8] - ttl << 8)) % 65535
    return packet[:8] + bytes((ttl, packet[9], stored >> 8, stored & 0xFF)) + packet[12:]


def icmp_packet(source: str, destination: str, kind: int, code: int, body: bytes, ttl: int = DEFAULT_TTL,
                traffic_class: int = 0) -> bytes:
    """An IP packet with an ICMP message; `body` is what follows the checksum."""
    protocol, before = ICMP, b""
    if ":" in source:
        protocol = ICMP6
        before = pseudo_header(packed(source), packed(destination), protocol, 4 + len(body))
    stored = checksum(before + ICMP_START.pack(kind, code, 0) + body)
    return ip_packet(source, destination, protocol, ICMP_START.pack(kind, code, stored) + body, ttl, traffic_class)


def icmp_error(source: str, destination: str, kind: int, code: int, about: bytes, info: int = 0,
               labels: tuple[int, ...] = ()) -> bytes:
    """An IP packet with an ICMP error that quotes the packet `about`.

    `info` is the MTU of "too big" or the pointer of a parameter problem.  With `labels` it tells that
    the packet came with these MPLS labels, top first, of TTL 1 (RFC 4884 section 5, RFC 4950 section 3).
    """
    version = 6 if ":" in source else 4
    traffic_class = INTERNETWORK_CONTROL | about[1] & 0x1E if version == 4 else 0
    quote = about[:QUOTED_BYTES[version]]
    if labels:
        quote = quote[:EXTENDED_QUOTE_BYTES].ljust(EXTENDED_QUOTE_BYTES, b"\0") + label_stack(labels)
        info = EXTENDED_QUOTE_BYTES // 4 << 16 if version == 4 else EXTENDED_QUOTE_BYTES // 8 << 24
    return icmp_packet(source, destination, kind, code, pack("!I", info) + quote, traffic_class=traffic_class)


def label_stack(labels: tuple[int, ...]) -> bytes:
    """An extension structure with one object, an MPLS label stack.

    >>> label_stack((24001,)).hex()
    '2000c8190008010105dc1101'
    """
    last = len(labels) - 1
    entries = b"".join(pack("!I", label << 12 | (place == last) << 8 | 1) for place, label in enumerate(labels))
    structure = b"\x20\0\0\0" + pack("!HBB", 4 + len(entries), 1, 1) + entries
    return structure[:2] + pack("!H", checksum(structure)) + structure[4:]
