"""Scenes: a topology with something to learn in it, read from a TOML file.

    scene = load("silent-router")
    scene.topology, scene.goal, scene.experiments

The files lie in ``netlite/lab/scenes``; this is all that one can say::

    title = "A chain with a narrow wire"
    goal = "What it teaches, in a few sentences."
    hosts = ["client", "server"]
    routers = ["r1", "r2"]
    silent = ["r2"]                  # routers that send no ICMP errors
    black_holes = ["r1"]             # routers that do not report packets too big

    [[wires]]
    ends = ["client", "r1"]
    mtu_bytes = 1400                 # 1500 unless given
    delay_ms = 2.5                   # one way; kept by the network in memory alone
    ipv4 = "192.0.2.0/24"            # chosen by the number of the wire unless given
    ipv6 = "2001:db8:77::/64"

    [[rules]]
    node = "r2"
    action = "reject"                # or "drop"
    code = "admin-prohibited"        # of a reject: one of topology.REJECT_CODES
    protocol = "udp"                 # icmp, tcp, udp; all unless given
    port = 53                        # destination port
    destination = "server"           # a node or a prefix; all unless given

    [[routes]]
    node = "r2"
    destination = "server"           # a node, a prefix or "default"
    via = "r1"                       # a node next to it

    [[connections]]                  # TCP connections that stand while the scene is played
    client = "client"
    server = "server"
    port = 80

    [[try]]
    node = "client"                  # the first host unless given
    command = "traceroute -q1 server.lab"
    see = "What to look at, one sentence."
    expect = ["r1.lab", "server.lab"]   # texts that the output holds, in this order
    hops = ["r1", "*", "server"]        # who answers, hop by hop, for traceroute
    status = 0                          # exit status, 0 unless given
    needs = ["icmp", "ipv6"]            # what a machine must have for it; labs have everything
"""

from __future__ import annotations

import tomllib
from importlib.resources import files

from ..records.record import Record
from .topology import PROTOCOLS, REJECT_CODES, Action, Node, Rule, SceneError, StaticRoute, Topology, Wire


class Connection(Record):
    """A TCP connection from a client to port `port` of a server."""

    client: str
    server: str
    port: int


class Experiment(Record):
    """A command to try in `node`, and what is observed there."""

    node: str
    command: str
    see: str
    expect: tuple[str, ...] = ()
    hops: tuple[str, ...] = ()
    status: int = 0
    needs: tuple[str, ...] = ()


class Scene(Record):
    """A topology, what it teaches and what to try in it."""

    name: str
    title: str
    goal: str
    topology: Topology
    experiments: tuple[Experiment, ...] = ()
    connections: tuple[Connection, ...] = ()


def names() -> list[str]:
    """The scenes that come with netlite."""
    scenes = [entry.name for entry in files(__package__).joinpath("scenes").iterdir()]
    return sorted(name.removesuffix(".toml") for name in scenes if name.endswith(".toml"))


def load(name: str) -> Scene:
    """A scene that comes with netlite.  Raises SceneError where there is none of this name."""
    file = files(__package__).joinpath("scenes", f"{name}.toml")
    if not file.is_file():
        raise SceneError(f"there is no scene {name!r}; scenes: {', '.join(names())}")
    return parse(file.read_text("utf-8"), name)


def parse(text: str, name: str) -> Scene:
    """A scene from the text of its file.  Raises SceneError, which names the scene and the place."""
    try:
        return _scene(_Table(tomllib.loads(text), "the scene"), name)
    except tomllib.TOMLDecodeError as problem:
        raise SceneError(f"scene {name}: not TOML: {problem}") from None
    except SceneError as problem:
        raise SceneError(f"scene {name}: {problem}") from None


class _Table:
    """One table of the file: gives each key once, checks its type, and knows which were not asked for."""

    WORDS = {str: "a text", int: "a whole number", float: "a number", list: "a list"}

    def __init__(self, values, place: str):
        if not isinstance(values, dict):
            raise SceneError(f"{place} must be a table")
        self._left = dict(values)
        self.place = place

    def take(self, key: str, kind: type, default=None, required: bool = False):
        """The value of `key`, which must be of type `kind`."""
        if key not in self._left:
            if required:
                raise SceneError(f"{self.place} lacks {key!r}")
            return default
        value = self._left.pop(key)
        accepted = (int, float) if kind is float else kind
        if not isinstance(value, accepted) or isinstance(value, bool):
            raise SceneError(f"{self.place}: {key!r} must be {self.WORDS[kind]}, not {value!r}")
        return value

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        """The value of `key`, which must be a list of texts."""
        value = self.take(key, list, [], required)
        if not all(isinstance(item, str) for item in value):
            raise SceneError(f"{self.place}: {key!r} must be a list of texts, not {value!r}")
        return tuple(value)

    def tables(self, key: str) -> list[_Table]:
        """The tables written as ``[[key]]``."""
        rows = self.take(key, list, [])
        return [_Table(row, f"[[{key}]] number {number}") for number, row in enumerate(rows, 1)]

    def finish(self) -> None:
        """Complain about keys nobody asked for."""
        if self._left:
            raise SceneError(f"{self.place} has the unknown key {next(iter(self._left))!r}")


def _scene(table: _Table, name: str) -> Scene:
    title, goal = table.take("title", str, required=True), table.take("goal", str, required=True)
    topology = _topology(table, name)
    experiments = tuple(_experiment(row, topology) for row in table.tables("try"))
    connections = tuple(_connection(row, topology) for row in table.tables("connections"))
    table.finish()
    return Scene(name, title, goal.strip(), topology, experiments, connections)


def _topology(table: _Table, name: str) -> Topology:
    hosts, routers = table.texts("hosts", required=True), table.texts("routers")
    silent, black_holes = table.texts("silent"), table.texts("black_holes")
    rules = [_rule(row) for row in table.tables("rules")]
    routes = [_route(row) for row in table.tables("routes")]
    wires = [_wire(row) for row in table.tables("wires")]
    mentioned = [*silent, *black_holes, *(node for node, _ in rules), *(node for node, _ in routes)]
    for node in mentioned:
        if node not in hosts + routers:
            raise SceneError(f"there is no node {node!r}; nodes: {', '.join(hosts + routers)}")
    nodes = [Node(node, node in routers, node in silent, node in black_holes,
                  tuple(rule for owner, rule in rules if owner == node),
                  tuple(route for owner, route in routes if owner == node)) for node in hosts + routers]
    return Topology(nodes, wires, name)


def _wire(row: _Table) -> Wire:
    ends = row.texts("ends", required=True)
    if len(ends) != 2:
        raise SceneError(f"{row.place}: a wire has two ends, not {len(ends)}")
    mtu_bytes, delay_ms = row.take("mtu_bytes", int, 1500), row.take("delay_ms", float, 0.0)
    wire = Wire(ends, mtu_bytes, round(delay_ms * 1e6), row.take("ipv4", str), row.take("ipv6", str))
    if delay_ms < 0:
        raise SceneError(f"{row.place}: the delay is negative")
    row.finish()
    return wire


def _rule(row: _Table) -> tuple[str, Rule]:
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
                row.take("port", int), row.take("destination", str), REJECT_CODES[code])
    row.finish()
    return node, rule


def _route(row: _Table) -> tuple[str, StaticRoute]:
    node = row.take("node", str, required=True)
    route = StaticRoute(row.take("destination", str, required=True), row.take("via", str, required=True))
    row.finish()
    return node, route


def _node(row: _Table, key: str, topology: Topology, default: str | None = None) -> str:
    """The value of `key`, which must be the name of a node."""
    node = row.take(key, str, default, required=default is None)
    if node not in topology.nodes:
        raise SceneError(f"{row.place}: there is no node {node!r}; nodes: {', '.join(topology.nodes)}")
    return node


def _experiment(row: _Table, topology: Topology) -> Experiment:
    experiment = Experiment(_node(row, "node", topology, next(iter(topology.nodes))),
                            row.take("command", str, required=True), row.take("see", str, required=True),
                            row.texts("expect"), row.texts("hops"), row.take("status", int, 0),
                            row.texts("needs"))
    for need in experiment.needs:
        if need not in ("icmp", "ipv6"):
            raise SceneError(f"{row.place}: a need is \"icmp\" or \"ipv6\", not {need!r}")
    for hop in experiment.hops:
        if hop.split()[0] not in ("*", *topology.nodes):
            raise SceneError(f"{row.place}: hop {hop!r} is neither a node nor \"*\"")
    row.finish()
    return experiment


def _connection(row: _Table, topology: Topology) -> Connection:
    connection = Connection(_node(row, "client", topology), _node(row, "server", topology),
                            row.take("port", int, required=True))
    row.finish()
    return connection
