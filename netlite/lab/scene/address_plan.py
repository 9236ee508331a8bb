"""The devices and addresses of a topology, wire by wire.

Addresses: wire number n (from 1) is 198.18.n.0/24 (RFC 2544) and 2001:db8:n::/64 (RFC 3849), its
first end has .1, its second end .2; wires to a switch share a prefix: .1, .2, .3, ....
Devices of a node are eth0, eth1, ... in the order of wires.
"""

from __future__ import annotations

from ...feature_errors import SceneError
from .parts import Interface, Node, Wire
from .prefixes import address_in, numbered, prefix_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .parts import Network


class AddressPlan:
    """What wires give to `nodes`: `interfaces` by node, and who has an address (`owners`)."""

    def __init__(self, nodes: Mapping[str, Node]):
        self._nodes = nodes
        self.interfaces: dict[str, list[Interface]] = {name: [] for name in nodes}
        self.owners: dict[str, str] = {}
        self._segments: dict[str, tuple[Network, Network]] = {}  # the prefixes of the network that a switch joins
        self._joined: dict[str, int] = {}  # how many wires a switch has so far

    def lay(self, number: int, wire: Wire) -> None:
        """Give both ends of a wire their device and addresses.  Raises SceneError."""
        here, there = (known(end, self._nodes) for end in wire.ends)
        if here == there:
            raise SceneError(f"wire {wire.label}: both ends are the same node")
        if not 1280 <= wire.mtu_bytes <= 65535:
            raise SceneError(f"wire {wire.label}: MTU {wire.mtu_bytes} is not from 1280 (RFC 8200) to 65535")
        if number > 9999 and not (wire.ipv4 and wire.ipv6):
            raise SceneError(f"wire {wire.label}: only 9999 wires can be numbered automatically")
        for end in wire.dhcp:
            if end not in wire.ends or self._nodes[end].forwards or self._nodes[end].switch or self._nodes[end].names:
                raise SceneError(f"wire {wire.label}: {end!r} is no host at its end that could ask for an address")
        switch = next((end for end in wire.ends if self._nodes[end].switch), None)
        networks = self._segments.get(switch or "") or (
            prefix_of(wire.label, wire.ipv4 or numbered(number), 4),
            prefix_of(wire.label, wire.ipv6 or f"2001:db8:{number}::/64", 6))
        position = 0
        if switch is not None:
            self._segments[switch] = networks
            position = self._joined.get(switch, 0)
        for end in (here, there):
            if self._nodes[end].switch:
                self._joined[end] = self._joined.get(end, 0) + 1
        for place, (node, peer) in enumerate(((here, there), (there, here)), 1):
            position += not self._nodes[node].switch
            ipv4, ipv6 = (address_in(network, position) for network in networks)
            own = (ipv6,) if node in wire.dhcp else (ipv4, ipv6)
            for address in () if self._nodes[node].bare or self._nodes[node].switch else own:
                if address in self.owners:
                    raise SceneError(f"wire {wire.label}: {self.owners[address]} has {address} already")
                self.owners[address] = node
            ports = self.interfaces[node]
            ports.append(Interface(node, f"eth{len(ports)}", wire, peer, ipv4, networks[0].prefixlen,
                                   ipv6, networks[1].prefixlen,
                                   f"02:00:00:{number >> 8:02x}:{number & 255:02x}:{place:02x}", node in wire.dhcp))


def known(node: str, nodes: Mapping[str, Node]) -> str:
    """A node that there is.  Raises SceneError."""
    if node not in nodes:
        raise SceneError(f"there is no node {node!r}; nodes: {', '.join(nodes)}")
    return node
