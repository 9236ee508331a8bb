"""Which probe a packet is, and which probe it answers: by what comes back unchanged."""

from __future__ import annotations

from ..feature_errors import MalformedPacket
from ..records.echo_links import EchoReply
from ..records.family import IpProtocol
from ..records.record import Record
from ..records.replies import IcmpError, Quote
from .icmp import TYPES, read_icmp
from .ip import read_header
from .quote import ICMP_PROTOCOLS, PORT_PROTOCOLS, read_transport


class Flow(Record):
    """`near` is our port or the ICMP identifier, `far` their port or the ICMP sequence; None where a protocol has none.

    Probes of one flow differ in what routers do not look at (decision 0012): `start`, the first two bytes of UDP's
    data, and its `checksum`, or `sequence` of TCP; None and b"" where that is not known.
    """

    protocol: int
    destination: str
    near: int | None = None
    far: int | None = None
    start: bytes = b""
    checksum: int | None = None
    sequence: int | None = None

    def is_about(self, probe: Flow) -> bool:
        """Whether an answer may be about this one of the probes with its ports."""
        if self.start and probe.start:
            return self.start == probe.start
        return self.checksum in (None, probe.checksum) and \
            (None in (self.sequence, probe.sequence) or self.sequence == probe.sequence)


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
            behind = data[header.header_bytes:]
            there = _flow(header.protocol, header.source, read_transport(header.protocol, behind))
            acknowledged = (int.from_bytes(behind[8:12], "big") - 1) & 0xFFFFFFFF if header.protocol == IpProtocol.TCP \
                and len(behind) >= 12 else None
            return Flow(there.protocol, there.destination, there.far, there.near, sequence=acknowledged)
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
        start = quote.payload[:2] if protocol == IpProtocol.UDP and len(quote.payload) >= 2 else b""
        return Flow(protocol, destination, quote.source_port, quote.destination_port, start, quote.checksum,
                    quote.sequence)
    if protocol in ICMP_PROTOCOLS:
        return Flow(protocol, destination, quote.identifier, quote.sequence)
    return Flow(protocol, destination)
