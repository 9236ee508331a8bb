"""Which probe a packet is, and which probe it answers: by what comes back unchanged."""

from __future__ import annotations

from ..errors import MalformedPacket
from ..records.record import Record
from ..records.replies import EchoReply, IcmpError, Quote
from .icmp import TYPES, read_icmp
from .ip import read_header
from .quote import ICMP_PROTOCOLS, PORT_PROTOCOLS, read_transport


class Flow(Record):
    """`near` is our port or the ICMP identifier, `far` their port or the ICMP sequence.

    Both are None where a protocol has neither.
    """

    protocol: int
    destination: str
    near: int | None = None
    far: int | None = None


def probe_flow(data: bytes) -> Flow | None:
    """The flow of a packet as its sender sees it; None for ICMP messages other than echo requests."""
    try:
        header = read_header(data)
    except MalformedPacket:
        return None
    behind = data[header.header_bytes:]
    if header.protocol is None:
        return None
    if header.protocol in ICMP_PROTOCOLS:
        if not behind or behind[0] != TYPES[header.version].echo_request:
            return None
    return _flow(header.protocol, header.destination, read_transport(header.protocol, behind))


def answered_flow(data: bytes) -> Flow | None:
    """The flow of the probe that a packet answers; None for what cannot be an answer."""
    try:
        header = read_header(data)
        if header.protocol is None:
            return None
        if header.protocol not in ICMP_PROTOCOLS:
            there = _flow(header.protocol, header.source, read_transport(header.protocol, data[header.header_bytes:]))
            return there.replace(near=there.far, far=there.near)
        reply = read_icmp(header.version, data[header.header_bytes:], header.source)
    except MalformedPacket:
        return None
    if type(reply) is EchoReply:
        return Flow(header.protocol, header.source, reply.identifier, reply.sequence)
    quote = reply.quote if type(reply) is IcmpError else None
    if quote is None or quote.protocol is None or quote.destination is None:
        return None
    return _flow(quote.protocol, quote.destination, quote)


def _flow(protocol: int, destination: str, quote: Quote) -> Flow:
    if protocol in PORT_PROTOCOLS:
        return Flow(protocol, destination, quote.source_port, quote.destination_port)
    if protocol in ICMP_PROTOCOLS:
        return Flow(protocol, destination, quote.identifier, quote.sequence)
    return Flow(protocol, destination)
