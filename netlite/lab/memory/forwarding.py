"""The network in memory: routers and hosts of a topology, handling real packet bytes.

A packet is carried to its end at once: what comes back, and when, is known as soon as it is sent.
The order of a router's checks is Linux's: route, TTL, MTU, rules (net/ipv4/ip_forward.c).
"""

from __future__ import annotations

from copy import copy
from hashlib import blake2b
from random import Random

from ...errors import MalformedPacket
from ...packets.icmp import TYPES
from ...packets.ip import IpHeader, read_header
from ...packets.quote import ICMP_PROTOCOLS
from ...packets.templates import make_echo
from ...packets.wire_format import icmp_error, ip_packet
from ...records.dhcp import EVERYBODY
from ...records.family import IpProtocol
from ...records.icmp import (
    HOST_UNREACHABLE,
    NO_ROUTE,
    PORT_UNREACHABLE,
    PROTOCOL_UNREACHABLE,
    TOO_BIG,
    TTL_EXCEEDED,
    Icmp,
    Icmp6,
    Meaning,
    Unreachable,
    Unreachable6,
)
from ..scene.crossing import crossings
from ..scene.parts import Action, Interface, Rule, Wire
from ..scene.topology import Topology
from .lab import MemoryLab
from .services import answer_names, answer_segment
from .transit import Transit
from .translation import Translations
from .way import Way
from .ways import Ways

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


DOMAIN_PORT, DHCP_PORT = (53).to_bytes(2, "big"), (67).to_bytes(2, "big")
WITH_PORTS = frozenset((IpProtocol.TCP, IpProtocol.UDP, IpProtocol.UDPLITE))
NEIGHBOUR_WAIT_NS = 3_000_000_000  # three ARP requests or neighbour solicitations, one a second
LAST_TYPE = 18  # NR_ICMP_TYPES of <linux/icmp.h>
ERROR_BURST = 6  # XRLIM_BURST_FACTOR, net/ipv4/icmp.c


ROUTE_REFUSES = Meaning((Icmp.UNREACHABLE, Unreachable.HOST), (Icmp6.UNREACHABLE, Unreachable6.NO_ROUTE))
"""What Linux says of a route that refuses (ip_error, ip6_pkt_discard)."""


class Internet:
    """Carries packets for one node, the `listener`, whose kernel somebody else plays.

    `losses` maps the label of a wire ("r1-r2") to the share of packets it loses, in place of what the
    topology says; `open_ports` are (node, TCP port) that accept connections.  All chance follows `seed`, and
    so does the choice of a flow among equal ways: by addresses, protocol and ports, as with Linux's
    fib_multipath_hash_policy of 1.  `lab` is where the nodes' state is kept, one of its own unless given.
    """

    def __init__(self, topology: Topology, listener: str, losses: dict[str, float] | None = None, seed: int = 0,
                 open_ports: Iterable[tuple[str, int]] = (), lab: MemoryLab | None = None):
        self.listener = listener
        self.lab = lab or MemoryLab(topology)
        self._ways = Ways(self.lab, losses or {})
        self.places = self._ways.places
        self._random: Random | None = None  # what few networks need
        self._seed = seed
        self._open_ports = set(open_ports)
        self._allowances: dict[tuple[str, str], tuple[int, int]] = {}  # (node, destination): (time, saved up)
        self._path_mtus: dict[tuple[str, str], int] = {}  # (node, destination): what it was told
        self._translations = Translations()

    @property
    def topology(self) -> Topology:
        """What the nodes and wires are now."""
        return self.lab.topology

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
            rule = None
            if transit.arrived_by is None:
                here.counts.made[transit.sort] += 1
            else:
                here.counts.received[transit.version] += 1
                if here.masquerades:
                    self._translations.enter(transit)
                if here.rules and here.is_own[transit.destination]:
                    rule = self._rule(transit)
            if rule is not None:
                on_the_way += self._obey(rule, transit)
            elif here.is_own[transit.destination]:
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
        counts, came = transit.here.counts, transit.arrived_by is not None
        if not came:
            counts.received[transit.version] += 1
            loopback = self.lab.traffic(transit.node, "lo")
            loopback.sent(transit.size_bytes)
            loopback.received(transit.size_bytes)
        counts.delivered[transit.sort] += 1
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

    def _way_of_flow(self, transit: Transit, address: str) -> Way | None:
        """The way out to `address` that the flow of the packet takes.

        Routers differ, so that one's choice tells nothing of the next one's.
        """
        ways = transit.here.ways[address]
        if len(ways) == 1:
            return ways[0]
        if not ways:
            return None
        header = transit.header
        ports = transit.data[:4] if header.protocol in WITH_PORTS else b""
        flow = f"{transit.node} {header.source} {header.destination} {header.protocol} {self._seed} ".encode()
        return ways[int.from_bytes(blake2b(flow + ports, digest_size=8).digest(), "big") % len(ways)]

    def _forward(self, transit: Transit) -> list[Transit]:
        """One hop: the packet at the next node, an error on its way back, or nothing."""
        here, own = transit.here, transit.arrived_by is None
        if not (own or here.forwards):
            return []
        ways = here.ways[transit.destination]
        way = ways[0] if len(ways) == 1 else self._way_of_flow(transit, transit.destination)
        if way is None or way.unreachable:
            return self._refuse(transit, NO_ROUTE if way is None else ROUTE_REFUSES)
        if transit.ttl <= 1 and not own:
            return self._refuse(transit, TTL_EXCEEDED)
        if transit.piece_bytes > way.mtu_bytes:
            return [] if here.node.black_hole else self._refuse(transit, TOO_BIG, way.mtu_bytes)
        if not own:
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
        following = way.following
        if following is None:
            return self._miss(transit, way)
        way.sending.sent(transit.size_bytes)
        if transit.frame_bytes > way.mtu_bytes:
            transit.frame_bytes = way.mtu_bytes
        if transit.frame_bytes > way.room_bytes:
            return []
        if way.delay_ns is not None:
            return [transit.move(following, way, way.delay_ns)]
        return [copy(transit).move(following, way, delay_ns) for delay_ns in self._crossings(way.wires)]

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

    def _refuse(self, transit: Transit, refusal: Meaning, info: int = 0) -> list[Transit]:
        """The ICMP error of a node, on its way; none about ICMP errors (RFC 1122 section 3.2.2) and unknown types."""
        node, header = transit.here.node, transit.header
        icmp = header.protocol in ICMP_PROTOCOLS and (
            not transit.data or transit.data[0] in TYPES[header.version].errors
            or header.version == 4 and transit.data[0] > LAST_TYPE)
        if icmp or node.silent:
            return []
        source = self._error_source(transit)
        if source is None:
            return []
        if node.icmp_interval_ns and refusal is not TOO_BIG and not self._may_report(transit, header.source):
            return []
        labels = node.labels if refusal is TTL_EXCEEDED else ()
        kind, code = refusal.in_version(header.version)
        error = icmp_error(source, header.source, kind, code, transit.packet, info, labels)
        return [Transit(transit.node, error, transit.at_ns, len(error))]

    def _may_report(self, transit: Transit, destination: str) -> bool:
        """Whether the node's limit allows one more error: inet_peer_xrlim_allow (net/ipv4/inetpeer.c)."""
        interval_ns = transit.here.node.icmp_interval_ns
        key, most_ns = (transit.node, destination), ERROR_BURST * interval_ns
        last_ns, saved_ns = self._allowances.get(key, (transit.at_ns, most_ns))
        saved_ns = min(most_ns, saved_ns + max(0, transit.at_ns - last_ns))
        allowed = saved_ns >= interval_ns
        self._allowances[key] = transit.at_ns, saved_ns - interval_ns if allowed else saved_ns
        return allowed

    def _error_source(self, transit: Transit) -> str | None:
        """The target answers as itself.  Linux's routers answer IPv4 with the address of the device the
        error leaves by, IPv6 with that of the device the packet came by."""
        header, is_own = transit.header, transit.here.is_own
        if is_own[header.destination]:
            return header.destination
        if header.version == 6 and transit.arrived_by is not None:
            return self.lab.address_of(transit.arrived_by, 6)
        if is_own[header.source]:
            return header.source
        way = self._way_of_flow(transit, header.source)  # Linux: by the flow of the packet, not of its error
        return way.source if way is not None and not way.unreachable else None

    def _receive(self, transit: Transit) -> list[Transit]:
        """What the kernel of the destination answers; a packet with a wrong checksum is as good as none."""
        header, data, protocol = transit.header, transit.data, transit.header.protocol
        try:
            transit.check()
        except MalformedPacket:
            return []
        if protocol in ICMP_PROTOCOLS:
            answer = self._echo(transit, header, data)
        elif protocol == IpProtocol.TCP:
            answer = answer_segment(self.topology, transit.node, header, data, self._accepts(transit.node, data))
        elif protocol == IpProtocol.UDP and transit.here.node.names and data[2:4] == DOMAIN_PORT:
            answer = answer_names(self.topology, transit.node, header, data)
        elif protocol == IpProtocol.UDP and transit.here.node.dhcp and data[2:4] == DHCP_PORT:
            answer = self.lab.dhcp.answer(self.topology, transit.node, transit.packet, transit.at_ns)
        else:
            if protocol == IpProtocol.UDP:
                transit.here.counts.no_port[transit.version] += 1
            return self._refuse(transit, PORT_UNREACHABLE if protocol in WITH_PORTS else PROTOCOL_UNREACHABLE)
        if not answer:
            return []
        piece_bytes, ways = 0, transit.here.ways[header.source] if header.version == 6 else ()
        if ways:
            piece_bytes = min(len(answer), ways[0].mtu_bytes,
                              self._path_mtus.get((transit.node, header.source), len(answer)))
        return [Transit(transit.node, answer, transit.at_ns, piece_bytes)]

    def _learn(self, node: str, data: bytes) -> None:
        """Remember the path MTU that a too big tells (RFC 8201 section 4)."""
        about = read_header(data[8:])
        self._path_mtus[node, about.destination] = max(1280, int.from_bytes(data[4:8], "big"))

    def _echo(self, transit: Transit, header: IpHeader, data: bytes) -> bytes | None:
        if header.version == 6 and data[0] == Icmp6.TOO_BIG:
            self._learn(transit.node, data)
        if data[0] != TYPES[header.version].echo_request:
            return None
        identifier, sequence = int.from_bytes(data[4:6], "big"), int.from_bytes(data[6:8], "big")
        reply = make_echo(header.version, identifier, sequence, data[8:], header.destination, header.source, "reply")
        protocol = IpProtocol.ICMP if header.version == 4 else IpProtocol.ICMP6
        return ip_packet(header.destination, header.source, protocol, reply,
                         traffic_class=header.traffic_class)

    def _accepts(self, node: str, data: bytes) -> bool:
        """Whether somebody listens on the port of a segment."""
        port = int.from_bytes(data[2:4], "big")
        return (node, port) in self._open_ports or self.lab.listens(node, port)
