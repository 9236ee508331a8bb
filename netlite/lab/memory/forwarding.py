"""The network in memory: routers and hosts of a topology, handling real packet bytes.

A packet is carried to its end at once: what comes back, and when, is known as soon as it is sent.
The order of a router's checks is Linux's: route, TTL, MTU, rules (net/ipv4/ip_forward.c).
"""

from __future__ import annotations

from copy import copy
from random import Random

from ...records.dhcp import EVERYBODY
from ...records.family import IpProtocol
from ...records.icmp import Icmp, Icmp6
from ...records.icmp_errors import (
    HOST_UNREACHABLE,
    NO_ROUTE,
    TOO_BIG,
    TTL_EXCEEDED,
    Meaning,
    Unreachable,
    Unreachable6,
)
from ..scene.crossing import crossings
from ..scene.parts import Action, Interface, Rule, Wire
from ..scene.topology import Topology
from .answering import Answering
from .lab import MemoryLab
from .transit import Transit
from .translation import Translations
from .way import Way
from .ways import Places, Ways

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


NEIGHBOUR_WAIT_NS = 3_000_000_000  # three ARP requests or neighbour solicitations, one a second
ROUTE_REFUSES = Meaning((Icmp.UNREACHABLE, Unreachable.HOST), (Icmp6.UNREACHABLE, Unreachable6.NO_ROUTE))
"""What Linux says of a route that refuses (ip_error, ip6_pkt_discard)."""


class Internet(Answering):
    """Carries packets for one node, the `listener`, whose kernel somebody else plays.

    `losses` maps the label of a wire ("r1-r2") to the share of packets it loses, in place of what the
    topology says; `open_ports` are (node, TCP port) that accept connections.  All chance follows `seed`, and
    so does the choice of a flow among equal ways: by addresses, protocol and ports, as with Linux's
    fib_multipath_hash_policy of 1.  `lab` is where the nodes' state is kept, one of its own unless given.
    """

    def __init__(self, topology: Topology, listener: str, losses: dict[str, float] | None = None, seed: int = 0,
                 open_ports: Iterable[tuple[str, int]] = (), lab: MemoryLab | None = None):
        self.listener = listener
        super().__init__(lab or MemoryLab(topology), seed, open_ports)
        self._ways = Ways(self.lab, losses or {})
        self.places = Places(self._ways).now
        self._random: Random | None = None  # what few networks need
        self._translations = Translations()

    def change(self, topology: Topology) -> None:
        """Go on with another topology: something was broken or mended."""
        self.lab.change(topology)

    def send(self, packet: bytes, at_ns: int, piece_bytes: int | None = None) -> list[tuple[int, bytes]]:
        """Send a packet from the listener; return what reaches it because of that: (time, packet).

        `piece_bytes` as in `Transit`; None keeps the packet whole.
        """
        transit = Transit(self.listener, packet, at_ns, len(packet) if piece_bytes is None else piece_bytes)
        return [(each.at_ns, each.packet) for each in self.carry(transit)]

    def carry(self, transit: Transit) -> list[Transit]:
        """The same of a packet that was taken apart."""
        on_the_way, places = [transit], self.places()
        delivered: list[Transit] = []
        for transit in on_the_way:  # grows while it is walked; every TTL ends
            transit.here = here = places[transit.node]
            if transit.arrived_by is None:
                here.counts.made[transit.sort] += 1
            else:
                here.counts.received[transit.version] += 1
                if here.masquerades:
                    self._translations.enter(transit)
            if here.is_own[transit.destination]:
                on_the_way += self._arrive(transit, delivered)
            else:
                on_the_way += self._forward(transit)
        return delivered

    def send_from(self, node: str, packet: bytes, at_ns: int) -> list[tuple[int, bytes]]:
        """The same for another node."""
        listener, self.listener = self.listener, node
        try:
            return self.send(packet, at_ns)
        finally:
            self.listener = listener

    def hearers(self, port: Interface, packet: bytes, at_ns: int) -> list[tuple[int, Interface]]:
        """Who hears a packet to all on the wire of `port`, and when."""
        found = []
        self.lab.traffic(port.node, port.device).sent(len(packet))
        for far in self.topology.next_to(port):
            kernel = self.lab.changed(far.node)
            wires = (port.wire,) if far.wire is port.wire else (port.wire, far.wire)
            if kernel is None or kernel.devices.at(far).is_up:
                found += [(at_ns + delay_ns, far) for delay_ns in self._crossings(wires)]
        for _, far in found:
            self.lab.traffic(far.node, far.device).received(len(packet))
        return found

    def _arrive(self, transit: Transit, delivered: list[Transit]) -> list[Transit]:
        """A packet at its destination, which may be the node that made it, and the answer of that."""
        here, came = transit.here, transit.arrived_by is not None
        if not came:
            here.counts.received[transit.version] += 1
            loopback = self.lab.traffic(transit.node, "lo")
            loopback.sent(transit.size_bytes)
            loopback.received(transit.size_bytes)
        elif here.rules:
            rule = self._rule(transit)
            if rule is not None:
                return self._obey(rule, transit)
        here.counts.delivered[transit.sort] += 1
        if transit.node == self.listener:
            delivered.append(transit)
            if came:
                return []
        answers = self._receive(transit)
        if answers and answers[0].destination == EVERYBODY:
            self._tell_all(transit.arrived_by, answers.pop(), delivered)
        return answers

    def _tell_all(self, port: Interface | None, answer: Transit, delivered: list[Transit]) -> None:
        """A server's NAK, to all on the wire that the request came by (RFC 2131 section 4.1)."""
        for at_ns, far in self.hearers(port, answer.packet, answer.at_ns) if port is not None else ():
            if far.node == self.listener:
                delivered.append(Transit(far.node, answer.packet, at_ns, answer.size_bytes))

    def _forward(self, transit: Transit) -> list[Transit]:
        """One hop: the packet at the next node, an error on its way back, or nothing."""
        here, passing = transit.here, transit.arrived_by is not None
        if passing and not here.forwards:
            return []
        way = here.way[transit.destination] or self._way_of_flow(transit, transit.destination)
        if way is None or way.unreachable:
            return self._refuse(transit, NO_ROUTE if way is None else ROUTE_REFUSES)
        if passing and transit.ttl <= 1:
            return self._refuse(transit, TTL_EXCEEDED)
        if transit.frame_bytes > way.mtu_bytes:
            if transit.piece_bytes > way.mtu_bytes:
                return [] if here.node.black_hole else self._refuse(transit, TOO_BIG, way.mtu_bytes)
            transit.frame_bytes = way.mtu_bytes
        if passing:
            transit.ttl -= 1
            rule = self._rule(transit) if here.rules else None
            if rule is not None:
                return self._obey(rule, transit)
            if here.masquerades and way.interface is not None \
                    and (way.following or way.interface.peer) in here.masquerades:
                self._translations.leave(transit, way.source)
            here.counts.forwarded[transit.version] += 1
        if not way.is_known:
            self.lab.meet(way)
            if not way.is_known:
                return self._miss(transit, way)
        way.sending.sent(transit.size_bytes)
        if transit.frame_bytes > way.room_bytes:
            return []
        return [transit.move(way, way.delay_ns)] if way.delay_ns is not None else self._by_chance(transit, way)

    def _by_chance(self, transit: Transit, way: Way) -> list[Transit]:
        """What comes out at the end of wires that lose, delay or double packets."""
        return [copy(transit).move(way, delay_ns) for delay_ns in self._crossings(way.wires)]

    def _miss(self, transit: Transit, way: Way) -> list[Transit]:
        """Nobody has the address of the next hop: the node asks three times, unless it was told one that is wrong."""
        if way.lost and way.interface is not None:
            way.sending.sent(transit.size_bytes)
        transit.at_ns += NEIGHBOUR_WAIT_NS
        return [] if way.lost else self._refuse(transit, HOST_UNREACHABLE)

    def _crossings(self, wires: tuple[Wire, ...]) -> list[int]:
        """How long a packet takes over wires; nothing when it gets lost, two times when it arrives twice."""
        taken = self._crossing(wires[0])
        for wire in wires[1:]:
            taken = [before_ns + delay_ns for before_ns in taken for delay_ns in self._crossing(wire)]
        return taken

    def _crossing(self, wire: Wire) -> list[int]:
        return crossings(wire, self._ways.loss(wire), self._chance)

    def _chance(self) -> float:
        if self._random is None:  # made where chance is needed at all
            self._random = Random(self._seed)
        return self._random.random()

    def forbids(self, transit: Transit) -> bool:
        """Whether a rule of the node keeps it from sending a packet."""
        return self._rule(transit, outgoing=True) is not None

    def _rule(self, transit: Transit, outgoing: bool = False) -> Rule | None:
        header = transit.header
        port = int.from_bytes(transit.data[2:4], "big") if header.protocol in (IpProtocol.TCP, IpProtocol.UDP) else None
        return self.topology.verdict(transit.node, header.protocol, port, header.destination, outgoing)

    def _obey(self, rule: Rule, transit: Transit) -> list[Transit]:
        if rule.action == Action.DROP:
            return []
        code4, code6 = rule.codes
        return self._refuse(transit, Meaning((Icmp.UNREACHABLE, code4), (Icmp6.UNREACHABLE, code6)))
