"""The links of the network in memory that are raw sockets at most: of any protocol, and of ICMP echo."""

from __future__ import annotations

from errno import EINVAL
from itertools import count

from ...errors import KernelRefused
from ...links.link import Arrival
from ...packets.asked import Asked, is_same
from ...packets.checksum import checksum, pseudo_header
from ...packets.ip import packed
from ...packets.node_information import make_query
from ...packets.templates import EchoPacket
from ...records.echo_links import EchoReply, Proof
from ...records.family import IpProtocol
from ...records.raw_links import RawReply
from ...records.replies import IcmpError, Quote
from .link import SimulatedLink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...records.echo_links import EchoLinkSettings, EchoProbe
    from ...records.raw_links import RawLinkSettings, RawProbe
    from ...records.replies import Reply
    from .link import Host
    from .transit import Transit

IDENTIFIER = 4242
TOKEN = b"netlite!"  # the same on every run, as all else in memory
NONCE_BYTES = 8  # of a node information query (RFC 4620)
COUNTING = bytes(range(256))


class SimulatedRawLink(SimulatedLink):
    """As `links.raw`: one packet at a time; what comes from its destination, or about it, answers it."""

    summed = False
    settings: RawLinkSettings

    def __init__(self, network: Host, settings: RawLinkSettings):
        network.need_raw()
        if settings.protocol > 255:
            raise OSError(EINVAL, "Invalid argument")
        super().__init__(network, settings, settings.protocol)
        network.source_for(settings.destination)
        self._number: int | None = None

    def send(self, probe: RawProbe) -> int:
        settings = self.settings
        size_bytes = probe.size_bytes - settings.family.header_bytes
        data = (settings.pattern * (size_bytes // len(settings.pattern) + 1))[:size_bytes]
        self._number = probe.number
        return self.send_packet(settings.destination, len(data), data, probe.ttl)

    def made(self, source: str, destination: str, what: Any) -> bytes:
        data: bytes = what
        return data

    def quoted(self, what: Any) -> Quote | None:
        return Quote(None, self.settings.destination, self.protocol, payload=what)

    def take(self, came: Transit, reply: Reply | None, errno: int | None) -> None:
        destination = self.settings.destination
        if type(reply) is IcmpError:
            quote = reply.quote
            if quote is None or errno is None:
                return
            if (quote.protocol, quote.destination) != (self.protocol, destination):
                return
            reply = reply.replace(errno=errno, quote=Quote(None, destination, self.protocol, payload=quote.payload))
        elif (came.header.protocol, came.header.source) == (self.protocol, destination):
            reply = RawReply(destination, len(came.data), came.ttl)
        else:
            return
        self._arrived.append(Arrival(came.at_ns, reply, None, self._number))


class SimulatedEchoLink(SimulatedLink):
    """As `links.echo`: `kind` "raw" or "datagram"."""

    identifier: int
    settings: EchoLinkSettings

    def __init__(self, network: Host, settings: EchoLinkSettings):
        super().__init__(network, settings, settings.family.icmp_protocol)
        self.kind = settings.kind or network.echo_socket
        taken = {link.identifier for link in network.links if link is not self} if settings.proof else ()
        self.identifier = settings.identifier if settings.identifier is not None else \
            next(number for number in count(IDENTIFIER) if number not in taken)
        self._asked = Asked(settings, TOKEN) if settings.proof == Proof.TOKEN else None
        self._connected = False
        if settings.connected:
            self.connect()

    def connect(self) -> None:
        try:
            self.network.source_for(self.settings.destination)
        except OSError as refusal:
            raise KernelRefused(refusal.errno, "connect") from None
        self._connected = True

    def send(self, probe: EchoProbe) -> int:
        settings, version = self.settings, self.settings.family.version
        size_bytes = len(settings.payload) if probe.size_bytes is None else probe.size_bytes
        data = settings.payload[:size_bytes]
        data += (COUNTING * (size_bytes // len(COUNTING) + 1))[len(data):size_bytes]
        destination = probe.destination or settings.destination
        if self._asked is not None:
            data = self._asked.with_token(data)
            self._asked.note(probe.sequence & 0xFFFF, destination, size_bytes)
        packet = EchoPacket(version, self.identifier, data, settings.stamped, version == 4, settings.one_flow)
        message = bytes(packet.number(probe.sequence & 0xFFFF, self.network.clock.wall_ns()))
        if settings.node_query is not None:  # which no host here answers, as no Linux host does
            message = make_query(settings.node_query, (probe.sequence & 0xFFFF).to_bytes(NONCE_BYTES, "big"))
        return self.send_packet(destination, len(message), message, probe.ttl)

    def made(self, source: str, destination: str, what: Any) -> bytes:
        return what if self._family.version == 4 else with_checksum6(what, source, destination)

    def take(self, came: Transit, reply: Reply | None, errno: int | None) -> None:
        if came.header.version != self.settings.family.version:
            return
        raw4 = self.kind == "raw" and came.header.version == 4
        if type(reply) is EchoReply and self._is_answer(reply):
            reply = reply.replace(checksum_ok=reply.checksum_ok if raw4 else None, destination=None)
        elif type(reply) is not IcmpError or errno is None or reply.quote is None or not self._is_ours(reply.quote):
            return
        else:
            reply = reply.replace(errno=errno)
        self._arrived.append(Arrival(came.at_ns, reply))

    def _is_answer(self, reply: EchoReply) -> bool:
        if self._connected and self.kind == "raw" and not is_same(reply.source, self.settings.destination):
            return False
        return reply.identifier == self.identifier and (self._asked is None or self._asked.is_answer(
            reply.sequence, reply.source, reply.payload, 0))

    def _is_ours(self, quote: Quote) -> bool:
        return quote.protocol == self.protocol and quote.identifier == self.identifier and (
            self._asked is None or self._asked.is_quoted(quote))


def with_checksum6(message: bytes, source: str, destination: str) -> bytes:
    """The ICMPv6 message as the kernel completes it, over both addresses (RFC 4443 section 2.3)."""
    summed = pseudo_header(packed(source), packed(destination), IpProtocol.ICMP6, len(message)) + message
    return message[:2] + checksum(summed).to_bytes(2, "big") + message[4:]
