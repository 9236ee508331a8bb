"""What the kernels of nodes in memory say to packets: errors about them, and answers of their destinations."""

from __future__ import annotations

from hashlib import blake2b

from ...feature_errors import MalformedPacket
from ...packets.icmp import TYPES
from ...packets.ip import IpHeader, read_header
from ...packets.quote import ICMP_PROTOCOLS
from ...packets.templates import make_echo
from ...packets.wire_format import icmp_error, ip_packet
from ...records.family import IpProtocol
from ...records.icmp import Icmp6
from ...records.icmp_errors import PORT_UNREACHABLE, PROTOCOL_UNREACHABLE, TOO_BIG, TTL_EXCEEDED, Meaning
from ..scene.topology import Topology
from .lab import MemoryLab
from .services import answer_names, answer_segment
from .transit import Transit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .way import Way

TCP, UDP = IpProtocol.TCP, IpProtocol.UDP
WITH_PORTS = frozenset((TCP, UDP, IpProtocol.UDPLITE))
DOMAIN_PORT, DHCP_PORT = (53).to_bytes(2, "big"), (67).to_bytes(2, "big")
LAST_TYPE = 18  # NR_ICMP_TYPES of <linux/icmp.h>
ERROR_BURST = 6  # XRLIM_BURST_FACTOR, net/ipv4/icmp.c


class Answering:
    """The nodes of `lab`, as far as they answer; `seed` and `open_ports` as `forwarding.Internet` has them."""

    def __init__(self, lab: MemoryLab, seed: int, open_ports: Iterable[tuple[str, int]]):
        self.lab = lab
        self._seed = seed
        self._open_ports = set(open_ports)
        self._allowances: dict[tuple[str, str], tuple[int, int]] = {}  # (node, destination): (time, saved up)
        self._path_mtus: dict[tuple[str, str], int] = {}  # (node, destination): what it was told

    @property
    def topology(self) -> Topology:
        """What the nodes and wires are now."""
        return self.lab.topology

    def _way_of_flow(self, transit: Transit, address: str) -> Way | None:
        """The way out to `address` that the flow of the packet takes.

        Routers differ, so that one's choice tells nothing of the next one's.
        """
        ways, header = transit.here.ways[address], transit.header
        if len(ways) < 2:
            return ways[0] if ways else None
        ports = transit.data[:4] if header.protocol in WITH_PORTS else b""
        flow = f"{transit.node} {header.source} {header.destination} {header.protocol} {self._seed} ".encode()
        return ways[int.from_bytes(blake2b(flow + ports, digest_size=8).digest(), "big") % len(ways)]

    def _refuse(self, transit: Transit, refusal: Meaning, info: int = 0) -> list[Transit]:
        """The ICMP error of a node, on its way; none about ICMP errors (RFC 1122 section 3.2.2) and unknown types."""
        node, header, version, data = transit.here.node, transit.header, transit.version, transit.data
        icmp = header.protocol in ICMP_PROTOCOLS and (
            not data or data[0] in TYPES[version].errors or version == 4 and data[0] > LAST_TYPE)
        if icmp or node.silent:
            return []
        source = self._error_source(transit)
        if source is None:
            return []
        if node.icmp_interval_ns and refusal is not TOO_BIG and not self._may_report(transit, header.source):
            return []
        labels = node.labels if refusal is TTL_EXCEEDED else ()
        kind, code = refusal.in_version(version)
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
        here, asked, asker = transit.here, transit.header.destination, transit.header.source
        if here.is_own[asked]:
            return asked
        if transit.version == 6 and transit.arrived_by is not None:
            return self.lab.address_of(transit.arrived_by, 6)
        if here.is_own[asker]:
            return asker
        way = here.way[asker] or self._way_of_flow(transit, asker)  # Linux: by the flow of the packet, not of its error
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
        elif protocol == TCP:
            answer = answer_segment(self.topology, transit.node, header, data, self._accepts(transit.node, data))
        elif protocol == UDP and data[2:4] == DOMAIN_PORT and transit.here.node.names:
            answer = answer_names(self.topology, transit.node, header, data)
        elif protocol == UDP and data[2:4] == DHCP_PORT and transit.here.node.dhcp:
            answer = self.lab.dhcp.answer(self.topology, transit.node, transit.packet, transit.at_ns)
        else:
            if protocol == UDP:
                transit.here.counts.no_port[transit.version] += 1
            return self._refuse(transit, PORT_UNREACHABLE if protocol in WITH_PORTS else PROTOCOL_UNREACHABLE)
        if not answer:
            return []
        piece_bytes, ways = 0, transit.here.ways[header.source] if transit.version == 6 else ()
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
