"""The network in memory: routers and hosts of a topology, handling real packet bytes.

A packet is carried to its end at once: what comes back, and when, is known as soon as it is sent.
The order of a router's checks is Linux's: route, TTL, MTU, rules (net/ipv4/ip_forward.c).
"""

from __future__ import annotations

from hashlib import blake2b
from random import Random

from ..errors import MalformedPacket
from ..packets.checksum import is_valid, pseudo_header
from ..packets.icmp import TYPES
from ..packets.ip import IpHeader, read_packet
from ..packets.templates import make_echo, make_tcp
from ..records.record import Record
from .topology import Action, Topology
from ..packets.wire_format import icmp_error, ip_packet, packed, with_ttl_decremented

ICMP, TCP, UDP, ICMP6, UDPLITE = 1, 6, 17, 58, 136
SYN, RST, ACK = 0x02, 0x04, 0x10
WITH_PORTS = (TCP, UDP, UDPLITE)
LOOPBACKS = ("127.0.0.1", "::1")
NEIGHBOUR_WAIT_NS = 3_000_000_000  # three ARP requests or neighbour solicitations, one a second
LOOPBACK_MTU_BYTES = {4: 65535, 6: 65536}
ERROR_BURST = 6  # XRLIM_BURST_FACTOR, net/ipv4/icmp.c
OUT_OF_TURN = 3  # a reordered packet takes so many times the delay of its wire


class Refusal(Record):
    """Type and code of an ICMP error, as (IPv4, IPv6) pairs."""

    types: tuple[int, int]
    codes: tuple[int, int]


UNREACHABLE = (3, 1)
NO_ROUTE = Refusal(UNREACHABLE, (0, 0))
NO_NEIGHBOUR = Refusal(UNREACHABLE, (1, 3))
NO_PROTOCOL = Refusal((3, 4), (2, 1))  # ICMPv6 calls it a parameter problem, RFC 4443 section 3.4
NO_PORT = Refusal(UNREACHABLE, (3, 4))
TOO_BIG = Refusal((3, 2), (4, 0))
TTL_EXCEEDED = Refusal((11, 3), (0, 0))


class Transit(Record):
    """A packet at a node; `arrived_by` is its interface, None at the node that made it.

    `piece_bytes` is what has to fit into a wire: the whole packet, its largest fragment (IPv6), or 0
    where routers may cut it (IPv4 without DF).  Fragments travel together, nothing here cuts packets.
    """

    node: str
    packet: bytes
    at_ns: int
    piece_bytes: int
    arrived_by: object = None


class Internet:
    """Carries packets for one node, the `listener`, whose kernel somebody else plays.

    `losses` maps the label of a wire ("r1-r2") to the share of packets it loses, in place of what the
    topology says; `open_ports` are (node, TCP port) that accept connections.  All chance follows `seed`, and
    so does the choice of a flow among equal ways: by addresses, protocol and ports, as with Linux's
    fib_multipath_hash_policy of 1.
    """

    def __init__(self, topology: Topology, listener: str, losses: dict | None = None, seed: int = 0,
                 open_ports=()):
        self.listener = listener
        self._losses = losses or {}
        self._random = Random(seed)
        self._seed = seed
        self._open_ports = set(open_ports)
        self._allowances: dict[tuple[str, str], tuple[int, int]] = {}  # (node, destination): (time, saved up)
        self.change(topology)

    def change(self, topology: Topology) -> None:
        """Go on with another topology: something was broken or mended."""
        self.topology = topology
        self._own: dict[tuple[str, str], bool] = {}  # what the topology said
        self._ways: dict[tuple[str, str], tuple] = {}

    def send(self, packet: bytes, at_ns: int, piece_bytes: int | None = None) -> list[tuple[int, bytes]]:
        """Send a packet from the listener; return what reaches it because of that: (time, packet).

        `piece_bytes` as in `Transit`; None keeps the packet whole.
        """
        piece_bytes = len(packet) if piece_bytes is None else piece_bytes
        on_the_way, delivered = [Transit(self.listener, packet, at_ns, piece_bytes)], []
        for transit in on_the_way:  # grows while it is walked; every TTL ends
            header, data = read_packet(transit.packet)
            if not self.is_own(transit.node, header.destination):
                on_the_way += self._forward(transit, header, data)
                continue
            rule = None if transit.arrived_by is None else self._rule(transit.node, header, data)
            if rule is not None:
                on_the_way += self._obey(rule, transit, header)
                continue
            if transit.node == self.listener:
                delivered.append((transit.at_ns, transit.packet))
            if transit.node != self.listener or transit.arrived_by is None:
                on_the_way += self._receive(transit, header, data)
        return delivered

    def is_own(self, node: str, address: str) -> bool:
        """Whether a packet to `address` stays on the node."""
        key = node, address
        if key not in self._own:
            self._own[key] = address in LOOPBACKS or self.topology.owner(address) == node
        return self._own[key]

    def way_out(self, node: str, address: str):
        """(interface, next node or None when nobody has the address), or None without a route.

        Of several equal ways the first.
        """
        ways = self._ways_out(node, address)
        return ways[0] if ways else None

    def _ways_out(self, node: str, address: str) -> tuple:
        key = node, address
        if key not in self._ways:
            route = self.topology.route(node, address)
            rows = () if route is None else (route, *route.others)
            self._ways[key] = tuple(self._way(node, address, row) for row in rows)
        return self._ways[key]

    def _way(self, node: str, address: str, route) -> tuple:
        interface = next(each for each in self.topology.interfaces(node) if each.device == route.device)
        following = route.via or self.topology.owner(address)
        return interface, following if following == interface.peer else None

    def _way_of_flow(self, node: str, address: str, header: IpHeader, data: bytes):
        """The way out to `address` that the flow of the packet with this header and data takes.

        Routers differ, so that one's choice tells nothing of the next one's.
        """
        ways = self._ways_out(node, address)
        if len(ways) < 2:
            return ways[0] if ways else None
        ports = data[:4] if header.protocol in WITH_PORTS else b""
        flow = f"{node} {header.source} {header.destination} {header.protocol} {self._seed} ".encode()
        return ways[int.from_bytes(blake2b(flow + ports, digest_size=8).digest(), "big") % len(ways)]

    def _forward(self, transit: Transit, header: IpHeader, data: bytes) -> list[Transit]:
        """One hop: the packet at the next node, an error on its way back, or nothing."""
        node, own = self.topology.nodes[transit.node], transit.arrived_by is None
        if not own and not node.forwards:
            return []
        way = self._way_of_flow(node.name, header.destination, header, data)
        if way is None:
            return self._refuse(transit, header, NO_ROUTE)
        if not own and header.ttl <= 1:
            return self._refuse(transit, header, TTL_EXCEEDED)
        interface, following = way
        if transit.piece_bytes > interface.wire.mtu_bytes:
            return [] if node.black_hole else self._refuse(transit, header, TOO_BIG, interface.wire.mtu_bytes)
        packet = transit.packet if own else with_ttl_decremented(transit.packet)
        transit = transit.replace(packet=packet)
        rule = None if own else self._rule(node.name, header, data)
        if rule is not None:
            return self._obey(rule, transit, header)
        if following is None:
            late = transit.replace(at_ns=transit.at_ns + NEIGHBOUR_WAIT_NS)
            return self._refuse(late, header, NO_NEIGHBOUR)
        far = next(each for each in self.topology.interfaces(following) if each.wire is interface.wire)
        return [Transit(following, packet, transit.at_ns + delay_ns, transit.piece_bytes, far)
                for delay_ns in self._crossings(interface.wire)]

    def _crossings(self, wire) -> list[int]:
        """How long a packet takes over a wire; nothing when it gets lost, two times when it arrives twice."""
        chance, loss = self._random.random, self._losses.get(wire.label, wire.loss)
        if wire.down or loss and chance() < loss:
            return []
        crossings = []
        for _ in range(2 if wire.duplicates and chance() < wire.duplicates else 1):
            delay_ns = wire.delay_ns + (int(chance() * wire.jitter_ns) if wire.jitter_ns else 0)
            late = wire.reordering and chance() < wire.reordering
            crossings.append(delay_ns * OUT_OF_TURN if late else delay_ns)
        return crossings

    def _rule(self, node: str, header: IpHeader, data: bytes):
        port = int.from_bytes(data[2:4], "big") if header.protocol in (TCP, UDP) else None
        return self.topology.verdict(node, header.protocol, port, header.destination)

    def _obey(self, rule, transit: Transit, header: IpHeader) -> list[Transit]:
        if rule.action == Action.DROP:
            return []
        return self._refuse(transit, header, Refusal(UNREACHABLE, rule.codes))

    def _refuse(self, transit: Transit, header: IpHeader, refusal: Refusal, info: int = 0) -> list[Transit]:
        """The ICMP error of a node, on its way; none about ICMP errors (RFC 1122 section 3.2.2)."""
        types = TYPES[header.version]
        icmp = header.protocol in (ICMP, ICMP6) and transit.packet[header.header_bytes] in types.errors
        if icmp or self.topology.nodes[transit.node].silent:
            return []
        row = 0 if header.version == 4 else 1
        source = self._error_source(transit, header)
        if source is None:
            return []
        if refusal is not TOO_BIG and not self._may_report(transit, header.source):
            return []
        labels = self.topology.nodes[transit.node].labels if refusal is TTL_EXCEEDED else ()
        error = icmp_error(source, header.source, refusal.types[row], refusal.codes[row], transit.packet, info, labels)
        return [Transit(transit.node, error, transit.at_ns, len(error))]

    def _may_report(self, transit: Transit, destination: str) -> bool:
        """Whether the node's limit allows one more error: inet_peer_xrlim_allow (net/ipv4/inetpeer.c)."""
        interval_ns = self.topology.nodes[transit.node].icmp_interval_ns
        if not interval_ns:
            return True
        key, most_ns = (transit.node, destination), ERROR_BURST * interval_ns
        last_ns, saved_ns = self._allowances.get(key, (transit.at_ns, most_ns))
        saved_ns = min(most_ns, saved_ns + max(0, transit.at_ns - last_ns))
        allowed = saved_ns >= interval_ns
        self._allowances[key] = transit.at_ns, saved_ns - interval_ns if allowed else saved_ns
        return allowed

    def _error_source(self, transit: Transit, header: IpHeader) -> str | None:
        """The target answers as itself.  Linux's routers answer IPv4 with the address of the device the
        error leaves by, IPv6 with that of the device the packet came by."""
        if self.is_own(transit.node, header.destination):
            return header.destination
        if header.version == 6 and transit.arrived_by is not None:
            return transit.arrived_by.ipv6
        if self.is_own(transit.node, header.source):
            return header.source
        data = transit.packet[header.header_bytes:]  # Linux chooses by the flow of the packet, not of its error
        way = self._way_of_flow(transit.node, header.source, header, data)
        return way and way[0].address(header.version)

    def _receive(self, transit: Transit, header: IpHeader, data: bytes) -> list[Transit]:
        """What the kernel of the destination answers; checksums are checked as it does."""
        check_sum(header, data)
        if header.protocol in (ICMP, ICMP6):
            answer = self._echo(header, data)
        elif header.protocol == TCP:
            answer = self._segment(transit.node, header, data)
        else:
            return self._refuse(transit, header, NO_PORT if header.protocol in (UDP, UDPLITE) else NO_PROTOCOL)
        if not answer:
            return []
        way = self.way_out(transit.node, header.source)
        piece_bytes = 0 if header.version == 4 or way is None else min(len(answer), way[0].wire.mtu_bytes)
        return [Transit(transit.node, answer, transit.at_ns, piece_bytes)]

    def _echo(self, header: IpHeader, data: bytes) -> bytes | None:
        if data[0] != TYPES[header.version].echo_request:
            return None
        identifier, sequence = int.from_bytes(data[4:6], "big"), int.from_bytes(data[6:8], "big")
        reply = make_echo(header.version, identifier, sequence, data[8:], header.destination, header.source, "reply")
        return ip_packet(header.destination, header.source, header.protocol, reply,
                         traffic_class=header.traffic_class)

    def _segment(self, node: str, header: IpHeader, data: bytes) -> bytes | None:
        """A SYN gets SYN, ACK where the port is open, RST, ACK elsewhere (RFC 9293 section 3.5.2)."""
        if data[13] & (SYN | RST | ACK) != SYN:
            return None
        source_port, port = int.from_bytes(data[:2], "big"), int.from_bytes(data[2:4], "big")
        flags = (SYN if (node, port) in self._open_ports else RST) | ACK
        acknowledged = int.from_bytes(data[4:8], "big") + 1 & 0xFFFFFFFF
        segment = make_tcp(header.version, header.destination, header.source, port, source_port, flags=flags,
                           acknowledgement=acknowledged, window=0 if flags & RST else 64240)
        return ip_packet(header.destination, header.source, TCP, segment, dont_fragment=True)


def check_sum(header: IpHeader, data: bytes) -> None:
    """Raise MalformedPacket where a real kernel would drop the packet for its checksum."""
    summed = data
    if header.protocol != ICMP:
        ends = packed(header.source), packed(header.destination)
        summed = pseudo_header(*ends, header.protocol, len(data)) + data
    if header.protocol in (ICMP, ICMP6, TCP, UDP) and not is_valid(summed):
        raise MalformedPacket(f"wrong checksum: protocol {header.protocol}, {data[:40].hex()}")
