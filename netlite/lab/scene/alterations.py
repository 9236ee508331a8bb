"""What a scene file says about nodes and wires, at its top and in each of its faults.

Both are the same: alterations of a topology.  A scene is a plain topology, altered; a fault that is
switched on is that, altered once more.  So every back-end can break and mend whatever it can build.
"""

from __future__ import annotations

from ...errors import SceneError
from ...records.record import Record
from .manners import MANNERS, NAME_MANNERS, Service
from .scene_table import Table
from .topology import PROTOCOLS, REJECT_CODES, Action, Rule, StaticRoute, Topology

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Fields = dict[str, Any]
    WireAlteration = tuple[tuple[str, str], Fields]


class Alterations(Record):
    """What becomes of some nodes and wires: new values of fields, by node and by ends of the wire.

    `rules` come before those that a node has, `routes` in place of its routes to the same destination.
    """

    nodes: tuple[tuple[str, Fields], ...] = ()
    wires: tuple[WireAlteration, ...] = ()
    rules: tuple[tuple[str, Rule], ...] = ()
    routes: tuple[tuple[str, StaticRoute], ...] = ()


def altered(topology: Topology, alterations: Alterations) -> Topology:
    """The topology with alterations; addresses and the order of all things stay."""
    if alterations == Alterations():
        return topology
    nodes, wires = [], []
    for name, node in topology.nodes.items():
        for altered_name, fields in alterations.nodes:
            node = node.replace(**fields) if altered_name == name else node
        rules = tuple(rule for owner, rule in alterations.rules if owner == name)
        routes = tuple(route for owner, route in alterations.routes if owner == name)
        replaced = {route.destination for route in routes}
        kept = tuple(route for route in node.routes if route.destination not in replaced)
        nodes.append(node.replace(rules=rules + node.rules, routes=kept + routes))
    for wire in topology.wires:
        for ends, fields in alterations.wires:
            wire = wire.replace(**fields) if set(ends) == set(wire.ends) else wire
        wires.append(wire)
    return Topology(nodes, wires, topology.name)


def read_alterations(table: Table, topology: Topology) -> Alterations:
    """The alterations that `table` speaks of.  Raises SceneError for nodes and wires that are not there."""
    nodes = [(name, {"silent": True}) for name in table.texts("silent")]
    nodes += [(name, {"black_hole": True}) for name in table.texts("black_holes")]
    nodes += [_node(row) for row in table.tables("nodes")]
    rules = [_rule(row) for row in table.tables("rules")]
    routes = [_route(row) for row in table.tables("routes")]
    for name, _ in (*nodes, *rules, *routes):
        if name not in topology.nodes:
            raise SceneError(f"there is no node {name!r}; nodes: {', '.join(topology.nodes)}")
    return Alterations(tuple(nodes), (), tuple(rules), tuple(routes))


def read_wire_alterations(table: Table, topology: Topology) -> tuple[WireAlteration, ...]:
    """The ``[[wires]]`` of a fault: existing ones, by their ends, and what becomes of them."""
    known = [set(wire.ends) for wire in topology.wires]
    altered_wires = []
    for row in table.tables("wires"):
        ends = read_ends(row)
        if set(ends) not in known:
            raise SceneError(f"{row.place}: there is no wire {'-'.join(ends)}")
        altered_wires.append((ends, read_wire(row)))
        row.finish()
    return tuple(altered_wires)


def read_ends(row: Table) -> tuple[str, str]:
    """The two ends of a wire."""
    ends = row.texts("ends", required=True)
    if len(ends) != 2:
        raise SceneError(f"{row.place}: a wire has two ends, not {len(ends)}")
    return ends[0], ends[1]


def read_wire(row: Table) -> Fields:
    """The fields of a wire that the row speaks of."""
    fields: Fields = {}
    for key, field, unit, most in (("delay_ms", "delay_ns", 1e6, float("inf")),
                                   ("jitter_ms", "jitter_ns", 1e6, float("inf")),
                                   ("loss_percent", "loss", 0.01, 100),
                                   ("duplicates_percent", "duplicates", 0.01, 100),
                                   ("reordering_percent", "reordering", 0.01, 100)):
        if row.has(key):
            value = row.at_least_0(key, most) * unit
            fields[field] = round(value) if field.endswith("_ns") else value
    for key, kind in (("mtu_bytes", int), ("ipv4", str), ("ipv6", str), ("down", bool), ("private", bool)):
        if row.has(key):
            fields[key] = row.take(key, kind)
    return fields


def _node(row: Table) -> tuple[str, Fields]:
    name: str = row.take("name", str, required=True)
    fields: Fields = {}
    if row.has("icmp_interval_ms"):
        fields["icmp_interval_ns"] = round(row.at_least_0("icmp_interval_ms") * 1e6)
    if row.has("masquerades"):
        fields["masquerades"] = row.texts("masquerades")
    if row.has("labels"):
        fields["labels"] = row.numbers("labels")
    if row.has("names"):
        fields["names"] = _one_of(row, "names", (*NAME_MANNERS, ""))
    if row.has("services"):
        fields["services"] = tuple(_service(row, each) for each in row.texts("services"))
    row.finish()
    return name, fields


def _one_of(row: Table, key: str, words: tuple[str, ...]) -> str:
    word: str = row.take(key, str)
    if word not in words:
        raise SceneError(f"{row.place}: {key!r} is one of {', '.join(filter(None, words))}, not {word!r}")
    return word


def _service(row: Table, text: str) -> Service:
    """``80`` or ``80 silent``."""
    port, _, manner = text.partition(" ")
    if not port.isdecimal() or not 0 < int(port) < 65536 or manner not in ("", *MANNERS):
        raise SceneError(f"{row.place}: a service is a port and one of {', '.join(MANNERS)}, not {text!r}")
    return Service(int(port), manner or "answers")


def _rule(row: Table) -> tuple[str, Rule]:
    node, action = row.take("node", str, required=True), row.take("action", str, required=True)
    if action not in ("drop", "reject"):
        raise SceneError(f"{row.place}: the action is \"drop\" or \"reject\", not {action!r}")
    protocol = row.take("protocol", str)
    if protocol not in (None, *PROTOCOLS):
        raise SceneError(f"{row.place}: the protocol is one of {', '.join(PROTOCOLS)}, not {protocol!r}")
    code = row.take("code", str, "port-unreachable")
    if code not in REJECT_CODES:
        raise SceneError(f"{row.place}: the code is one of {', '.join(REJECT_CODES)}, not {code!r}")
    rule = Rule(Action.DROP if action == "drop" else Action.REJECT, protocol and PROTOCOLS[protocol],
                row.take("port", int), row.take("destination", str), REJECT_CODES[code],
                row.take("outgoing", bool, False))
    row.finish()
    return node, rule


def _route(row: Table) -> tuple[str, StaticRoute]:
    node = row.take("node", str, required=True)
    route = StaticRoute(row.take("destination", str, required=True), row.take("via", str, required=True))
    row.finish()
    return node, route
