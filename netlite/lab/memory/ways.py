"""The ways out of each node: as the topology says, or its kernel, once that was changed."""

from __future__ import annotations

from errno import EHOSTUNREACH

from ...records.record import Record
from ..node.kernel import Exit, Kernel
from ..scene.parts import Interface, Wire
from .lab import MemoryLab

LOOPBACKS = ("127.0.0.1", "::1")
LOOPBACK_MTU_BYTES = {4: 65535, 6: 65536}


class Way(Record):
    """A way out of a node: to `following` (None when nobody has the address), where it arrives by `far`.

    `interface` is None for lo.  `wires` are those that it goes over, two where there is a switch; `delay_ns` is what
    they take, None where chance has a say in it.  Packets of up
    to `mtu_bytes` leave, with the address `source`; of up to `room_bytes` (None: all) arrive.  `lost`: frames go to
    nobody.  `unreachable`: a route that refuses.
    """

    interface: Interface | None
    following: str | None
    far: Interface | None
    delay_ns: int | None
    mtu_bytes: int
    source: str
    next_hop: str
    room_bytes: int | None = None
    wires: tuple[Wire, ...] = ()
    lost: bool = False
    unreachable: bool = False


class Ways:
    """Finds the ways of packets, and remembers them until something changes.

    `losses` maps the label of a wire to the share of packets it loses, in place of what the topology says.
    """

    def __init__(self, lab: MemoryLab, losses: dict[str, float]):
        self.lab = lab
        self._losses = losses
        self.forget()

    def forget(self) -> None:
        """Something changed."""
        self._seen = self.lab.changes
        self._own: dict[tuple[str, str], bool] = {}
        self._ways: dict[tuple[str, str], tuple[Way, ...]] = {}

    def is_own(self, node: str, address: str) -> bool:
        """Whether a packet to `address` stays on the node."""
        if self._seen != self.lab.changes:
            self.forget()
        key = node, address
        if key not in self._own:
            kernel = self.lab.changed(node)
            self._own[key] = kernel.is_local(address) if kernel is not None else \
                address in LOOPBACKS or self.lab.topology.owner(address) == node
        return self._own[key]

    def out(self, node: str, address: str) -> tuple[Way, ...]:
        """The ways from a node to an address, equal ones; none without a route."""
        if self._seen != self.lab.changes:
            self.forget()
        key = node, address
        if key not in self._ways:
            kernel = self.lab.changed(node)
            self._ways[key] = self._of_topology(node, address) if kernel is None else self._of_kernel(kernel, address)
        return self._ways[key]

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
            nowhere = Way(None, None, None, None, LOOPBACK_MTU_BYTES[6], source, address, unreachable=True)
            return (nowhere,) if refusal.errno == EHOSTUNREACH else ()
        return tuple(self._by(way.device.port, way.next_hop, way.device.mtu_bytes, kernel.source(way, address))
                     for way in exits)

    def _by(self, port: Interface | None, next_hop: str, mtu_bytes: int, source: str) -> Way:
        """The way by one end of a wire."""
        if port is None:
            return Way(None, None, None, None, mtu_bytes, source, next_hop, lost=True)
        far, lost = self.lab.following(port, next_hop)
        if far is None:
            return Way(port, None, None, None, mtu_bytes, source, next_hop, lost=lost)
        wires = (port.wire,) if far.wire is port.wire else (port.wire, far.wire)
        by_chance = any([wire.down or self.loss(wire) or wire.duplicates or wire.jitter_ns or wire.reordering
                         for wire in wires])
        delay_ns = None if by_chance else sum([wire.delay_ns for wire in wires])
        return Way(port, far.node, far, delay_ns, mtu_bytes, source, next_hop, self.lab.room_bytes(far), wires)
