"""What a scene file says about nodes and wires, at its top and in each of its faults.

Both are the same: alterations of a topology.  A scene is a plain topology, altered; a fault that is
switched on is that, altered once more.  So every back-end can break and mend whatever it can build.
"""

from __future__ import annotations

from ...feature_errors import SceneError
from ...records.record import Record
from .dhcp import read_pools
from .manners import MANNERS, Service
from .parts import PROTOCOLS, REJECT_CODES, Action, Rule, StaticRoute
from .scene_table import LONGEST_MS, Table, read_whole
from .topology import Topology

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
    nodes, wires = dict(topology.nodes), []
    for name in {name for name, _ in (*alterations.nodes, *alterations.rules, *alterations.routes)} & nodes.keys():
        node = nodes[name]
        for altered_name, fields in alterations.nodes:
            node = node.replace(**fields) if altered_name == name else node
        rules = tuple(rule for owner, rule in alterations.rules if owner == name)
        routes = tuple(route for owner, route in alterations.routes if owner == name)
        replaced = {route.destination for route in routes}
        kept = tuple(route for route in node.routes if route.destination not in replaced)
        nodes[name] = node.replace(rules=rules + node.rules, routes=kept + routes)
    if not alterations.wires:
        return topology.with_nodes(nodes)
    for wire in topology.wires:
        for ends, fields in alterations.wires:
            wire = wire.replace(**fields) if set(ends) == set(wire.ends) else wire
        wires.append(wire)
    return Topology(nodes.values(), wires, topology.name)


def read_alterations(table: Table, topology: Topology) -> Alterations:
    """The alterations that `table` speaks of.  Raises SceneError for nodes and wires that are not there."""
    nodes: list[tuple[str, Fields]] = []
    nodes += [(known(table, "silent", name, topology), {"silent": True}) for name in table.texts("silent")]
    nodes += [(known(table, "black_holes", name, topology), {"black_hole": True})
              for name in table.texts("black_holes")]
    nodes += [_node(row, topology) for row in table.tables("nodes")]
    nodes += read_pools(table, altered(topology, Alterations(tuple(nodes))))
    rules = [_rule(row, topology) for row in table.tables("rules")]
    routes = [_route(row, topology) for row in table.tables("routes")]
    return Alterations(tuple(nodes), (), tuple(rules), tuple(routes))


def known(row: Table, key: str, name: str, topology: Topology) -> str:
    """The name of a node.  Raises SceneError where there is none of it."""
    if name not in topology.nodes:
        raise row.wrong(f"{row.place}: there is no node {name!r}; nodes: {', '.join(topology.nodes)}", key)
    return name


def checked(row: Table, topology: Topology, alterations: Alterations) -> None:
    """Raise SceneError, with the line of the row, where the topology cannot be altered so."""
    try:
        altered(topology, alterations)
    except SceneError as problem:
        raise row.wrong(f"{row.place}: {problem}") from None


def read_wire_alterations(table: Table, topology: Topology) -> tuple[WireAlteration, ...]:
    """The ``[[wires]]`` of a fault: existing ones, by their ends, and what becomes of them."""
    known = [set(wire.ends) for wire in topology.wires]
    altered_wires = []
    for row in table.tables("wires"):
        ends = read_ends(row)
        if set(ends) not in known:
            raise row.wrong(f"{row.place}: there is no wire {'-'.join(ends)}", "ends")
        altered_wires.append((ends, read_wire(row)))
        row.finish()
    return tuple(altered_wires)


def read_ends(row: Table) -> tuple[str, str]:
    """The two ends of a wire."""
    ends = row.texts("ends", required=True)
    if len(ends) != 2:
        raise row.wrong(f"{row.place}: a wire has two ends, not {len(ends)}", "ends")
    return ends[0], ends[1]


def read_wire(row: Table) -> Fields:
    """The fields of a wire that the row speaks of."""
    fields: Fields = {}
    for key, field, unit, most in (("delay_ms", "delay_ns", 1e6, LONGEST_MS),
                                   ("jitter_ms", "jitter_ns", 1e6, LONGEST_MS),
                                   ("loss_percent", "loss", 0.01, 100),
                                   ("duplicates_percent", "duplicates", 0.01, 100),
                                   ("reordering_percent", "reordering", 0.01, 100)):
        if row.has(key):
            value = row.at_least_0(key, most) * unit
            fields[field] = round(value) if field.endswith("_ns") else value
    for key, kind in (("mtu_bytes", int), ("ipv4", str), ("ipv6", str), ("down", bool), ("private", bool)):
        if row.has(key):
            fields[key] = row.take(key, kind)
    if row.has("dhcp"):
        fields["dhcp"] = row.texts("dhcp")
    return fields


def _node(row: Table, topology: Topology) -> tuple[str, Fields]:
    name = known(row, "name", row.take("name", str, required=True), topology)
    fields: Fields = {}
    if row.has("icmp_interval_ms"):
        fields["icmp_interval_ns"] = round(row.at_least_0("icmp_interval_ms") * 1e6)
    if row.has("masquerades"):
        fields["masquerades"] = row.texts("masquerades")
    if row.has("labels"):
        fields["labels"] = row.numbers("labels")
    if row.has("names"):
        fields["names"] = row.one_of("names", "")
    if row.has("relay"):
        relay = row.take("relay", str)
        fields["relay"] = relay and known(row, "relay", relay, topology)
    if row.has("services"):
        fields["services"] = tuple(_service(row, each) for each in row.texts("services"))
    row.finish()
    return name, fields


def _service(row: Table, text: str) -> Service:
    """``80`` or ``80 silent``."""
    port, _, manner = text.partition(" ")
    number = read_whole(port, 1, 65535)
    if number is None or manner not in ("", *MANNERS):
        raise row.wrong(f"{row.place}: a service is a port and one of {', '.join(MANNERS)}, not {text!r}", "services")
    return Service(number, manner or "answers")


def _rule(row: Table, topology: Topology) -> tuple[str, Rule]:
    node = known(row, "node", row.take("node", str, required=True), topology)
    action, protocol = row.one_of("action", required=True), row.one_of("protocol")
    rule = Rule(Action.DROP if action == "drop" else Action.REJECT, protocol and PROTOCOLS[protocol],
                row.take("port", int), row.take("destination", str),
                REJECT_CODES[row.one_of("code", "port-unreachable")], row.take("outgoing", bool, False))
    row.finish()
    checked(row, topology, Alterations(rules=((node, rule),)))
    return node, rule


def _route(row: Table, topology: Topology) -> tuple[str, StaticRoute]:
    node = known(row, "node", row.take("node", str, required=True), topology)
    route = StaticRoute(row.take("destination", str, required=True), row.take("via", str, required=True))
    row.finish()
    checked(row, topology, Alterations(routes=((node, route),)))
    return node, route
