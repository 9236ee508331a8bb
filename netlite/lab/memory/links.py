"""The links of the network in memory: they send and receive real packet bytes, as the real ones do."""

from __future__ import annotations

from errno import EINVAL, EMSGSIZE
from itertools import count
from posix import strerror

from ...errors import KernelRefused
from ...links.flows import SentProbes
from ...links.link import Arrival, Link
from ...links.tcp_flows import SentSegments
from ...links.udp import UDP_HEADER_BYTES, payload
from ...packets.asked import Asked, is_same
from ...packets.checksum import checksum, pseudo_header
from ...packets.ip import packed
from ...packets.node_information import make_query
from ...packets.steering import steer_udp
from ...packets.templates import EchoPacket, make_tcp, make_udp
from ...packets.transport import read_tcp
from ...packets.wire_format import ip_packet
from ...records.echo_links import Proof
from ...records.family import IpProtocol
from ...records.links import MtuDiscovery
from ...records.multipath import flow_checksum
from ...records.replies import EchoReply, IcmpError, Origin, Quote, RawReply, TcpReply
from .services import SYN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol, TypeVar

    from ...records.echo_links import EchoLinkSettings
    from ...records.links import LinkSettings
    from ...records.probes import EchoProbe, RawProbe, TcpProbe, UdpProbe
    from ...records.raw_links import RawLinkSettings, TcpLinkSettings
    from ...records.replies import Reply
    from ...records.udp_links import UdpLinkSettings
    from .transit import Transit
    from .virtual_clock import VirtualClock
    from .ways import Place

    Settings = TypeVar("Settings", bound=LinkSettings)

    class Host(Protocol):
        """What is asked of `network.SimulatedNetwork`."""

        clock: VirtualClock
        echo_socket: str
        links: list[SimulatedLink]
        path_mtus: dict[str, int]

        @property
        def here(self) -> Place: ...
        def checked(self, settings: Settings) -> Settings: ...
        def need_raw(self) -> None: ...
        def next_port(self) -> int: ...
        def source_for(self, destination: str) -> str: ...
        def path_mtu(self, destination: str, learned: bool = ...) -> int: ...
        def transmit(self, packet: bytes, piece_bytes: int, summed: bool) -> int: ...
        def deliver(self) -> None: ...
        def due_ns(self) -> int | None: ...

IDENTIFIER = 4242
TOKEN = b"netlite!"  # the same on every run, as all else in memory
NONCE_BYTES = 8  # of a node information query (RFC 4620)
COUNTING = bytes(range(256))


def unquoted() -> None:
    """What the error queue says of a probe whose link asks it for no more than the size."""


class SimulatedLink(Link):
    """What the links share: sending within the path MTU, and arrivals in order."""

    summed = True  # whether it makes the checksums of its protocol
    settings: LinkSettings

    def __init__(self, network: Host, settings: LinkSettings, protocol: int):
        self.protocol = protocol
        self.settings = network.checked(settings)
        self.network = network
        self._arrived: list[Arrival] = []
        network.links.append(self)

    def send_packet(self, destination: str, data_bytes: int, make: Callable[[str, str], bytes], ttl: int | None,
                    local_quote: Callable[[], Quote | None]) -> int:
        """Send the `data_bytes` that `make(source, destination)` gives; return the time.

        Raises OSError as sendto(2) does.  `local_quote` gives what the error queue says of a packet
        too big to leave.
        """
        settings, network, family = self.settings, self.network, self.settings.family
        if destination == family.any:
            destination = family.loopback
        source, mtu_bytes, errno = network.here.leaving[destination]
        if settings.source:
            source = settings.source
        elif errno:
            raise OSError(errno, strerror(errno))
        if ttl is None:
            ttl = 64 if settings.ttl is None else settings.ttl
        mode = MtuDiscovery.WANT if settings.mtu_discovery is None else settings.mtu_discovery
        size_bytes = family.header_bytes + data_bytes
        if mode != MtuDiscovery.PROBE and destination in network.path_mtus:
            mtu_bytes = min(mtu_bytes, network.path_mtus[destination])
        if size_bytes > mtu_bytes and mode in (MtuDiscovery.DO, MtuDiscovery.PROBE):
            error = IcmpError(Origin.LOCAL, None, 0, 0, mtu_bytes, EMSGSIZE, None, local_quote())
            self._arrived.append(Arrival(network.clock.now_ns(), error))
            raise OSError(EMSGSIZE, "Message too long")
        whole = mode != MtuDiscovery.DONT and size_bytes <= mtu_bytes
        data = make(source, destination)
        packet = ip_packet(source, destination, self.protocol, data, ttl, settings.traffic_class or 0, whole,
                           settings.flow_label or 0)
        cut_bytes = min(size_bytes, mtu_bytes) if family.version == 6 else 0
        return network.transmit(packet, size_bytes if whole else cut_bytes, self.summed)

    def take(self, came: Transit, reply: Reply | None) -> None:
        """Keep a packet that is for this link; `reply` is its ICMP record, None for other protocols."""
        raise NotImplementedError

    def receive(self) -> list[Arrival]:
        self.network.deliver()
        arrivals, self._arrived = self._arrived, []
        return arrivals

    def due_ns(self) -> int | None:
        return self.network.clock.now_ns() if self._arrived else self.network.due_ns()

    def close(self) -> None:
        if self in self.network.links:
            self.network.links.remove(self)


class SimulatedUdpLink(SimulatedLink):
    """As `links.udp`: one socket for all probes, or one a probe."""

    settings: UdpLinkSettings

    def __init__(self, network: Host, settings: UdpLinkSettings):
        super().__init__(network, settings, settings.protocol)
        self._ports: dict[int, int | None] = {}  # our source ports: the number of their probe
        if not settings.socket_per_probe:
            self._port = settings.source_port or network.next_port()
            self._ports[self._port] = None

    def send(self, probe: UdpProbe) -> int:
        settings, alone = self.settings, self.settings.socket_per_probe
        port = probe.source_port or settings.source_port or self.network.next_port() if alone else self._port
        self._ports[port] = probe.number if alone else None
        data = payload(settings, probe, self.network.clock.now_ns())
        # An unconnected IPv4 socket does not know the port any more (ip_local_error, net/ipv4/ip_sockglue.c).
        known = alone or settings.family.version == 6
        return self.send_packet(
            settings.destination, UDP_HEADER_BYTES + len(data), lambda source, destination: make_udp(
                settings.family.version, source, destination, port, probe.port, data), probe.ttl,
            lambda: Quote(None, settings.destination, settings.protocol, source_port=port,
                          destination_port=probe.port if known else 0))

    def take(self, came: Transit, reply: Reply | None) -> None:
        if type(reply) is not IcmpError or reply.quote is None:
            return
        quote, port, errno = reply.quote, reply.quote.source_port, reply.errno
        if quote.protocol != self.protocol or port not in self._ports:
            return
        if errno is None or (errno == EMSGSIZE and self.settings.mtu_discovery == MtuDiscovery.DONT):
            return
        told = Quote.of((None, quote.destination, self.protocol, None, None, port, quote.destination_port, None, None,
                         quote.payload, b"", None))
        number = self._ports[port]
        self._arrived.append(Arrival.of((came.at_ns, reply.replace(quote=told), None, number, None)))
        if number is not None:
            del self._ports[port]


class SimulatedFlowLink(SimulatedLink):
    """As `links.flows`; errors are heard whole where the node gives out raw sockets."""

    settings: UdpLinkSettings

    def __init__(self, network: Host, settings: UdpLinkSettings):
        super().__init__(network, settings, settings.protocol)
        self.identifier = settings.source_port or network.next_port()
        self._flows: dict[int, SentProbes] = {}

    def send(self, probe: UdpProbe) -> int:
        settings, port = self.settings, probe.source_port
        sent = self._flows.setdefault(port, SentProbes())
        data = payload(settings, probe, 0)
        data = steer_udp(self._source(), settings.destination, port, probe.port, data, flow_checksum(probe.number))
        sent.add(probe.number, data)
        return self.send_packet(
            settings.destination, UDP_HEADER_BYTES + len(data), lambda source, destination: make_udp(
                settings.family.version, source, destination, port, probe.port, data), probe.ttl,
            lambda: Quote(None, settings.destination, settings.protocol, source_port=port, destination_port=probe.port,
                          payload=data))

    def receive(self) -> list[Arrival]:
        arrivals = []
        for at_ns, reply, *_ in super().receive():
            number = self._flows[reply.quote.source_port].take(reply.quote)
            if number is not None:
                arrivals.append(Arrival(at_ns, reply, None, number, self._source()))
        return arrivals

    def _source(self) -> str:
        return self.settings.source or self.network.source_for(self.settings.destination)

    def take(self, came: Transit, reply: Reply | None) -> None:
        if type(reply) is not IcmpError or reply.quote is None:
            return
        quote = reply.quote
        if quote.protocol != self.protocol or quote.source_port not in self._flows:
            return
        if self.network.echo_socket != "raw":  # the error queue: only what the kernel finds a socket for
            if reply.errno is None or quote.destination != self.settings.destination:
                return
            quote = Quote(None, quote.destination, quote.protocol, source_port=quote.source_port,
                          destination_port=quote.destination_port, payload=quote.payload)
        self._arrived.append(Arrival(came.at_ns, reply.replace(quote=quote)))


class SimulatedTcpLink(SimulatedLink):
    """As `links.tcp_probe`: segments from a raw socket."""

    settings: TcpLinkSettings

    def __init__(self, network: Host, settings: TcpLinkSettings):
        super().__init__(network, settings, IpProtocol.TCP)
        self._probes: dict[tuple[int | None, int | None], int] = {}  # our port and theirs: the number of the probe
        network.source_for(settings.destination)

    def send(self, probe: TcpProbe) -> int:
        settings, version = self.settings, self.settings.family.version
        port = probe.source_port or settings.source_port or self.network.next_port()
        room_bytes = self.network.path_mtu(settings.destination) - settings.family.header_bytes - 20
        mss_bytes = (settings.mss_bytes or room_bytes) if settings.flags & 2 else None

        def segment(source: str, destination: str) -> bytes:
            return make_tcp(version, source, destination, port, probe.port, probe.sequence, settings.flags,
                            4 * room_bytes & 0xFFFF, mss_bytes and mss_bytes & 0xFFFF, settings.sack,
                            settings.timestamp, settings.window_scale)

        size_bytes = len(segment(settings.family.any, settings.family.any))
        self._probes[port, probe.port] = probe.number
        return self.send_packet(settings.destination, size_bytes, segment, probe.ttl, unquoted)

    def take(self, came: Transit, reply: Reply | None) -> None:
        if came.header.protocol == IpProtocol.TCP:
            reply = read_tcp(came.data, came.header.source, came.ttl)
        elif type(reply) is not IcmpError or reply.quote is None or reply.errno is None \
                or reply.quote.protocol != IpProtocol.TCP:
            return
        number = self.number_of(reply)
        if number is not None:
            self._arrived.append(Arrival(came.at_ns, reply, None, number))

    def number_of(self, reply: TcpReply | IcmpError) -> int | None:
        """The probe that a segment answers or an error quotes."""
        if isinstance(reply, TcpReply):
            return self._probes.pop((reply.destination_port, reply.source_port), None)
        quote = reply.quote
        return None if quote is None else self._probes.pop((quote.source_port, quote.destination_port), None)


class SimulatedTcpFlowLink(SimulatedTcpLink):
    """As `links.tcp_flows`."""

    def __init__(self, network: Host, settings: TcpLinkSettings):
        network.need_raw()
        super().__init__(network, settings)
        self.identifier: int = settings.source_port or network.next_port()
        self._sent = SentSegments(settings.flags)

    def send(self, probe: TcpProbe) -> int:
        probe = probe if probe.source_port else probe.replace(source_port=self.identifier)
        self._sent.add(probe)
        return super().send(probe)

    def number_of(self, reply: TcpReply | IcmpError) -> int | None:
        if isinstance(reply, TcpReply):
            return self._sent.answered(reply.destination_port, reply.flags, reply.acknowledgement)
        quote = reply.quote
        return None if quote is None else self._sent.quoted(quote.source_port or 0, quote.sequence or 0)


class SimulatedConnectLink(SimulatedTcpLink):
    """As `links.tcp_connect`: the kernel's own SYNs, whose answers it keeps to itself but for what they mean."""

    def __init__(self, network: Host, settings: TcpLinkSettings):
        super().__init__(network, settings.replace(flags=SYN, sack=True, timestamp=1, window_scale=7))

    def take(self, came: Transit, reply: Reply | None) -> None:
        super().take(came, reply)
        self._arrived = [each.replace(reply=told(each.reply)) if isinstance(each.reply, TcpReply) else each
                         for each in self._arrived]


def told(reply: TcpReply) -> TcpReply:
    """A segment as far as who called connect(2) hears of it."""
    return TcpReply(reply.source, reply.source_port, reply.destination_port, reply.flags)


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
        return self.send_packet(settings.destination, len(data), lambda *ends: data, probe.ttl,
                                lambda: Quote(None, settings.destination, self.protocol, payload=data))

    def take(self, came: Transit, reply: Reply | None) -> None:
        destination = self.settings.destination
        if type(reply) is IcmpError:
            quote = reply.quote
            if quote is None or reply.errno is None:
                return
            if (quote.protocol, quote.destination) != (self.protocol, destination):
                return
            reply = reply.replace(quote=Quote(None, destination, self.protocol, payload=quote.payload))
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
        return self.send_packet(destination, len(message),
                                lambda *ends: message if version == 4 else with_checksum6(message, *ends),
                                probe.ttl, unquoted)

    def take(self, came: Transit, reply: Reply | None) -> None:
        if came.header.version != self.settings.family.version:
            return
        raw4 = self.kind == "raw" and came.header.version == 4
        if type(reply) is EchoReply and self._is_answer(reply):
            reply = reply.replace(checksum_ok=reply.checksum_ok if raw4 else None, destination=None)
        elif type(reply) is not IcmpError or reply.errno is None or reply.quote is None \
                or not self._is_ours(reply.quote):
            return
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
