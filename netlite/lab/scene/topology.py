"""Topologies: hosts, routers and the wires between them, and what misbehaves.  Pure.

A topology is what all back-ends of the lab build: network namespaces (`lab.kernel.namespaces`) and the
network in memory (`lab.memory.network`).  It answers every question about addresses, routes and
filters, so that the back-ends cannot disagree about them::

    topology = chain(routers=3)
    topology.address("server")                  # '198.18.4.2'
    topology.route("r1", "198.18.4.2")          # Route('198.18.4.0/24', via='r2', ...)

Addresses are those of `address_plan`.

Routes: a host with one wire has a default route; all other nodes have routes to every wire along
the fewest hops (ties: the wire named first), neighbouring prefixes merged, and no default route.
Static routes come on top; the longest prefix wins, as everywhere.  Several static routes of a node to the
same destination share its packets, flow by flow (RFC 2991, RFC 2992).

A router handles a packet as Linux forwards it: TTL check (time exceeded), MTU check of the wire out
(too big), then the rules.  A node that is the destination checks the rules too.  An ICMP error
leaves with the address of the device that it leaves by (icmp_errors_use_inbound_ifaddr is 0).
"""

from __future__ import annotations

from copy import copy
from ipaddress import ip_network

from ...feature_errors import SceneError
from ...records.family import IpProtocol
from .address_plan import AddressPlan, known
from .forwarding_tables import ForwardingTables
from .parts import Interface, Node, Route, Rule, StaticRoute, Wire
from .prefixes import Covered, read_address

DOMAIN = "lab"
LAID_BY = "forwards", "switch", "bare", "names"  # of a node: what its addresses depend on

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Topology:
    """Nodes and wires, checked.  Not changed after it is made; all answers are in fixed order.

    Raises SceneError where the parts do not fit together.
    """

    def __init__(self, nodes: Iterable[Node], wires: Iterable[Wire], name: str = "unnamed"):
        self.name = name
        self.nodes: dict[str, Node] = {}
        for node in nodes:
            if node.name in self.nodes:
                raise SceneError(f"two nodes are called {node.name!r}")
            self.nodes[node.name] = node
        self.wires: tuple[Wire, ...] = tuple(wire.replace() for wire in wires)  # each an object of its own
        plan = AddressPlan(self.nodes)
        for number, wire in enumerate(self.wires, 1):
            plan.lay(number, wire)
        self._interfaces, self._owners = plan.interfaces, plan.owners
        self._name_servers: tuple[str, ...] | None = None
        self._tables = ForwardingTables(self.nodes, self._interfaces, self.next_to, self.prefixes)
        for node in self.nodes.values():
            self._check(node)

    def with_nodes(self, nodes: dict[str, Node]) -> Topology:
        """The same wires between other nodes of the same names.  Raises SceneError as for a new topology."""
        others = [node for name, node in nodes.items() if node is not self.nodes[name]]
        if any(getattr(node, field) != getattr(self.nodes[node.name], field) for node in others for field in LAID_BY):
            return Topology(nodes.values(), self.wires, self.name)
        same = copy(self)
        same.nodes, same._name_servers = nodes, None
        same._tables = ForwardingTables(nodes, self._interfaces, same.next_to, same.prefixes)
        for node in others:
            same._check(node)
        return same

    def interfaces(self, node: str) -> tuple[Interface, ...]:
        """The interfaces of a node, eth0 first."""
        return tuple(self._interfaces[self._known(node)])

    def addresses(self, node: str, version: int | None = None) -> tuple[str, ...]:
        """All addresses of a node, IPv4 first (or those of one IP version)."""
        versions = (4, 6) if version is None else (version,)
        return tuple(port.address(each) for each in versions for port in self._interfaces[self._known(node)]
                     if not (port.dhcp and each == 4))

    def address(self, node: str, version: int = 4) -> str:
        """The address that the name of a node stands for: the one on its first wire.

        Raises SceneError where it has none, as long as nobody gave it one (DHCP).
        """
        found = self.addresses(node, version)
        if not found:
            raise SceneError(f"{node} has no IPv{version} address of its own")
        return found[0]

    def owner(self, address: str) -> str | None:
        """The node that has this address."""
        return self._owners.get(address) or self._owners.get(str(read_address(address)))

    def name_of(self, address: str) -> str | None:
        """The host name of an address: ``r1.lab``."""
        owner = self.owner(address)
        return owner and f"{owner}.{DOMAIN}"

    def hosts_file(self) -> str:
        """All names and addresses as an /etc/hosts file; short names work too.  None where there are name servers."""
        rows = ["127.0.0.1 localhost", "::1 localhost ip6-localhost"]
        if self.name_servers():
            return "\n".join(rows) + "\n"
        for node in self.nodes:
            rows += [f"{address} {node}.{DOMAIN} {node}" for address in self.addresses(node)]
        return "\n".join(rows) + "\n"

    def name_servers(self) -> tuple[str, ...]:
        """The addresses of the nodes that are name servers."""
        if self._name_servers is None:
            self._name_servers = tuple([self.address(name) for name, node in self.nodes.items() if node.names])
        return self._name_servers

    def named(self, name: str, version: int) -> str | None:
        """The address of a node by its name, short or full, in any case; None for others."""
        node = name.lower().rstrip(".").removesuffix("." + DOMAIN)
        return next(iter(self.addresses(node, version)), None) if node in self.nodes else None

    def table(self, node: str, version: int) -> tuple[Route, ...]:
        """The forwarding table of a node, longest prefix first."""
        return self._tables.rows(self._known(node), version)

    def route(self, node: str, address: str) -> Route | None:
        """The row that a node forwards a packet to `address` by, or None: network unreachable."""
        return self._tables.route(self._known(node), read_address(address))

    def verdict(self, node: str, protocol: int | None, port: int | None, destination: str,
                outgoing: bool = False) -> Rule | None:
        """The rule of `node` that stops a packet, or None when it may pass; `outgoing`: one that it sends itself.

        `protocol` is that of the IP header (58, ICMPv6, counts as 1), `port` the destination port.
        """
        for rule in self.nodes[self._known(node)].rules:
            if rule.outgoing != outgoing:
                continue
            if rule.protocol not in (None, IpProtocol.ICMP if protocol == IpProtocol.ICMP6 else protocol):
                continue
            if rule.port not in (None, port):
                continue
            if rule.destination is None or read_address(destination) in self._covered(rule.destination):
                return rule
        return None

    def prefixes(self, destination: str, version: int) -> tuple[str, ...]:
        """What a destination in a rule or static route stands for: a node, a prefix or "default".
        Raises SceneError."""
        if destination in self.nodes:
            length = 32 if version == 4 else 128
            return tuple(f"{address}/{length}" for address in self.addresses(destination, version))
        if destination == "default":
            return ("0.0.0.0/0" if version == 4 else "::/0",)
        try:
            network = ip_network(destination)
        except ValueError:
            raise SceneError(f"{destination!r} is neither a node, nor a prefix, nor \"default\"") from None
        return (str(network),) if network.version == version else ()

    def _covered(self, destination: str) -> Covered:
        return Covered(self.prefixes(destination, 4) + self.prefixes(destination, 6))

    def _known(self, node: str) -> str:
        return known(node, self.nodes)

    def _check(self, node: Node) -> None:
        if not node.name.replace("-", "").isalnum() or not node.name.isascii():
            raise SceneError(f"node {node.name!r}: a name is made of letters, digits and hyphens")
        peers = [far.node for port in self._interfaces[node.name] for far in self.next_to(port)]
        for route in node.routes:
            if route.via not in peers:
                raise SceneError(f"node {node.name}: route via {route.via!r}, "
                                 f"which is not next to it; next to it: {', '.join(peers)}")
            self._covered(route.destination)
        for neighbour in node.masquerades:
            if neighbour not in peers:
                raise SceneError(f"node {node.name}: masquerades towards {neighbour!r}, "
                                 f"which is not next to it; next to it: {', '.join(peers)}")
        if node.relay and not self.addresses(node.relay, 4):
            raise SceneError(f"node {node.name}: relays DHCP to {node.relay!r}, which has no IPv4 address")
        for rule in node.rules:
            if rule.destination is not None:
                self._covered(rule.destination)
            if rule.port is not None and rule.protocol not in (IpProtocol.TCP, IpProtocol.UDP):
                raise SceneError(f"node {node.name}: a rule with a port needs protocol tcp or udp")

    def next_to(self, port: Interface) -> list[Interface]:
        """The interfaces that a packet which leaves by `port` can arrive at: behind a switch several."""
        if not self.nodes[port.peer].switch:
            return [far for far in self._interfaces[port.peer] if far.wire is port.wire]
        return [far for other in self._interfaces[port.peer] if other.wire is not port.wire
                for far in self.next_to(other)]


def chain(routers: int = 3, name: str = "chain", mtus: dict[int, int] | None = None) -> Topology:
    """client - r1 - r2 - ... - server; `mtus` gives the MTU of wires by number (from 1).

    >>> chain(2).addresses("server")
    ('198.18.3.2', '2001:db8:3::2')
    """
    nodes = [Node(f"r{number}", forwards=True) for number in range(1, routers + 1)]
    nodes = [Node("client"), *nodes, Node("server")]
    wires = [Wire((left.name, right.name), (mtus or {}).get(number, 1500))
             for number, (left, right) in enumerate(zip(nodes, nodes[1:]), 1)]
    return Topology(nodes, wires, name)


def diamond(width: int = 2, name: str = "diamond") -> Topology:
    """client - r1 - (m1, m2, ... side by side) - r2 - server; r1 shares flows among `width` ways, r2 does not.

    >>> [route.via for route in diamond(3).table("r1", 4)[0].others]
    ['m2', 'm3']
    """
    middle = [f"m{number}" for number in range(1, width + 1)]
    wires = [Wire(("client", "r1")), Wire(("r2", "server"))]
    wires += [Wire(pair) for each in middle for pair in (("r1", each), (each, "r2"))]
    nodes = [Node("client"), Node("r1", True, routes=tuple(StaticRoute("server", via) for via in middle)),
             *(Node(each, True) for each in (*middle, "r2")), Node("server")]
    return Topology(nodes, wires, name)
