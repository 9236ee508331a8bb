"""`MemoryLab`: the machines of a topology in memory; what programs change there is found by those that follow.

Each node has a kernel (`lab.node`), made when somebody asks for it.  As long as nobody changed anything on a node
the topology answers for it; all packets leave their traces (counters, neighbours) at once.
"""

from __future__ import annotations

from contextlib import contextmanager

from ...records.connections import TcpState
from ..node.counts import Counts
from ..node.devices import Traffic
from ..node.kernel import Kernel
from ..node.neighbours import Neighbours
from ..scene.parts import Interface
from ..scene.topology import Topology
from .dhcp_servers import DhcpServers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .way import Way

ARP_BYTES = 28  # of a request or reply (RFC 826), without its frame's header
REQUESTS = 3  # that nobody answers, before the kernel gives up
TOLERATED_BYTES = 4  # beyond its MTU, that a device takes (is_skb_forwardable, net/core/dev.c)
FIRST_SERVER_PORT, FIRST_CLIENT_PORT = 8000, 45000


class MemoryLab:
    """All nodes of `topology`; `changes` counts what was changed, for who keeps what follows from it."""

    def __init__(self, topology: Topology):
        self.topology = topology
        self.changes = 0
        self._kernels: dict[str, Kernel] = {}
        self._traffic: dict[tuple[str, str], Traffic] = {}
        self._neighbours: dict[str, Neighbours] = {}
        self._counts: dict[str, Counts] = {}
        self.dhcp = DhcpServers()

    def kernel(self, node: str) -> Kernel:
        """The kernel of a node."""
        if node not in self._kernels:
            self._kernels[node] = Kernel(
                self.topology, node, lambda device: self.traffic(node, device), self.neighbours(node),
                self.counts(node), self._has_carrier, self._changed)
        return self._kernels[node]

    def changed(self, node: str) -> Kernel | None:
        """The kernel of a node that is no longer as the topology says."""
        kernel = self._kernels.get(node)
        return kernel if kernel is not None and kernel.is_changed else None

    def traffic(self, node: str, device: str) -> Traffic:
        """What passed a device, by its name in the topology."""
        key = node, device
        if key not in self._traffic:
            self._traffic[key] = Traffic()
        return self._traffic[key]

    def neighbours(self, node: str) -> Neighbours:
        """Whom a node knows on its wires."""
        return self._neighbours.setdefault(node, Neighbours())

    def counts(self, node: str) -> Counts:
        """What a node counted."""
        return self._counts.setdefault(node, Counts())

    def _changed(self) -> None:
        self.changes += 1

    def change(self, topology: Topology) -> None:
        """Something was broken or mended: MTUs and routes become those of `topology`; else changes stay."""
        before, self.topology = self.topology, topology
        for kernel in self._kernels.values():
            kernel.follow(before, topology)
        self.changes += 1

    @contextmanager
    def connection(self, client: str, server: str, port: int) -> Iterator[None]:
        """A TCP connection that stands meanwhile, and who listens for it; port 0 takes any."""
        near, far = (next(iter(self.topology.addresses(node, 4)), "127.0.0.1") for node in (client, server))
        seen = self._seen_as(client, near, far)
        port = port or FIRST_SERVER_PORT + len(self.kernel(server).sockets)
        local_port = FIRST_CLIENT_PORT + len(self.kernel(client).sockets)
        opened = [(server, TcpState.LISTEN, (far, port, "0.0.0.0", 0)),
                  (server, TcpState.ESTABLISHED, (far, port, seen, local_port)),
                  (client, TcpState.ESTABLISHED, (near, local_port, far, port))]
        held = [(self.kernel(node), self.kernel(node).open_socket(state, *ends)) for node, state, ends in opened]
        try:
            yield
        finally:
            for kernel, socket in held:
                kernel.sockets.remove(socket)

    def _seen_as(self, node: str, address: str, far: str) -> str:
        """The address that packets of a node have when they come to `far`: a masquerading node gives them its own."""
        while self.topology.owner(far) not in (None, node):
            route = self.topology.route(node, far)
            if route is None:
                break
            port = next(each for each in self.topology.interfaces(node) if each.device == route.device)
            following = route.via or self.topology.owner(far) or port.peer
            if following in self.topology.nodes[node].masquerades:
                address = port.ipv4
            node = following
        return address

    def listens(self, node: str, port: int) -> bool:
        """Whether TCP connections to a port of a node are accepted."""
        return node in self._kernels and self._kernels[node].listens(port)

    # neighbours

    def _has_carrier(self, port: Interface) -> bool:
        there = self.changed(port.peer)
        return there is None or there.devices.at(self.topology.next_to(port)[0]).is_up

    def following(self, port: Interface, next_hop: str) -> tuple[Interface | None, bool]:
        """(who has `next_hop` on the wire of `port`, or None when nobody answers for it; whether frames get lost)."""
        near, fars = self.changed(port.node), self.topology.next_to(port)  # one; behind a switch several
        if near is not None:
            entry = self.neighbours(port.node).set_by_hand(port.device, next_hop)
            if entry is not None:
                found = [far for far in fars if self._listens(far) and entry.hardware == self._hardware_of(far)]
                return (found[0], False) if found else (None, True)
            if not near.devices.at(port).resolves:
                return None, True
        return next((far for far in fars if self._listens(far) and self._answers_for(far, next_hop)), None), False

    def _listens(self, far: Interface) -> bool:
        there = self.changed(far.node)
        return there is None or there.devices.at(far).is_up

    def who_has(self, port: Interface, address: str) -> bytes | None:
        """The hardware address of who says, on the wire of `port`, that `address` is his."""
        fars = () if port.wire.down else self.topology.next_to(port)
        return next((self._hardware_of(far) for far in fars
                     if not far.wire.down and self._listens(far) and self._answers_for(far, address)), None)

    def _answers_for(self, far: Interface, address: str) -> bool:
        """Whether a node says that `address` is its own, or that it will hand on what is for it (proxy ARP)."""
        kernel = self.changed(far.node)
        if kernel is None:
            return self.topology.owner(address) == far.node
        if not kernel.devices.at(far).resolves:
            return False
        if kernel.is_local(address):
            return True
        if not kernel.forwards or (far.device, address) not in self.neighbours(far.node).published:
            return False
        try:
            return all(way.device.port is not far for way in kernel.exits(address))
        except OSError:
            return False

    def address_of(self, port: Interface, version: int) -> str | None:
        """The address of one end of a wire; None where somebody took it away."""
        kernel = self.changed(port.node)
        if kernel is None:
            return None if port.dhcp and version == 4 else port.address(version)
        return kernel.address_of(port, version)

    def room_bytes(self, far: Interface) -> int | None:
        """The biggest packet that a changed device takes; None: all that can come."""
        kernel = self.changed(far.node)
        return None if kernel is None else kernel.devices.at(far).mtu_bytes + TOLERATED_BYTES

    # traces

    def meet(self, way: Way) -> None:
        """A node asks who has the next hop, unless it knows; who answers knows the asker now (RFC 826).

        Of IPv6's neighbours nothing is kept, and where frames get lost nobody is asked.
        """
        near, far, next_hop = way.interface, way.far, way.next_hop
        if near is None or way.lost or ":" in next_hop:
            return
        known = self.neighbours(near.node)
        entry = known.entries.get((near.device, next_hop))
        way.is_known = far is not None
        if entry is not None and (entry.by_hand or entry.hardware and far is not None):
            return
        known.met(near.device, next_hop, b"" if far is None else self._hardware_of(far))
        sending = self.traffic(near.node, near.device)
        if far is None:
            for _ in range(REQUESTS):
                sending.sent(ARP_BYTES)
            return
        hearing, asker = self.traffic(far.node, far.device), self.address_of(near, 4)
        for one, other in ((sending, hearing), (hearing, sending)):
            one.sent(ARP_BYTES)
            other.received(ARP_BYTES)
        if asker is not None:
            self.neighbours(far.node).met(far.device, asker, self._hardware_of(near))

    def _hardware_of(self, port: Interface) -> bytes:
        kernel = self.changed(port.node)
        return bytes.fromhex(port.hardware.replace(":", "")) if kernel is None else kernel.devices.at(port).hardware
