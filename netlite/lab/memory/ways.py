"""The ways out of each node: as the topology says, or its kernel, once that was changed."""

from __future__ import annotations

from errno import EHOSTUNREACH, ENETUNREACH
from functools import partial

from ...packets.ip import Remembered
from ..node.kernel import Exit, Kernel
from ..scene.parts import Interface, Node, Wire
from .lab import MemoryLab
from .way import EVERYTHING, Way

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..node.counts import Counts

LOOPBACKS = ("127.0.0.1", "::1")
LOOPBACK_MTU_BYTES = {4: 65535, 6: 65536}


class Place:
    """A node as packets find it: what was looked up for one is there for the next.

    `is_own` tells of an address whether packets to it stay here, `ways` has the ways out to it: equal ones, none
    without a route; `way` the only one, None where there is none or a choice.  `leaving` is what a program here meets
    that sends there: (source, MTU, errno or 0).
    """

    __slots__ = ("node", "forwards", "rules", "masquerades", "counts", "is_own", "ways", "way", "leaving")

    def __init__(self, node: Node, counts: Counts, is_own: Callable[[str], bool],
                 ways: Callable[[str], tuple[Way, ...]]):
        self.node, self.counts = node, counts
        self.forwards, self.rules, self.masquerades = node.forwards, node.rules, node.masquerades
        self.is_own: dict[str, bool] = Remembered(is_own)
        self.ways: dict[str, tuple[Way, ...]] = Remembered(ways)
        self.way: dict[str, Way | None] = Remembered(self._only_way)
        self.leaving: dict[str, tuple[str, int, int]] = Remembered(self._leaving)

    def _only_way(self, address: str) -> Way | None:
        ways = self.ways[address]
        return ways[0] if len(ways) == 1 else None

    def _leaving(self, address: str) -> tuple[str, int, int]:
        loopback_bytes = LOOPBACK_MTU_BYTES[6 if ":" in address else 4]
        if self.is_own[address]:
            return address, loopback_bytes, 0
        ways = self.ways[address]
        if not ways:
            return "", loopback_bytes, ENETUNREACH
        refused = ways[0].unreachable and ":" not in address  # IPv6 is told by ICMP
        return ways[0].source, ways[0].mtu_bytes, EHOSTUNREACH if refused else 0


class Ways:
    """Finds the ways of packets, and remembers them until something changes.

    `losses` maps the label of a wire to the share of packets it loses, in place of what the topology says.
    """

    def __init__(self, lab: MemoryLab, losses: dict[str, float]):
        self.lab = lab
        self._losses = losses
        self._seen = lab.changes
        self._places: dict[str, Place] = Remembered(self._place)

    def places(self) -> dict[str, Place]:
        """Each node as it is now."""
        if self._seen != self.lab.changes:
            self._seen = self.lab.changes
            self._places.clear()
        return self._places

    def _place(self, node: str) -> Place:
        return Place(self.lab.topology.nodes[node], self.lab.counts(node),
                     partial(self._is_own, node), partial(self._out, node))

    def _is_own(self, node: str, address: str) -> bool:
        kernel = self.lab.changed(node)
        return kernel.is_local(address) if kernel is not None else \
            address in LOOPBACKS or self.lab.topology.owner(address) == node

    def _out(self, node: str, address: str) -> tuple[Way, ...]:
        kernel = self.lab.changed(node)
        return self._of_topology(node, address) if kernel is None else self._of_kernel(kernel, address)

    def loss(self, wire: Wire) -> float:
        """The share of packets that a wire loses."""
        return self._losses.get(wire.label, wire.loss)

    def _of_topology(self, node: str, address: str) -> tuple[Way, ...]:
        version, route = 6 if ":" in address else 4, self.lab.topology.route(node, address)
        ways = []
        for row in () if route is None else (route, *route.others):
            port = next(each for each in self.lab.topology.interfaces(node) if each.device == row.device)
            ways.append(self._by(port, row.gateway or address, port.wire.mtu_bytes, port.address(version)))
        return tuple(ways)

    def _of_kernel(self, kernel: Kernel, address: str) -> tuple[Way, ...]:
        try:
            exits = kernel.exits(address)
        except OSError as refusal:
            source = kernel.source(Exit(kernel.loopback, address), address)
            nowhere = Way(None, LOOPBACK_MTU_BYTES[6], source, address, unreachable=True)
            return (nowhere,) if refusal.errno == EHOSTUNREACH else ()
        return tuple(self._by(way.device.port, way.next_hop, way.device.mtu_bytes, kernel.source(way, address))
                     for way in exits)

    def _by(self, port: Interface | None, next_hop: str, mtu_bytes: int, source: str) -> Way:
        """The way by one end of a wire."""
        if port is None:
            return Way(None, mtu_bytes, source, next_hop, lost=True)
        far, lost = self.lab.following(port, next_hop)
        way = Way(port, mtu_bytes, source, next_hop, lost=lost)
        way.sending = self.lab.traffic(port.node, port.device)
        if far is None:
            return way
        way.wires = wires = (port.wire,) if far.wire is port.wire else (port.wire, far.wire)
        by_chance = any([wire.down or self.loss(wire) or wire.duplicates or wire.jitter_ns or wire.reordering
                         for wire in wires])
        way.delay_ns = None if by_chance else sum([wire.delay_ns for wire in wires])
        way.following, way.far, way.room_bytes = far.node, far, self.lab.room_bytes(far) or EVERYTHING
        way.hearing = self.lab.traffic(far.node, far.device)
        way.is_known = ":" in next_hop
        return way
