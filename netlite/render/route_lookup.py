"""``route get`` and ``route --more``: routes of every table and type, and why one of them wins."""

from __future__ import annotations

from posix import strerror

from ..records.route_lookup import Candidate, Lookup, NextHop, TableRoute
from .layout import lay_out
from .visible import all_visible

DELIVERED = {"local": "an address of this host", "broadcast": "a broadcast address", "anycast": "an anycast address"}


def render_lookup(found: Lookup) -> str:
    """A sentence on where packets go, then all candidates in look-up order."""
    text = _sentence(all_visible(found)) + "\n"
    if found.candidates:
        text += "\n" + lay_out([_row(each) for each in found.candidates],
                               ("", "rule", "table", "route", "metric", "way", "verdict"), "route get")
    if found.skipped:
        text += f"\nNot judged, as they look at users, ports or protocols: {found.skipped} rules.\n"
    return text


def _sentence(found: Lookup) -> str:
    answer, address = found.answer, found.address
    winner = next((each.route for each in found.candidates if each.wins), None)
    because = _because(found, winner)
    if answer.errno and (winner is None or winner.kind == "unicast"):
        return f"{address}: {strerror(answer.errno)}: no route leads there."
    if answer.errno and winner is not None:
        return f"{address} is refused ({winner.kind}: {strerror(answer.errno)}).{because}"
    source = f", from {answer.source}" if answer.source else ""
    if answer.kind in DELIVERED:
        what = DELIVERED[answer.kind]
        return f"{address} is {what}: it goes through {answer.device}{source}.{because}"
    through = f" through {answer.gateway}" if answer.gateway else ", directly"
    mtu = f", path MTU {answer.mtu_bytes}" if answer.mtu_bytes else ""
    return f"{address} goes out of {answer.device}{through}{source}{mtu}.{because}"


def _because(found: Lookup, winner: TableRoute | None) -> str:
    if winner is None:
        return ""
    among = (f"wins of the {len(found.candidates)} that hold the address" if len(found.candidates) > 1
             else "is the only one that holds the address")
    return f"\nThe route {target(winner)} of table {winner.table_name} {among}."


def _row(candidate: Candidate) -> tuple[object, ...]:
    route = candidate.route
    return ("*" if candidate.wins else "", candidate.rule.priority, route.table_name, target(route), route.metric,
            ways(route), candidate.reason)


def target(route: TableRoute) -> str:
    """``default``, or the prefix; and whom it is for: packets from a prefix, of a type of service."""
    text = f"{route.destination}/{route.prefix_length}" if route.prefix_length else "default"
    return (text + (f" from {route.origin}" if route.origin else "")
            + (f" tos 0x{route.service:02x}" if route.service else ""))


def ways(route: TableRoute) -> str:
    """All next hops of a route, or its type where it has none."""
    shown = " + ".join([_way(hop, len(route.hops) > 1) for hop in route.hops])
    return shown if route.kind == "unicast" else f"{route.kind} {shown}".strip()


def _way(hop: NextHop, weighted: bool) -> str:
    words = [f"encap {hop.encap}"] if hop.encap else []
    words += [f"via {hop.gateway}"] if hop.gateway else []
    words += [f"dev {hop.device}"] if hop.device else []
    words += [f"weight {hop.weight}"] if weighted else []
    return " ".join([*words, *hop.marks])


def render_all_routes(routes: list[TableRoute]) -> str:
    """Every route, table by table, in the kernel's order within a table."""
    tables: dict[int, list[TableRoute]] = {}
    for route in routes:
        tables.setdefault(route.table, []).append(route)
    texts = []
    for number in sorted(tables):
        name = tables[number][0].table_name
        title = f"Table {number} ({name})" if name != str(number) else f"Table {number}"
        rows = [(target(each), ways(each), each.metric, each.source, each.protocol, each.mtu_bytes, each.expires_s)
                for each in tables[number]]
        texts.append(f"{title}\n" + lay_out(rows, ("destination", "way", "metric", "source", "protocol", "mtu",
                                                   "expires s"), "route --more"))
    return "\n".join(texts)
