"""What an ICMP error quotes: the start of our own packet (RFC 792, RFC 1812 section 4.3.2.3, RFC 4443).

A quote may end anywhere.  What it does not hold is None; nothing here raises.
"""

from __future__ import annotations

from _struct import Struct

from ..feature_errors import MalformedPacket
from ..records.family import IpProtocol
from ..records.replies import Quote
from .ip import HEADER4_BYTES, NO_OPTIONS, headers4, read_header

ICMP_PROTOCOLS = {IpProtocol.ICMP, IpProtocol.ICMP6}
PORT_PROTOCOLS = {IpProtocol.TCP, IpProtocol.UDP, IpProtocol.DCCP, IpProtocol.UDPLITE}
TRANSPORT_BYTES = {IpProtocol.ICMP: 8, IpProtocol.TCP: 20, IpProtocol.UDP: 8, IpProtocol.DCCP: 16,
                   IpProtocol.ICMP6: 8, IpProtocol.UDPLITE: 8}
TCP, UDP = IpProtocol.TCP, IpProtocol.UDP
WORDS = [(Struct(f"!{count}H").unpack_from, (None,) * (4 - count)) for count in range(5)]  # those there, and the others


def read_quote(data: bytes) -> Quote:
    """The record of a quote that starts with an IP header."""
    try:
        start = bytes(data[:HEADER4_BYTES])
        header = headers4[start] if start[:1] == NO_OPTIONS else read_header(data)
    except MalformedPacket:
        return Quote(None, None, None, payload=bytes(data))
    return read_transport(header.protocol, data[header.header_bytes:], header.source, header.destination,
                          header.ttl, header.size_bytes, bytes(data[:header.header_bytes]))


def read_transport(protocol: int | None, data: bytes, source: str | None = None,
                   destination: str | None = None, ttl: int | None = None, size_bytes: int | None = None,
                   header: bytes = b"") -> Quote:
    """The record of a quote whose IP header is known otherwise; `data` starts behind it.

    The error queue of a raw or ICMP datagram socket gives quotes of this shape.
    """
    source_port = destination_port = identifier = sequence = checksum = None
    unpack_from, missing = WORDS[len(data) // 2 if len(data) < 8 else 4]
    first, second, third, fourth = unpack_from(data) + missing
    if protocol in PORT_PROTOCOLS:
        source_port, destination_port = first, second
        if protocol == TCP and fourth is not None:
            sequence = int.from_bytes(data[4:8], "big")
        elif protocol == UDP:
            checksum = fourth
    elif protocol in ICMP_PROTOCOLS:
        checksum, identifier, sequence = second, third, fourth
    return Quote.of((source, destination, protocol, ttl, size_bytes, source_port, destination_port, identifier,
                     sequence, bytes(data[TRANSPORT_BYTES.get(protocol or 0, 0):]), header, checksum))
