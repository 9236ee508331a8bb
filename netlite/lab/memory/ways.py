"""The ways out of each node: as the topology says, or its kernel, once that was changed.

Who finds them knows nobody who remembers them: so all of it goes when the network goes, without a search for garbage.
"""

from __future__ import annotations

from errno import EHOSTUNREACH, ENETUNREACH
from functools import partial

from ...packets.ip import Remembered
from ..node.kernel import Exit, Kernel
from ..scene.parts import Interface, Wire
from .lab import MemoryLab
from .way import EVERYTHING, Way

LOOPBACKS = ("127.0.0.1", "::1")
LOOPBACK_MTU_BYTES = {4: 65535, 6: 65536}


class Ways:
    """Finds the ways of packets.

    `losses` maps the label of a wire to the share of packets it loses, in place of what the topology says.
    """

    def __init__(self, lab: MemoryLab, losses: dict[str, float]):
        self.lab = lab
        self._losses = losses

    def is_own(self, node: str, address: str) -> bool:
        """Whether packets to an address stay at a node."""
        kernel = self.lab.changed(node)
        return kernel.is_local(address) if kernel is not None else \
            address in LOOPBACKS or self.lab.topology.owner(address) == node

    def out(self, node: str, address: str) -> tuple[Way, ...]:
        """The ways from a node to an address."""
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
        near_wire, far_wire = port.wire, far.wire
        way.wires = wires = (near_wire,) if far_wire is near_wire else (near_wire, far_wire)
        by_chance = any([wire.down or self.loss(wire) or wire.duplicates or wire.jitter_ns or wire.reordering
                         for wire in wires])
        way.delay_ns = None if by_chance else sum([wire.delay_ns for wire in wires])
        way.following, way.far, way.room_bytes = far.node, far, self.lab.room_bytes(far) or EVERYTHING
        way.hearing = self.lab.traffic(far.node, far.device)
        way.is_known = ":" in next_hop
        return way


class Place:
    """A node as packets find it: what was looked up for one is there for the next.

    `is_own` tells of an address whether packets to it stay here, `ways` has the ways out to it: equal ones, none
    without a route; `way` the only one, None where there is none or a choice.  `leaving` is what a program here meets
    that sends there: (source, MTU, errno or 0).
    """

    __slots__ = ("node", "forwards", "rules", "masquerades", "counts", "is_own", "ways", "way", "leaving")

    def __init__(self, ways: Ways, name: str):
        self.node, self.counts = ways.lab.topology.nodes[name], ways.lab.counts(name)
        self.forwards, self.rules, self.masquerades = self.node.forwards, self.node.rules, self.node.masquerades
        self.is_own: dict[str, bool] = Remembered(partial(ways.is_own, name))
        self.ways: dict[str, tuple[Way, ...]] = Remembered(partial(ways.out, name))
        self.way: dict[str, Way | None] = Remembered(partial(only_way, self.ways))
        self.leaving: dict[str, tuple[str, int, int]] = Remembered(partial(leaving, self.is_own, self.ways))


class Places:
    """The places of all nodes, until something changes in the lab."""

    def __init__(self, ways: Ways):
        self._lab = ways.lab
        self._seen = self._lab.changes
        self._places: dict[str, Place] = Remembered(partial(Place, ways))

    def now(self) -> dict[str, Place]:
        """Each node as it is now."""
        if self._seen != self._lab.changes:
            self._seen = self._lab.changes
            self._places.clear()
        return self._places


def only_way(ways: dict[str, tuple[Way, ...]], address: str) -> Way | None:
    """The way out to an address where there is one alone."""
    found = ways[address]
    return found[0] if len(found) == 1 else None


def leaving(is_own: dict[str, bool], ways: dict[str, tuple[Way, ...]], address: str) -> tuple[str, int, int]:
    """What a program meets that sends to an address: (source, MTU, errno or 0)."""
    loopback_bytes = LOOPBACK_MTU_BYTES[6 if ":" in address else 4]
    if is_own[address]:
        return address, loopback_bytes, 0
    found = ways[address]
    if not found:
        return "", loopback_bytes, ENETUNREACH
    refused = found[0].unreachable and ":" not in address  # IPv6 is told by ICMP
    return found[0].source, found[0].mtu_bytes, EHOSTUNREACH if refused else 0
