"""The network in memory as a program sees it: the methods of `sockets.network.Network`.

`SimulatedNetwork` plays the kernel of one node: source addresses, path MTUs, whose answer a packet
is.  All else is `forwarding.Internet`.  Links send and receive real packet bytes.
"""

from __future__ import annotations

from heapq import heappop, heappush

from ..errors import KernelRefused
from ..packets.checksum import checksum, pseudo_header
from ..packets.icmp import read_icmp_packet
from ..packets.ip import read_header
from ..packets.templates import EchoPacket, make_udp
from ..records.links import MtuDiscovery
from ..records.replies import EchoReply, IcmpError, Origin, Quote
from ..sockets.echo_kinds import EchoKind
from ..sockets.error_queue import UDP_HEADER_BYTES, payload
from ..sockets.link import Arrival, Link
from .forwarding import ICMP, ICMP6, LOOPBACK_MTU_BYTES, Internet
from .topology import Topology
from .virtual_clock import VirtualClock
from .wire_format import ip_packet, packed

ENODEV, EMSGSIZE, EADDRNOTAVAIL, ENETUNREACH = 19, 90, 99, 101
FIRST_PORT = 40000
IDENTIFIER = 4242

# What Linux makes of ICMP codes: icmp_err_convert (net/ipv4/icmp.c), icmpv6_err_convert (net/ipv6/icmp.c).
UNREACHABLE4 = (101, 113, 92, 111, 90, 95, 101, 112, 64, 101, 113, 101, 113, 113, 113, 113)
UNREACHABLE6 = (101, 13, 113, 113, 111, 13, 13)
OTHERS = {(Origin.ICMP, 11): 113, (Origin.ICMP, 12): 71, (Origin.ICMP6, 2): 90, (Origin.ICMP6, 3): 113,
          (Origin.ICMP6, 4): 71}


def errno_of(error: IcmpError) -> int | None:
    """The errno the kernel puts on the error queue; None for what it does not queue.

    >>> errno_of(IcmpError(Origin.ICMP, "192.0.2.1", 3, 13))
    113
    """
    table = UNREACHABLE4 if (error.origin, error.type) == (Origin.ICMP, 3) else \
        UNREACHABLE6 if (error.origin, error.type) == (Origin.ICMP6, 1) else None
    if table is not None:
        return table[error.code] if error.code < len(table) else None
    return OTHERS.get((error.origin, error.type))


class SimulatedNetwork:
    """The kernel of `node` in a topology.

    `echo_socket` is "raw" or "datagram", what ICMP sockets the node gives out; `losses`, `seed` and
    `open_ports` as `forwarding.Internet` has them.
    """

    def __init__(self, topology: Topology, node: str, clock: VirtualClock, losses: dict | None = None,
                 seed: int = 0, open_ports=(), echo_socket: str = "raw"):
        self.topology = topology
        self.node = node
        self.clock = clock
        self.echo_socket = echo_socket
        self.links: list[SimulatedLink] = []
        self.sent: list[bytes] = []  # every packet that left, for tests to look at
        self._internet = Internet(topology, node, losses, seed, open_ports)
        self._pending: list[tuple[int, int, bytes]] = []
        self._path_mtus: dict[str, int] = {}
        self._last_port = FIRST_PORT

    def open_echo_link(self, settings):
        return SimulatedEchoLink(self, settings)

    def open_udp_link(self, settings):
        return SimulatedUdpLink(self, settings)

    def choose_source(self, settings) -> str:
        if settings.source:
            return settings.source
        self._known_device(settings)
        return self.source_for(settings.destination)

    def echo_kind(self, family, raw_only: bool = False) -> EchoKind:
        if raw_only and self.echo_socket != "raw":
            return EchoKind("raw", 1)
        return EchoKind("raw" if raw_only else self.echo_socket, None)

    def device_has_address(self, device: str, address: str) -> bool:
        return any(each.device == device and address in (each.ipv4, each.ipv6)
                   for each in self.topology.interfaces(self.node))

    def source_for(self, destination: str) -> str:
        """The address packets to `destination` leave with.  Raises OSError ENETUNREACH."""
        if self._internet.is_own(self.node, destination):
            return destination
        way = self._internet.way_out(self.node, destination)
        if way is None:
            raise OSError(ENETUNREACH, "Network is unreachable")
        return way[0].address(6 if ":" in destination else 4)

    def checked(self, settings):
        """The settings, when the node has what they name.  Raises KernelRefused as the real links do."""
        self._known_device(settings)
        if settings.source and not self._internet.is_own(self.node, settings.source):
            raise KernelRefused(EADDRNOTAVAIL, "bind")
        return settings

    def next_port(self) -> int:
        """A source port nobody has had."""
        self._last_port += 1
        return self._last_port

    def path_mtu(self, destination: str, learned: bool = True) -> int:
        """What fits into one packet to `destination`, as far as this node knows."""
        version = 6 if ":" in destination else 4
        if self._internet.is_own(self.node, destination):
            return LOOPBACK_MTU_BYTES[version]
        way = self._internet.way_out(self.node, destination)
        device_bytes = way[0].wire.mtu_bytes if way else LOOPBACK_MTU_BYTES[version]
        return min(device_bytes, self._path_mtus.get(destination, device_bytes)) if learned else device_bytes

    def transmit(self, packet: bytes, piece_bytes: int) -> None:
        """Put a packet on the wire now; `piece_bytes` as in `forwarding.Transit`."""
        self.sent.append(packet)
        for at_ns, answer in self._internet.send(packet, self.clock.now_ns(), piece_bytes):
            heappush(self._pending, (at_ns, len(self.sent), answer))

    def due_ns(self) -> int | None:
        """When the next packet arrives."""
        return self._pending[0][0] if self._pending else None

    def deliver(self) -> None:
        """Hand what has arrived by now to the links it is for."""
        while self._pending and self._pending[0][0] <= self.clock.now_ns():
            at_ns, _, packet = heappop(self._pending)
            header = read_header(packet)
            reply = read_icmp_packet(packet) if header.protocol in (ICMP, ICMP6) else None
            if type(reply) is IcmpError:
                reply = reply.replace(errno=errno_of(reply))
                if reply.errno == EMSGSIZE:
                    self._path_mtus[reply.quote.destination] = reply.info
            for link in self.links:
                link.take(at_ns, header, packet, reply)

    def _known_device(self, settings) -> None:
        devices = ["lo", *(each.device for each in self.topology.interfaces(self.node))]
        if settings.device and settings.device not in devices:
            raise KernelRefused(ENODEV, "SO_BINDTODEVICE")


class SimulatedLink(Link):
    """What the links share: sending within the path MTU, and arrivals in order."""

    def __init__(self, network: SimulatedNetwork, settings, protocol: int):
        self.protocol = protocol
        self.settings = network.checked(settings)
        self.network = network
        self.warnings: list = []
        self._arrived: list[Arrival] = []
        network.links.append(self)

    def send_packet(self, destination: str, data_bytes: int, make, ttl: int | None,
                    local_quote: Quote | None) -> int:
        """Send the `data_bytes` that `make(source, destination)` gives; return the time.

        Raises OSError as sendto(2) does.  `local_quote` is what the error queue says of a packet too
        big to leave.
        """
        settings, network = self.settings, self.network
        if destination == settings.family.any:
            destination = settings.family.loopback
        source = settings.source or network.source_for(destination)
        ttl = ttl if ttl is not None else settings.ttl if settings.ttl is not None else 64
        mode = MtuDiscovery.WANT if settings.mtu_discovery is None else settings.mtu_discovery
        size_bytes = settings.family.header_bytes + data_bytes
        mtu_bytes = network.path_mtu(destination, learned=mode != MtuDiscovery.PROBE)
        if size_bytes > mtu_bytes and mode in (MtuDiscovery.DO, MtuDiscovery.PROBE):
            error = IcmpError(Origin.LOCAL, None, 0, 0, mtu_bytes, EMSGSIZE, None, local_quote)
            self._arrived.append(Arrival(network.clock.now_ns(), error))
            raise OSError(EMSGSIZE, "Message too long")
        whole = mode != MtuDiscovery.DONT and size_bytes <= mtu_bytes
        data = make(source, destination)
        packet = ip_packet(source, destination, self.protocol, data, ttl, settings.traffic_class or 0, whole,
                           settings.flow_label or 0)
        cut_bytes = min(size_bytes, mtu_bytes) if settings.family.version == 6 else 0
        network.transmit(packet, size_bytes if whole else cut_bytes)
        return network.clock.now_ns()

    def take(self, at_ns: int, header, packet: bytes, reply) -> None:
        """Keep a packet that is for this link; `reply` is its ICMP record, None for other protocols."""
        raise NotImplementedError

    def receive(self) -> list[Arrival]:
        self.network.deliver()
        arrivals, self._arrived = self._arrived, []
        return arrivals

    def due_ns(self) -> int | None:
        """When there may be something to receive."""
        return self.network.clock.now_ns() if self._arrived else self.network.due_ns()

    def close(self) -> None:
        if self in self.network.links:
            self.network.links.remove(self)


class SimulatedUdpLink(SimulatedLink):
    """As `sockets.error_queue`: one socket for all probes, or one a probe."""

    def __init__(self, network: SimulatedNetwork, settings):
        super().__init__(network, settings, settings.protocol)
        self._ports: dict[int, int | None] = {}  # our source ports: the number of their probe
        if not settings.socket_per_probe:
            self._port = settings.source_port or network.next_port()
            self._ports[self._port] = None

    def send(self, probe) -> int:
        settings = self.settings
        port = self._port if not settings.socket_per_probe else \
            probe.source_port or settings.source_port or self.network.next_port()
        self._ports[port] = probe.number if settings.socket_per_probe else None
        data = payload(settings, probe, self.network.clock.now_ns())
        # An unconnected IPv4 socket does not know the port any more (ip_local_error, net/ipv4/ip_sockglue.c).
        known = settings.socket_per_probe or settings.family.version == 6
        quote = Quote(None, settings.destination, settings.protocol, source_port=port,
                      destination_port=probe.port if known else 0)
        return self.send_packet(settings.destination, UDP_HEADER_BYTES + len(data), lambda *ends: make_udp(
            settings.family.version, *ends, port, probe.port, data), probe.ttl, quote)

    def take(self, at_ns: int, header, packet: bytes, reply) -> None:
        quote = reply.quote if type(reply) is IcmpError else None
        if quote is None or quote.protocol != self.protocol or quote.source_port not in self._ports:
            return
        if reply.errno is None or (reply.errno == EMSGSIZE and self.settings.mtu_discovery == MtuDiscovery.DONT):
            return
        told = Quote(None, quote.destination, quote.protocol, source_port=quote.source_port,
                     destination_port=quote.destination_port, payload=quote.payload)
        number = self._ports[quote.source_port]
        self._arrived.append(Arrival(at_ns, reply.replace(quote=told), None, number))
        if number is not None:
            del self._ports[quote.source_port]


class SimulatedEchoLink(SimulatedLink):
    """As `sockets.echo`: `kind` "raw" or "datagram"."""

    def __init__(self, network: SimulatedNetwork, settings):
        super().__init__(network, settings, settings.family.icmp_protocol)
        self.kind = settings.kind or network.echo_socket
        self.identifier = IDENTIFIER if settings.identifier is None else settings.identifier
        self.source, self.device = settings.source, settings.device

    def send(self, probe) -> int:
        settings, version = self.settings, self.settings.family.version
        size_bytes = len(settings.payload) if probe.size_bytes is None else probe.size_bytes
        data = settings.payload[:size_bytes]
        data += bytes(place & 0xFF for place in range(len(data), size_bytes))
        message = EchoPacket(version, self.identifier, data, settings.stamped, version == 4)
        message = bytes(message.number(probe.sequence & 0xFFFF, self.network.clock.wall_ns()))
        return self.send_packet(probe.destination or settings.destination, len(message),
                                lambda *ends: message if version == 4 else with_checksum6(message, *ends),
                                probe.ttl, None)

    def take(self, at_ns: int, header, packet: bytes, reply) -> None:
        raw4 = self.kind == "raw" and header.version == 4
        if type(reply) is EchoReply and reply.identifier == self.identifier:
            reply = reply.replace(checksum_ok=reply.checksum_ok if raw4 else None, destination=None)
        elif type(reply) is not IcmpError or reply.errno is None or not self._is_ours(reply.quote):
            return
        self._arrived.append(Arrival(at_ns, reply))

    def _is_ours(self, quote: Quote) -> bool:
        return quote.protocol == self.protocol and quote.identifier == self.identifier


def with_checksum6(message: bytes, source: str, destination: str) -> bytes:
    """The ICMPv6 message as the kernel completes it, over both addresses (RFC 4443 section 2.3)."""
    summed = pseudo_header(packed(source), packed(destination), ICMP6, len(message)) + message
    return message[:2] + checksum(summed).to_bytes(2, "big") + message[4:]
