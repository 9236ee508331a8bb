"""What the rows of a routing table say, and which of them a packet takes."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from ..records.routes import Route, RouteFlags
from ..render.visible import visible
from .places import address_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .surroundings import Surroundings

MOST = 8
WORST = 0xFFFFFFFF  # metrics are unsigned, though IPv6 tables show them signed
FAR = {4: "8.8.8.8", 6: "2001:4860:4860::8888"}  # somewhere on the Internet, for the example
Row = tuple[str, Route]


def tell_routes4(found: list[tuple[str, Any]], around: Surroundings) -> list[str]:
    """The rows, (packed destination, `Route`), and which of them an example takes."""
    rows = [(str(ip_network((destination, route.prefix_length), strict=False)), route)
            for _, (destination, route) in found]
    return _tell([row for row in rows if row[1].flags & RouteFlags.UP], 4)


def tell_routes6(found: list[tuple[str, Any]], around: Surroundings) -> list[str]:
    """IPv6 tables list the addresses of this host and its groups too, which are counted."""
    routes = [route for _, route in found if not route.flags & RouteFlags.CACHE]
    rows = [(str(ip_network((route.destination, route.prefix_length), strict=False)), route) for route in routes]
    shown = [row for row in rows if not row[1].flags & RouteFlags.LOCAL and not row[0].startswith("ff")
             and not _is_anycast(*row)]
    own = sum(bool(route.flags & RouteFlags.LOCAL) for route in routes)
    told = _tell(shown, 6)
    if own:
        told.append(f"{own} rows with Un (n: no next hop is needed) are the addresses of this host itself.")
    if any(prefix.startswith("ff") for prefix, _ in rows):
        told.append("Rows for ff00::/8 say by which interface packets to groups (multicast) leave.")
    return told


def _is_anycast(prefix: str, route: Route) -> bool:
    return bool(route.flags & RouteFlags.NONEXTHOP) and not route.flags & RouteFlags.REJECT and prefix.endswith("/128")


def _tell(rows: list[Row], version: int) -> list[str]:
    if not rows:
        return [f"The table is empty: by IPv{version} this host reaches nobody but itself, unless rules name other "
                "tables (netlite route --more shows them). Next: ifconfig -a shows whether it has an interface "
                "that is up, with an address."]
    ordered = sorted(rows, key=lambda row: (ip_network(row[0]).prefixlen > 0, row[1].metric & WORST))
    told = [sentence_of(prefix, route, version) for prefix, route in ordered[:MOST]]
    if len(rows) > MOST:
        told.append(f"{len(rows) - MOST} more rows. Next: route get ADDRESS shows which one decides.")
    return told + _example(rows, version)


def sentence_of(prefix: str, route: Route, version: int) -> str:
    """One row."""
    network = ip_network(prefix)
    who = "everything that no other row fits (the default route)" if not network.prefixlen else \
        f"the one host {network.network_address}" if network.prefixlen == network.max_prefixlen else f"{prefix}"
    device = visible(route.interface)
    if route.flags & RouteFlags.REJECT:
        if not network.prefixlen and version == 6:
            return ("What no other row fits is refused here (!n: no next hop). The kernel always has this row, "
                    "behind all others; whether there is a default route, rows with UG to [::]/0 say.")
        return f"Packets to {who} are refused here (!), without leaving this host."
    if any(route.gateway):
        gateway = ip_address(route.gateway)
        told = f"Packets to {who} are handed to the router {gateway} by {device} (G)"
        told += f", whose address is {address_class(str(gateway))[0]}" if not network.prefixlen else ""
    elif address_class(str(network.network_address))[0] == "link-local":
        told = f"Packets to {who}, link-local addresses, stay on the wire of {device}"
    else:
        how = "ARP" if version == 4 else "neighbour discovery"
        told = f"Packets to {who} need no router: they are for those on the wire of {device} itself (on Ethernet " \
               f"and wifi, {how} asks who has the address)"
    flags = [meaning for bit, meaning in FLAGS[version] if route.flags & bit]
    told += "".join(f"; {meaning}" for meaning in flags)
    return told + (f"; metric {route.metric & WORST}." if route.metric else ".")


FLAGS = {
    4: ((RouteFlags.DYNAMIC, "D: a redirect made this row"), (RouteFlags.MODIFIED, "M: a redirect changed it")),
    6: ((RouteFlags.ADDRCONF, "A: a router advertised it"), 
        (RouteFlags.EXPIRES, "e: it is forgotten unless it is advertised again")),
}


def _example(rows: list[Row], version: int) -> list[str]:
    """Which row wins: the longest prefix, then the smallest metric."""
    target = ip_address(FAR[version])
    fitting = [(prefix, route) for prefix, route in rows if target in ip_network(prefix)]
    if not fitting:
        return [f"A packet to {target} fits no row: \"Network is unreachable\". Nothing leads beyond these "
                "networks."]
    prefix, route = min(fitting, key=lambda row: (-ip_network(row[0]).prefixlen, row[1].metric & WORST))
    if route.flags & RouteFlags.REJECT:
        return [f"A packet to {target} takes the row {prefix} and is refused: nothing leads there."]
    fits = sum(not row[1].flags & RouteFlags.REJECT for row in fitting)
    others = f" {fits} rows fit; the longest prefix wins, then the smallest metric." if fits > 1 else ""
    return [f"For example, a packet to {target} takes the row {prefix} by {visible(route.interface)}.{others} "
            f"Next: route get {target} says why."]
