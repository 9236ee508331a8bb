"""The forwarding tables of a topology's nodes, made when somebody asks for them.  Pure."""

from __future__ import annotations

from ipaddress import collapse_addresses, ip_network

from .parts import Route

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from ipaddress import IPv4Address, IPv6Address

    from .parts import Interface, Network, Node

    Rows = dict[Network, Route]


class ForwardingTables:
    """The tables of all nodes: of their wires, computed along the fewest hops, static.

    `next_to`: the interfaces that what leaves by an interface can arrive at; `prefixes`: what a destination stands for.
    """

    def __init__(self, nodes: Mapping[str, Node], interfaces: Mapping[str, list[Interface]],
                 next_to: Callable[[Interface], list[Interface]], prefixes: Callable[[str, int], tuple[str, ...]]):
        self._nodes, self._interfaces = nodes, interfaces
        self._next_to, self._prefixes = next_to, prefixes
        self._tables: dict[tuple[str, int], Rows] = {}
        self._by_length: dict[tuple[str, int], list[tuple[int, dict[int, Route]]]] = {}

    def rows(self, node: str, version: int) -> tuple[Route, ...]:
        """The table of a node, longest prefix first."""
        ordered = sorted(self._table(node, version).items(), key=lambda row: (-row[0].prefixlen, row[0]))
        return tuple(route for _, route in ordered)

    def route(self, node: str, target: IPv4Address | IPv6Address) -> Route | None:
        """The row with the longest prefix that holds the target."""
        key = node, target.version
        if key not in self._by_length:
            lengths: dict[int, dict[int, Route]] = {}
            for network, route in self._table(*key).items():
                host_bits = network.max_prefixlen - network.prefixlen
                lengths.setdefault(host_bits, {})[int(network.network_address) >> host_bits] = route
            self._by_length[key] = sorted(lengths.items())
        number = int(target)
        for host_bits, routes in self._by_length[key]:
            if number >> host_bits in routes:
                return routes[number >> host_bits]
        return None

    def _table(self, node: str, version: int) -> Rows:
        key = node, version
        if key not in self._tables:
            self._tables[key] = {**self._connected(node, version), **self._computed(node, version),
                                 **self._static(node, version)}
        return self._tables[key]

    def _connected(self, node: str, version: int) -> Rows:
        return {port.network(version): Route(str(port.network(version)), port.device)
                for port in self._interfaces[node] if not (port.dhcp and version == 4)}

    def _computed(self, node: str, version: int) -> Rows:
        """Routes along the fewest hops, breadth first; hosts do not forward."""
        ports = [port for port in self._interfaces[node] if not (port.dhcp and version == 4)]
        if len(ports) == 1 and not self._nodes[node].forwards:
            fars = self._next_to(ports[0])
            gateway = next((far for far in fars if self._nodes[far.node].forwards), fars[0])
            return self._rows(ports[0], gateway, self._networks("default", version), version)
        own = {port.network(version) for port in ports}
        reached = {node}
        queue: list[tuple[str, tuple[Interface, Interface]]] = []  # a node, and the first step to it
        behind: dict[tuple[Interface, Interface], list[Network]] = {}
        for port in ports:
            for far in self._next_to(port):
                behind[port, far] = []
                if far.node not in reached and not port.wire.down:
                    reached.add(far.node)
                    queue.append((far.node, (port, far)))
        for name, first in queue:  # grows while it is walked
            for beyond in self._interfaces[name] if self._nodes[name].forwards else ():
                if beyond.network(version) not in own and not beyond.wire.private:
                    own.add(beyond.network(version))
                    behind[first].append(beyond.network(version))
                for far in () if beyond.wire.down else self._next_to(beyond):
                    if far.node not in reached:
                        reached.add(far.node)
                        queue.append((far.node, first))
        rows: Rows = {}
        for (port, far), prefixes in behind.items():
            merged = collapse_addresses(prefixes)  # type: ignore[type-var]  # all of one version
            rows |= self._rows(port, far, merged, version)
        return rows

    def _static(self, node: str, version: int) -> Rows:
        rows: Rows = {}
        for static in self._nodes[node].routes:
            port, far = next((port, far) for port in self._interfaces[node] for far in self._next_to(port)
                             if far.node == static.via)
            if port.wire.down:
                continue
            for prefix, route in self._rows(port, far, self._networks(static.destination, version), version).items():
                first = rows.get(prefix)
                rows[prefix] = route if first is None else first.replace(others=(*first.others, route))
        return rows

    def _networks(self, destination: str, version: int) -> list[Network]:
        return [ip_network(prefix) for prefix in self._prefixes(destination, version)]

    def _rows(self, port: Interface, far: Interface, networks: Iterable[Network], version: int) -> Rows:
        """Table rows to `networks` through the neighbour with `far`, who is reached by `port`."""
        device, via, gateway = port.device, far.node, far.address(version)
        return {network: Route(str(network), device, via, gateway) for network in networks}
