"""Packets put together again from what the kernel told about them, for who may not see the wire.

What is certain in the result: addresses, protocol, TTL, ports or identifier and sequence, type and code, data of
replies.  The rest of the headers is as the kernel is known to fill it, or 0.
"""

from __future__ import annotations

from _struct import pack

from ..packets.checksum import checksum
from ..packets.extensions import QUOTE_BYTES, STEP_BYTES, VERSION
from ..packets.icmp import TYPES
from ..packets.templates import make_echo
from ..packets.transport import make_tcp, make_udp
from ..packets.wire_format import icmp_packet, ip_packet
from ..records.echo_links import STAMP_BYTES, EchoLinkSettings, EchoProbe, EchoReply
from ..records.family import IpProtocol
from ..records.links import MtuDiscovery
from ..records.raw_links import TcpLinkSettings, TcpProbe, TcpReply
from ..records.replies import IcmpError, Origin
from ..records.udp_links import UdpLinkSettings, UdpProbe, UdpReply

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..records.extensions import IcmpObject
    from ..records.links import LinkSettings
    from ..records.probes import Probe
    from ..records.replies import Quote, Reply
    from .link import Link
    from .network import Network

DEFAULT_TTL = 64
UNKNOWN_REPLY_TTL = 0


def rebuild_probe(network: Network, settings: LinkSettings, link: Link, probe: Probe) -> bytes:
    """The packet that `probe` most likely became."""
    family = settings.family
    destination = (getattr(probe, "destination", None) or settings.destination).partition("%")[0]
    if destination == family.any:
        destination = family.loopback
    source = own_address(network, settings)
    ends = family.version, source, destination
    if isinstance(probe, EchoProbe) and isinstance(settings, EchoLinkSettings):
        size_bytes = len(settings.payload) if probe.size_bytes is None else probe.size_bytes
        payload = (settings.payload + bytes(size_bytes))[:size_bytes]
        if settings.stamped and size_bytes >= STAMP_BYTES:
            payload = bytes(STAMP_BYTES) + payload[STAMP_BYTES:]
        protocol, data = family.icmp_protocol, make_echo(
            family.version, link.identifier or 0, probe.sequence & 0xFFFF, payload, source, destination)
    elif isinstance(probe, TcpProbe) and isinstance(settings, TcpLinkSettings):
        protocol, data = IpProtocol.TCP, make_tcp(*ends, probe.source_port, probe.port, probe.sequence, settings.flags)
    elif isinstance(probe, UdpProbe) and isinstance(settings, UdpLinkSettings):
        pattern = settings.pattern
        size_bytes = max(0, min(probe.size_bytes, 65535) - family.header_bytes - 8)
        payload = (pattern * (size_bytes // len(pattern) + 1))[:size_bytes]
        source_port = probe.source_port or settings.source_port or 0
        protocol, data = settings.protocol, make_udp(*ends, source_port, probe.port, payload)
    else:
        protocol = _protocol(settings)
        data = bytes(max(0, (probe.size_bytes or 0) - family.header_bytes))
    ttl = probe.ttl or settings.ttl or DEFAULT_TTL
    whole = settings.mtu_discovery in (None, MtuDiscovery.WANT, MtuDiscovery.DO, MtuDiscovery.PROBE)
    return ip_packet(source, destination, protocol, data[:65535 - family.header_bytes], ttl,
                     settings.traffic_class or 0, whole)


def rebuild_reply(network: Network, settings: LinkSettings, reply: Reply) -> bytes | None:
    """The packet that `reply` was read from; None for what no packet told (this kernel's refusals)."""
    family = settings.family
    if reply.source is None:
        return None
    source = reply.source.partition("%")[0]
    here = own_address(network, settings)
    ttl = UNKNOWN_REPLY_TTL if reply.ttl is None else reply.ttl
    if isinstance(reply, EchoReply):
        message = make_echo(family.version, reply.identifier, reply.sequence, reply.payload, source, here, "reply")
        return ip_packet(source, here, family.icmp_protocol, message, ttl)
    if isinstance(reply, TcpReply):
        segment = make_tcp(family.version, source, here, reply.source_port, reply.destination_port, reply.sequence,
                           reply.flags, acknowledgement=reply.acknowledgement)
        return ip_packet(source, here, IpProtocol.TCP, segment, ttl)
    if isinstance(reply, UdpReply):
        segment = make_udp(family.version, source, here, reply.port, 0, reply.payload)
        return ip_packet(source, here, IpProtocol.UDP, segment, ttl)
    if isinstance(reply, IcmpError) and reply.origin != Origin.LOCAL and reply.quote is not None:
        return _error(settings, reply, reply.quote, source, here, ttl)
    return None


def own_address(network: Network, settings: LinkSettings) -> str:
    """The address of ours that the packets carry; "any" where no way is known."""
    if settings.source:
        return settings.source.partition("%")[0]
    try:
        return network.choose_source(settings).partition("%")[0]
    except OSError:
        return settings.family.any


def _error(settings: LinkSettings, reply: IcmpError, quote: Quote, source: str, here: str, ttl: int) -> bytes:
    """The error with its quote and its extensions."""
    family = settings.family
    destination = (quote.destination or settings.destination).partition("%")[0]
    protocol = quote.protocol or _protocol(settings)
    if quote.identifier is not None:
        head = bytes((TYPES[family.version].echo_request, 0, 0, 0)) + pack("!HH", quote.identifier, quote.sequence or 0)
    elif quote.source_port is not None:
        head = pack("!HHHH", quote.source_port, quote.destination_port or 0, 8 + len(quote.payload) & 0xFFFF, 0)
    else:
        head = b""
    quoted = quote.header + head + quote.payload if quote.header else ip_packet(
        here, destination, protocol, head + quote.payload, quote.ttl or 1)
    words, structure = 0, b""
    if reply.extensions:
        structure = _structure(reply.extensions)
        quoted = quoted[:QUOTE_BYTES].ljust(QUOTE_BYTES, b"\0")
        words = QUOTE_BYTES // STEP_BYTES[family.version]
    info = reply.info & 0xFFFFFFFF
    if words:
        info |= words << (16 if family.version == 4 else 24)
    return icmp_packet(source, here, reply.type, reply.code, pack("!I", info) + quoted + structure, ttl)


def _protocol(settings: LinkSettings) -> int:
    """The one that the settings name, else ICMP."""
    protocol: int = getattr(settings, "protocol", settings.family.icmp_protocol)
    return protocol


def _structure(objects: Iterable[IcmpObject]) -> bytes:
    """An extension structure (RFC 4884 section 7)."""
    body = b"".join(pack("!HBB", 4 + len(each.payload), each.class_number, each.class_type) + each.payload
                    for each in objects)
    head = pack("!BBH", VERSION << 4, 0, 0)
    return head[:2] + pack("!H", checksum(head + body)) + body
