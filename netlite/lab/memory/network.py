"""The network in memory as a program sees it: the methods of `links.network.Network`.

`SimulatedNetwork` plays the kernel of one node: source addresses, path MTUs, whose answer a packet
is.  All else is `forwarding.Internet`; the links are in `lab.memory.link`.
"""

from __future__ import annotations

from errno import EADDRNOTAVAIL, EMSGSIZE, ENODEV, EPERM, ESOCKTNOSUPPORT
from heapq import heappop, heappush
from posix import strerror

from ...errors import KernelRefused
from ...links.network import Network
from ...packets.icmp import read_icmp_behind
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
from .raw_links import SimulatedEchoLink, SimulatedRawLink
from .tcp_links import SimulatedConnectLink, SimulatedTcpFlowLink, SimulatedTcpLink
from .transit import Transit
from .udp_links import SimulatedFlowLink, SimulatedUdpLink
from .virtual_clock import VirtualClock
from .ways import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TypeVar

    from ...links.exchange import Answered, Letter
    from ...links.link import Link
    from ...records.arp import ArpLinkSettings
    from ...records.dhcp import DhcpLinkSettings
    from ...records.echo_links import EchoLinkSettings
    from ...records.family import Family
    from ...records.links import LinkSettings
    from ...records.raw_links import RawLinkSettings, TcpLinkSettings
    from ...records.replies import Reply
    from ...records.seen import Wanted
    from ...records.udp_links import UdpLinkSettings
    from ...sockets.clock import AnyClock
    from ..node.devices import Device
    from .link import SimulatedLink

    Settings = TypeVar("Settings", bound=LinkSettings)

FIRST_PORT = 40000

# What Linux makes of ICMP codes: icmp_err_convert (net/ipv4/icmp.c), icmpv6_err_convert (net/ipv6/icmp.c).
UNREACHABLE4 = (101, 113, 92, 111, 90, 95, 101, 112, 64, 101, 113, 101, 113, 113, 113, 113)
UNREACHABLE6 = (101, 13, 113, 113, 111, 13, 13)
UNREACHABLES = {(Origin.ICMP, Icmp.UNREACHABLE): UNREACHABLE4, (Origin.ICMP6, Icmp6.UNREACHABLE): UNREACHABLE6}
OTHERS = {(Origin.ICMP, Icmp.TIME_EXCEEDED): 113, (Origin.ICMP, Icmp.PARAMETER_PROBLEM): 71,
          (Origin.ICMP6, Icmp6.TOO_BIG): 90, (Origin.ICMP6, Icmp6.TIME_EXCEEDED): 113,
          (Origin.ICMP6, Icmp6.PARAMETER_PROBLEM): 71}


def errno_of(error: IcmpError) -> int | None:
    """The errno the kernel puts on the error queue; None for what it does not queue.

    >>> errno_of(IcmpError(Origin.ICMP, "192.0.2.1", 3, 13))
    113
    """
    kind = error.origin, error.type
    if kind in OTHERS:
        return OTHERS[kind]
    table = UNREACHABLES.get(kind, ())
    return table[error.code] if error.code < len(table) else None


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
        self._places = self._internet.places
        self.captures: list[SimulatedCapture] = []
        self._pending: list[tuple[int, int, Transit]] = []  # a heap: when it is here, and which of equal ones first
        self._arrivals = 0
        self.path_mtus: dict[str, int] = {}  # destination: what it was told
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
        """The node's kernel has no DCCP; a raw socket may have any number of a protocol.  Raises KernelRefused."""
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

    def raw_device(self, name: str) -> Device:
        """The device that a packet socket is bound to.  Raises EPERM, ENODEV."""
        self.need_raw()
        for device in self.lab.kernel(self.node).devices:
            if device.name == name:
                return device
        raise OSError(ENODEV, "No such device")

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

    def here(self) -> Place:
        """The node as packets find it."""
        return self._places()[self.node]

    def source_for(self, destination: str) -> str:
        """The address packets to `destination` leave with.  Raises OSError ENETUNREACH, EHOSTUNREACH."""
        source, _, errno = self.here().leaving[destination]
        if errno:
            raise OSError(errno, strerror(errno))
        return source

    def checked(self, settings: Settings) -> Settings:
        """The settings, when the node has what they name.  Raises KernelRefused as the real links do."""
        self._known_device(settings)
        if settings.source and not self.here().is_own[settings.source]:
            raise KernelRefused(EADDRNOTAVAIL, "bind")
        return settings

    def next_port(self) -> int:
        """A source port nobody has had."""
        self._last_port += 1
        return self._last_port

    def path_mtu(self, destination: str, learned: bool = True) -> int:
        """What fits into one packet to `destination`, as far as this node knows."""
        mtu_bytes = self.here().leaving[destination][1]
        return min(mtu_bytes, self.path_mtus.get(destination, mtu_bytes)) if learned else mtu_bytes

    def transmit(self, packet: bytes, piece_bytes: int, summed: bool) -> int:
        """Put a packet on the wire, and return when that is: now.  `piece_bytes` as in `Transit`; `summed`: its
        checksum was made.  Raises EPERM where a rule forbids it."""
        now_ns = self.clock.now_ns()
        transit = Transit(self.node, packet, now_ns, piece_bytes)
        if summed:
            transit.check()
        if self.here().rules and self._internet.forbids(transit):
            raise OSError(EPERM, "Operation not permitted")
        self.sent.append(packet)
        self.clock.turn()
        if self.captures:
            self._show(now_ns, True, transit)
        for came in self._internet.carry(transit):
            self._arrivals += 1
            heappush(self._pending, (came.at_ns, self._arrivals, came))
        return now_ns

    def broadcast(self, port: Interface, packet: bytes) -> None:
        """Put a packet to all on the wire of `port` (which needs no address, and no route)."""
        now_ns = self.clock.now_ns()
        self.sent.append(packet)
        self.clock.turn()
        if self.captures:
            self._show(now_ns, True, Transit(self.node, packet, now_ns, len(packet)))
        for at_ns, answer in broadcast(self._internet, port, packet, now_ns):
            self._arrivals += 1
            heappush(self._pending, (at_ns, self._arrivals, Transit(self.node, answer, at_ns, len(answer))))

    def due_ns(self) -> int | None:
        """When the next packet arrives."""
        return self._pending[0][0] if self._pending else None

    def deliver(self) -> None:
        """Hand what has arrived by now to the links it is for."""
        pending, now_ns = self._pending, self.clock.now_ns()
        while pending and pending[0][0] <= now_ns:
            at_ns, _, came = heappop(pending)
            if self.captures:
                self._show(at_ns, False, came)
            header = came.header
            reply: Reply | None = None
            errno: int | None = None
            if header.protocol in ICMP_PROTOCOLS:
                reply = read_icmp_behind(header, came.data, came.ttl)
                if type(reply) is IcmpError:
                    errno = errno_of(reply)
                    if errno == EMSGSIZE and reply.quote is not None and reply.quote.destination is not None:
                        self.path_mtus[reply.quote.destination] = reply.info
            for link in self.links:
                link.take(came, reply, errno)

    def _show(self, at_ns: int, sent: bool, transit: Transit) -> None:
        """To captures, which see on the wire what hosts cut."""
        header = transit.header
        wall_ns = self.clock.wall_ns() - self.clock.now_ns() + at_ns
        mtu_bytes = transit.piece_bytes or self.path_mtu(header.destination if sent else header.source)
        self._shown += 1
        for piece in cut(transit.packet, mtu_bytes, self._shown):
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
