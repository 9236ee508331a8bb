"""The network in memory as a program sees it: the methods of `links.network.Network`.

`SimulatedNetwork` plays the kernel of one node: source addresses, path MTUs, whose answer a packet
is.  All else is `forwarding.Internet`; the links are in `lab.memory.links`.
"""

from __future__ import annotations

from errno import EADDRNOTAVAIL, EHOSTUNREACH, EMSGSIZE, ENETUNREACH, ENODEV, EPERM, ESOCKTNOSUPPORT
from heapq import heappop, heappush

from ...errors import KernelRefused
from ...links.network import Network
from ...packets.icmp import read_icmp_packet
from ...packets.ip import read_header
from ...packets.quote import ICMP_PROTOCOLS
from ...records.icmp import Icmp, Icmp6
from ...records.replies import IcmpError, Origin
from ...records.seen import SeenPacket
from ...sockets.dccp import SOCK_DCCP
from ...sockets.icmp import EchoKind
from ..scene.parts import Interface
from ..scene.topology import Topology
from .arp import SimulatedArpLink
from .dhcp_link import SimulatedDhcpLink, broadcast
from .exchange import converse, exchange
from .forwarding import Internet
from .fragments import cut
from .lab import MemoryLab
from .links import (
    SimulatedConnectLink,
    SimulatedEchoLink,
    SimulatedFlowLink,
    SimulatedLink,
    SimulatedRawLink,
    SimulatedTcpFlowLink,
    SimulatedTcpLink,
    SimulatedUdpLink,
)
from .virtual_clock import VirtualClock
from .ways import LOOPBACK_MTU_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TypeVar

    from ...links.exchange import Answered, Letter
    from ...links.link import Link
    from ...records.dhcp import DhcpLinkSettings
    from ...records.family import Family
    from ...records.links import (
        ArpLinkSettings,
        EchoLinkSettings,
        LinkSettings,
        RawLinkSettings,
        TcpLinkSettings,
        UdpLinkSettings,
    )
    from ...records.replies import Reply
    from ...records.seen import Wanted
    from ...sockets.clock import AnyClock

    Settings = TypeVar("Settings", bound=LinkSettings)

FIRST_PORT = 40000

# What Linux makes of ICMP codes: icmp_err_convert (net/ipv4/icmp.c), icmpv6_err_convert (net/ipv6/icmp.c).
UNREACHABLE4 = (101, 113, 92, 111, 90, 95, 101, 112, 64, 101, 113, 101, 113, 113, 113, 113)
UNREACHABLE6 = (101, 13, 113, 113, 111, 13, 13)
OTHERS = {(Origin.ICMP, Icmp.TIME_EXCEEDED): 113, (Origin.ICMP, Icmp.PARAMETER_PROBLEM): 71,
          (Origin.ICMP6, Icmp6.TOO_BIG): 90, (Origin.ICMP6, Icmp6.TIME_EXCEEDED): 113,
          (Origin.ICMP6, Icmp6.PARAMETER_PROBLEM): 71}


def errno_of(error: IcmpError) -> int | None:
    """The errno the kernel puts on the error queue; None for what it does not queue.

    >>> errno_of(IcmpError(Origin.ICMP, "192.0.2.1", 3, 13))
    113
    """
    table = UNREACHABLE4 if (error.origin, error.type) == (Origin.ICMP, Icmp.UNREACHABLE) else \
        UNREACHABLE6 if (error.origin, error.type) == (Origin.ICMP6, Icmp6.UNREACHABLE) else None
    if table is not None:
        return table[error.code] if error.code < len(table) else None
    return OTHERS.get((error.origin, error.type))


class SimulatedNetwork(Network):
    """The kernel of `node` in a topology.

    `echo_socket` is "raw" or "datagram", what ICMP sockets the node gives out; `losses`, `seed` and
    `open_ports` as `forwarding.Internet` has them; `may_capture` False denies packet sockets; `internet` is that
    class, or one in its place.
    """

    def __init__(self, topology: Topology, node: str, clock: VirtualClock,
                 losses: dict[str, float] | None = None, seed: int = 0, open_ports: Iterable[tuple[str, int]] = (),
                 echo_socket: str = "raw", may_capture: bool = True, internet: Callable[..., Internet] = Internet,
                 lab: MemoryLab | None = None):
        self.node = node
        self.clock = clock
        self.echo_socket = echo_socket
        self.may_capture = may_capture
        self.links: list[SimulatedLink] = []
        self.sent: list[bytes] = []  # every packet that left, for tests to look at
        self.lab = lab or MemoryLab(topology)
        self._internet = internet(topology, node, losses, seed, open_ports, self.lab)
        self.captures: list[SimulatedCapture] = []
        self._pending: list[tuple[int, int, bytes]] = []
        self._path_mtus: dict[str, int] = {}
        self._last_port = FIRST_PORT
        self._shown = 0

    @property
    def topology(self) -> Topology:
        """What is played now, which faults change."""
        return self.lab.topology

    def open_echo_link(self, settings: EchoLinkSettings) -> Link:
        return SimulatedEchoLink(self, settings)

    def open_udp_link(self, settings: UdpLinkSettings) -> Link:
        return SimulatedUdpLink(self, settings)

    def open_flow_link(self, settings: UdpLinkSettings) -> Link:
        return SimulatedFlowLink(self, settings)

    def open_tcp_link(self, settings: TcpLinkSettings) -> Link:
        return SimulatedTcpFlowLink(self, settings) if settings.flows else SimulatedTcpLink(self, settings)

    def open_connect_link(self, settings: TcpLinkSettings) -> Link:
        return SimulatedConnectLink(self, settings)

    def open_raw_link(self, settings: RawLinkSettings) -> Link:
        return SimulatedRawLink(self, settings)

    def open_arp_link(self, settings: ArpLinkSettings) -> Link:
        return SimulatedArpLink(self, settings)

    def open_dhcp_link(self, settings: DhcpLinkSettings) -> Link:
        return SimulatedDhcpLink(self, settings)

    def keep_stamping(self) -> None:
        """Times in memory are exact."""

    def try_dccp(self, family: Family, kind: int) -> None:
        """The node's kernel has no DCCP; a raw socket may have any number of a protocol."""
        if kind == SOCK_DCCP:
            raise KernelRefused(ESOCKTNOSUPPORT, "socket")
        try:
            self.need_raw()
        except OSError as refusal:
            raise KernelRefused(refusal.errno, "socket") from None

    def need_raw(self) -> None:
        """Raises EPERM where the node gives out no raw sockets."""
        if self.echo_socket != "raw":
            raise OSError(EPERM, "Operation not permitted")

    def open_capture(self) -> SimulatedCapture:
        if not self.may_capture:
            raise OSError(EPERM, "Operation not permitted")
        return SimulatedCapture(self)

    def choose_source(self, settings: LinkSettings) -> str:
        if settings.source:
            return settings.source
        self._known_device(settings)
        return self.source_for(settings.destination)

    def mark_refusal(self, settings: LinkSettings) -> int | None:
        return None

    def echo_kind(self, family: Family, raw_only: bool = False) -> EchoKind:
        if raw_only and self.echo_socket != "raw":
            return EchoKind("raw", 1)
        return EchoKind("raw" if raw_only else self.echo_socket, None)

    def exchange(self, clock: AnyClock, letters: Sequence[Letter], until_ns: int) -> list[Answered]:
        return exchange(self, letters, until_ns)

    def converse(self, clock: AnyClock, address: str, port: int, greeting: bytes, until_ns: int) -> int | None:
        return converse(self, address, port, greeting, until_ns)

    def device_has_address(self, device: str, address: str) -> bool:
        return self.lab.kernel(self.node).has_address(device, address)

    def source_for(self, destination: str) -> str:
        """The address packets to `destination` leave with.  Raises OSError ENETUNREACH."""
        if self._internet.is_own(self.node, destination):
            return destination
        way = self._internet.way_out(self.node, destination)
        if way is None:
            raise OSError(ENETUNREACH, "Network is unreachable")
        if way.unreachable and ":" not in destination:  # IPv6 is told by ICMP
            raise OSError(EHOSTUNREACH, "No route to host")
        return way.source

    def checked(self, settings: Settings) -> Settings:
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
        device_bytes = way.mtu_bytes if way is not None else LOOPBACK_MTU_BYTES[version]
        return min(device_bytes, self._path_mtus.get(destination, device_bytes)) if learned else device_bytes

    def transmit(self, packet: bytes, piece_bytes: int) -> None:
        """Put a packet on the wire now; `piece_bytes` as in `forwarding.Transit`.  Raises EPERM where a rule
        forbids it."""
        if self._internet.forbids(packet):
            raise OSError(EPERM, "Operation not permitted")
        self.sent.append(packet)
        self._show(self.clock.now_ns(), True, packet)
        for at_ns, answer in self._internet.send(packet, self.clock.now_ns(), piece_bytes):
            heappush(self._pending, (at_ns, len(self.sent), answer))

    def broadcast(self, port: Interface, packet: bytes) -> None:
        """Put a packet to all on the wire of `port` (which needs no address, and no route)."""
        self.sent.append(packet)
        self._show(self.clock.now_ns(), True, packet)
        for at_ns, answer in broadcast(self._internet, port, packet, self.clock.now_ns()):
            heappush(self._pending, (at_ns, len(self.sent), answer))

    def due_ns(self) -> int | None:
        """When the next packet arrives."""
        return self._pending[0][0] if self._pending else None

    def deliver(self) -> None:
        """Hand what has arrived by now to the links it is for."""
        while self._pending and self._pending[0][0] <= self.clock.now_ns():
            at_ns, _, packet = heappop(self._pending)
            self._show(at_ns, False, packet)
            header = read_header(packet)
            reply: Reply | None = read_icmp_packet(packet) if header.protocol in ICMP_PROTOCOLS else None
            if type(reply) is IcmpError:
                reply = reply.replace(errno=errno_of(reply))
                quote = reply.quote
                if reply.errno == EMSGSIZE and quote is not None and quote.destination is not None:
                    self._path_mtus[quote.destination] = reply.info
            for link in self.links:
                link.take(at_ns, header, packet, reply)

    def _show(self, at_ns: int, sent: bool, packet: bytes) -> None:
        """To captures, which see on the wire what hosts cut."""
        if not self.captures:
            return
        header = read_header(packet)
        wall_ns = self.clock.wall_ns() - self.clock.now_ns() + at_ns
        mtu_bytes = self.path_mtu(header.destination if sent else header.source)
        self._shown += 1
        for piece in cut(packet, mtu_bytes, self._shown):
            for capture in self.captures:
                capture.seen.append(SeenPacket(at_ns, wall_ns, sent, piece))

    def _known_device(self, settings: LinkSettings) -> None:
        if settings.device and settings.device not in [device.name for device in self.lab.kernel(self.node).devices]:
            raise KernelRefused(ENODEV, "SO_BINDTODEVICE")


class SimulatedCapture:
    """As `sockets.capture.PacketCapture`, on the network in memory."""

    def __init__(self, network: SimulatedNetwork):
        self.seen: list[SeenPacket] = []
        self._network = network
        network.captures.append(self)

    def pass_only(self, wanted: Sequence[Wanted]) -> bool:
        """A node in memory has no traffic but that of the run."""
        return False

    def receive(self) -> list[SeenPacket]:
        seen, self.seen = self.seen, []
        return seen

    rest = receive

    def close(self) -> None:
        if self in self._network.captures:
            self._network.captures.remove(self)
