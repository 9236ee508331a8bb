"""What a topology is made of: nodes and their rules, wires, interfaces, rows of forwarding tables.  Pure."""

from __future__ import annotations

from ...records.family import IpProtocol
from ...records.icmp_errors import Unreachable, Unreachable6
from ...records.record import Record
from .prefixes import network_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    from ...engines.dhcp.server import Pool
    from .manners import Service

    Network = IPv4Network | IPv6Network


class Action:
    """What a rule does with a packet that it matches."""

    DROP = 1
    REJECT = 2


REJECT_CODES = {  # name: (code of Icmp.UNREACHABLE, code of Icmp6.UNREACHABLE)
    "net-unreachable": (Unreachable.NETWORK, Unreachable6.NO_ROUTE),
    "host-unreachable": (Unreachable.HOST, Unreachable6.ADDRESS),
    "protocol-unreachable": (Unreachable.PROTOCOL, Unreachable6.PORT),
    "port-unreachable": (Unreachable.PORT, Unreachable6.PORT),
    "net-prohibited": (Unreachable.NETWORK_PROHIBITED, Unreachable6.PROHIBITED),
    "host-prohibited": (Unreachable.HOST_PROHIBITED, Unreachable6.PROHIBITED),
    "admin-prohibited": (Unreachable.PROHIBITED, Unreachable6.PROHIBITED),
}
PROTOCOLS = {"icmp": IpProtocol.ICMP, "tcp": IpProtocol.TCP, "udp": IpProtocol.UDP}


class Rule(Record):
    """A firewall rule of a node; the first one that matches decides.

    `protocol` is 1 (ICMP and ICMPv6), 6 or 17, `port` the destination port, `destination` a node or
    a prefix; None matches all.  `codes` are the IPv4 (type 3) and IPv6 (type 1) code of a reject.  One that is
    `outgoing` is for what the node itself sends, any other for what it gets and passes on.
    """

    action: int
    protocol: int | None = None
    port: int | None = None
    destination: str | None = None
    codes: tuple[int, int] = REJECT_CODES["port-unreachable"]
    outgoing: bool = False


class StaticRoute(Record):
    """A route beside the computed ones: to a node (all its addresses), a prefix or "default",
    through the neighbour `via`."""

    destination: str
    via: str


class Node(Record):
    """A host or a router (`forwards`).

    `silent`: it sends no ICMP errors at all (it still answers echo requests).
    `black_hole`: it sends no "too big" (ICMP 3/4, ICMPv6 2/0), only that.
    `icmp_interval_ns`: it sends one error in this time to each destination, after a burst of six
    (icmp_ratelimit); 0: as many as it likes.
    `masquerades`: neighbours; what it forwards to one of them leaves with its own address.
    `labels`: the MPLS labels that packets carry when they reach it, told in its time exceeded (RFC 4950).
    `switch`: it joins its wires to one network, and has no addresses (not in userspace).
    `bare`: its devices have no addresses, somebody reads them with packet sockets.
    `dhcp`: what it gives as a DHCP server; `relay`: the node that it carries DHCP to, "" for none.
    `services`: programs behind its TCP ports.  `names`: it is a name server, and how good a one (NAME_MANNERS); where a
    topology has some, nobody knows the names from a file.
    """

    name: str
    forwards: bool = False
    silent: bool = False
    black_hole: bool = False
    rules: tuple[Rule, ...] = ()
    routes: tuple[StaticRoute, ...] = ()
    icmp_interval_ns: int = 0
    masquerades: tuple[str, ...] = ()
    labels: tuple[int, ...] = ()
    bare: bool = False
    switch: bool = False
    services: tuple[Service, ...] = ()
    names: str = ""
    dhcp: tuple[Pool, ...] = ()
    relay: str = ""


class Wire(Record):
    """A cable between two nodes.

    `delay_ns` is one way, `jitter_ns` what chance adds to it at most; `loss`, `duplicates` and
    `reordering` are shares of the packets (0 to 1) that get lost, arrive twice, or take three times
    as long (crossing.py).  `down`: nothing passes, and all routes avoid it.
    `private`: only its two ends know a way to its prefixes (RFC 1918 calls such networks private).
    `ipv4` and `ipv6` are the prefixes of the wire, chosen by its number where not given.
    `dhcp`: its ends that have no IPv4 address of their own, and ask for one.
    """

    ends: tuple[str, str]
    mtu_bytes: int = 1500
    delay_ns: int = 0
    ipv4: str | None = None
    ipv6: str | None = None
    jitter_ns: int = 0
    loss: float = 0.0
    duplicates: float = 0.0
    reordering: float = 0.0
    down: bool = False
    private: bool = False
    dhcp: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return "-".join(self.ends)

    @property
    def is_plain(self) -> bool:
        """Whether packets take no time, and each arrives once."""
        return not (self.delay_ns or self.jitter_ns or self.loss or self.duplicates or self.reordering)


class Interface(Record):
    """One end of a wire.  `ipv4` and `ipv6` are addresses without their prefix lengths, `hardware` is its card's.

    With `dhcp` it has no IPv4 address until somebody gives it one; `ipv4` then tells its network alone.
    """

    node: str
    device: str
    wire: Wire
    peer: str
    ipv4: str
    ipv4_prefix: int
    ipv6: str
    ipv6_prefix: int
    hardware: str = ""
    dhcp: bool = False

    @property
    def shown4(self) -> str:
        """Its IPv4 address, for people."""
        return "by DHCP" if self.dhcp else self.ipv4

    def address(self, version: int) -> str:
        """Its address of IP version 4 or 6."""
        return self.ipv4 if version == 4 else self.ipv6

    def network(self, version: int) -> Network:
        """The prefix of its wire."""
        return network_of(self.address(version), self.ipv4_prefix if version == 4 else self.ipv6_prefix)


class Route(Record):
    """One row of a node's forwarding table; `gateway` and `via` are None on the wire itself.

    `others` are equal ways to the same prefix: the flow that a packet belongs to decides.
    """

    prefix: str
    device: str
    via: str | None = None
    gateway: str | None = None
    others: tuple[Route, ...] = ()
