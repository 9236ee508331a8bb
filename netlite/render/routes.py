"""Routing tables as ``route`` and ``netstat -r`` show them.

Names come in as mappings from packed addresses to text: `hosts` for hosts, `networks` for networks.
"""

from __future__ import annotations

from _socket import inet_ntoa

from ..records.routes import Route, RouteFlags
from .byte_widths import fitted, padded
from .netmask import netmask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

METRICS, WINDOWS, BOTH = 0, 1, 2
"""The columns of an IPv4 table: ``route`` and ``netstat -re``, ``route -e`` and ``netstat -r``, -ee."""

TITLE4, TITLE4_CACHE = "Kernel IP routing table\n", "Kernel IP routing cache\n"
TITLE6, TITLE6_CACHE = "Kernel IPv6 routing table\n", "Kernel IPv6 routing cache\n"
HEADER6 = "Destination                    Next Hop                   Flag Met Ref  Use If\n"
COLUMNS = {
    METRICS: "Flags Metric Ref    Use Iface",
    WINDOWS: "Flags   MSS Window  irtt Iface",
    BOTH: "Flags Metric Ref    Use Iface    MSS   Window irtt",
}
FLAGS4 = (
    (RouteFlags.HOST, "H"), (RouteFlags.REINSTATE, "R"), (RouteFlags.DYNAMIC, "D"),
    (RouteFlags.MODIFIED, "M"), (RouteFlags.DEFAULT, "d"), (RouteFlags.ALLONLINK, "a"),
    (RouteFlags.ADDRCONF, "c"), (RouteFlags.NONEXTHOP, "o"), (RouteFlags.EXPIRES, "e"),
    (RouteFlags.CACHE, "c"), (RouteFlags.FLOW, "f"), (RouteFlags.POLICY, "p"), (RouteFlags.LOCAL, "l"),
    (RouteFlags.MTU, "u"), (RouteFlags.WINDOW, "w"), (RouteFlags.IRTT, "i"), (RouteFlags.NOTCACHED, "n"),
)
FLAGS6 = (
    (RouteFlags.UP, "U"), (RouteFlags.REJECT, "!"), (RouteFlags.GATEWAY, "G"), (RouteFlags.HOST, "H"),
    (RouteFlags.DEFAULT, "D"), (RouteFlags.ADDRCONF, "A"), (RouteFlags.CACHE, "C"),
    (RouteFlags.ALLONLINK, "a"), (RouteFlags.EXPIRES, "e"), (RouteFlags.MODIFIED, "m"),
    (RouteFlags.NONEXTHOP, "n"), (RouteFlags.FLOW, "f"),
)
NONE = bytes(4)
MANY = 100
OCTETS: list[str] = []
"""The numbers that an address has, as text, once a block has MANY: to join them takes half of inet_ntoa's time."""

HEADERS4 = {style: f"Destination     Gateway         Genmask         {columns}\n" for style, columns in COLUMNS.items()}
TITLES4 = {style: tuple(header.split()) for style, header in HEADERS4.items()}
TITLES6 = ("Destination", "Next Hop", "Flag", "Met", "Ref", "Use", "If")


def render_after_destination(route: Route, style: int, hosts: Mapping[bytes, str]) -> str:
    """A row of an IPv4 table without its first column; "" for a route that is not up."""
    (_, prefix_length, gateway, flags, metric, references, uses, interface, mss, window, irtt) = route
    if not flags & RouteFlags.UP:
        return ""
    rejects = flags & RouteFlags.REJECT
    through = "-" if rejects else "0.0.0.0" if gateway == NONE else hosts[gateway]
    line = f"{fitted(through, 15)} {netmask(prefix_length):<15} {flags4(flags):<5} "
    if rejects:
        if style == WINDOWS:
            return f"{line}    - -          - -\n"
        return f"{line}{metric:<6} -  {uses:7} -{'        -     -      -' if style == BOTH else ''}\n"
    if style == METRICS:
        return f"{line}{metric:<6} {references:<2} {uses:7} {interface}\n"
    if style == WINDOWS:
        return f"{line}{mss:5} {window:<5} {irtt:6} {interface}\n"
    return f"{line}{metric:<6} {references:<3} {uses:6} {fitted(interface, 6)}   {mss:<5} {window:<6} {irtt}\n"


def render_routes4(rows: Sequence[tuple[bytes, tuple[int, int, str]]],
                   name: Callable[[bytes, int, int], str] | None) -> str:
    """Rows of (destination, (prefix length, flags, rest of the row)); `name(destination, prefix length,
    flags)` gives the text of the first column; None for numbers."""
    if name is None:
        if len(rows) < MANY:
            return "".join([f"{inet_ntoa(destination):<15} {rest}" for destination, (_, _, rest) in rows if rest])
        if not OCTETS:
            OCTETS[:] = map(str, range(256))
        text = OCTETS
        return "".join([f"{f'{text[a]}.{text[b]}.{text[c]}.{text[d]}'.ljust(15)} {rest}"
                        for (a, b, c, d), (_, _, rest) in rows if rest])
    return "".join([f"{fitted(name(destination, prefix_length, flags), 15)} {rest}"
                    for destination, (prefix_length, flags, rest) in rows if rest])


def destination_name(destination: bytes, prefix_length: int, flags: int, hosts: Mapping[bytes, str],
                     networks: Mapping[bytes, str]) -> str:
    """An IPv4 destination: a network's name, or a host's where any bit of the host part is set."""
    if destination == NONE:
        return "0.0.0.0" if prefix_length else "default"
    host_part = int.from_bytes(destination, "big") & (0xFFFFFFFF >> prefix_length)
    return hosts[destination] if flags & RouteFlags.HOST or host_part else networks[destination]


def flags4(flags: int) -> str:
    """The letters of an IPv4 route; ``!`` stands instead of U and G."""
    if flags & RouteFlags.REJECT:
        first = "!"
    else:
        first = "UG" if flags & RouteFlags.GATEWAY else "U"
    return first + "".join([letter for bit, letter in FLAGS4 if flags & bit]) if flags >> 2 else first


def render_route6(route: Route, cached: bool, hosts: Mapping[bytes, str]) -> str:
    """One row of the IPv6 table, or of the cache; "" for a route of the other."""
    flags = route.flags
    if bool(flags & RouteFlags.CACHE) != cached:
        return ""
    letters = "".join([letter for bit, letter in FLAGS6 if flags & bit])
    target = f"{hosts[route.destination]}/{route.prefix_length}"
    return (f"{padded(target, 30)} {padded(hosts[route.gateway], 26)} {letters:<4} {route.metric:<3} "
            f"{route.references:<1} {route.uses:6} {route.interface}\n")
