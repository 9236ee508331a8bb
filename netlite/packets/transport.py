"""UDP and TCP answers (RFC 768, RFC 9293), from bytes to records."""

from __future__ import annotations

from _struct import Struct

from ..errors import MalformedPacket
from ..records.replies import TcpReply, UdpReply

UDP_HEADER = Struct("!HHHH")
TCP_HEADER = Struct("!HHIIBB6x")  # what follows the flags does not matter here


def read_udp(data: bytes, source: str, ttl: int | None = None) -> UdpReply:
    """A UDP datagram with its header.  Raises MalformedPacket when shorter than it says."""
    if len(data) < UDP_HEADER.size:
        raise MalformedPacket(f"UDP datagram of {len(data)} bytes")
    source_port, _, size, _ = UDP_HEADER.unpack_from(data)
    if not UDP_HEADER.size <= size <= len(data):
        raise MalformedPacket(f"UDP length {size} in {len(data)} bytes")
    return UdpReply(source, source_port, size, ttl, bytes(data[UDP_HEADER.size:size]))


def read_tcp(data: bytes, source: str, ttl: int | None = None) -> TcpReply:
    """A TCP segment; options and data are not looked at."""
    if len(data) < TCP_HEADER.size:
        raise MalformedPacket(f"TCP segment of {len(data)} bytes")
    source_port, destination_port, sequence, acknowledgement, offset, flags = TCP_HEADER.unpack_from(data)
    if not TCP_HEADER.size <= (offset >> 4) * 4 <= len(data):
        raise MalformedPacket(f"TCP data offset {(offset >> 4) * 4} in {len(data)} bytes")
    return TcpReply(source, source_port, destination_port, flags, ttl, sequence, acknowledgement)
