"""UDP and TCP (RFC 768, RFC 9293): probes from values to bytes, answers from bytes to records."""

from __future__ import annotations

from _struct import Struct

from ..feature_errors import MalformedPacket
from ..records.family import IpProtocol
from ..records.raw_links import TcpReply
from ..records.udp_links import UdpReply
from .checksum import ones_sum, pseudo_header
from .ip import packed
from .templates import fill, set_checksum

UDP_HEADER = Struct("!HHHH")
TCP_HEADER = Struct("!HHIIBB6x")  # what follows the flags does not matter here
UDP = IpProtocol.UDP


def make_udp(version: int, source: str, destination: str, source_port: int, destination_port: int,
             payload: bytes = b"") -> bytes:
    """A UDP datagram with header and checksum (all ones in place of zero, RFC 768).

    What is summed is summed where it stands: the order of words does not matter (RFC 1071 section 2).
    """
    size_bytes = UDP_HEADER.size + len(payload)
    words = ones_sum(packed(source) + packed(destination) + payload) + UDP + size_bytes \
        + source_port + destination_port + size_bytes
    return UDP_HEADER.pack(source_port, destination_port, size_bytes, -words % 65535 or 0xFFFF) + payload


def make_tcp(version: int, source: str, destination: str, source_port: int, destination_port: int,
             sequence: int = 0, flags: int = 2, window: int = 5840, mss_bytes: int | None = None,
             sack: bool = False, timestamp: int | None = None, window_scale: int | None = None,
             acknowledgement: int = 0, payload: bytes = b"") -> bytes:
    """A TCP segment, a SYN by default; arguments as `crafting.craft_tcp`."""
    options = {"mss_bytes": mss_bytes, "sack": sack or None, "timestamp": timestamp,
               "window_scale": window_scale}
    name = "-".join(["tcp"] + [option for option in options if options[option] is not None])
    fields = {option: value for option, value in options.items() if value is not None and option != "sack"}
    packet = fill(name, payload, source_port=source_port, destination_port=destination_port, sequence=sequence,
                  acknowledgement=acknowledgement, flags=flags, window=window, **fields)
    set_checksum(name, packet, pseudo_header(packed(source), packed(destination), IpProtocol.TCP, len(packet)))
    return bytes(packet)


def read_udp(data: bytes, source: str, ttl: int | None = None) -> UdpReply:
    """A UDP datagram with its header.  Raises MalformedPacket when shorter than it says."""
    if len(data) < UDP_HEADER.size:
        raise MalformedPacket(f"UDP datagram of {len(data)} bytes")
    source_port, _, size, _ = UDP_HEADER.unpack_from(data)
    if not UDP_HEADER.size <= size <= len(data):
        raise MalformedPacket(f"UDP length {size} in {len(data)} bytes")
    return UdpReply(source, source_port, size, ttl, bytes(data[UDP_HEADER.size:size]))


def read_tcp(data: bytes, source: str, ttl: int | None = None) -> TcpReply:
    """A TCP segment; options and data are not looked at.  Raises MalformedPacket."""
    if len(data) < TCP_HEADER.size:
        raise MalformedPacket(f"TCP segment of {len(data)} bytes")
    source_port, destination_port, sequence, acknowledgement, offset, flags = TCP_HEADER.unpack_from(data)
    if not TCP_HEADER.size <= (offset >> 4) * 4 <= len(data):
        raise MalformedPacket(f"TCP data offset {(offset >> 4) * 4} in {len(data)} bytes")
    return TcpReply(source, source_port, destination_port, flags, ttl, sequence, acknowledgement)
