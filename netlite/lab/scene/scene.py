"""Scenes: a topology with something to learn in it, read from a TOML file.

    scene = load("silent-router")
    scene.topology, scene.goal, scene.experiments

The files lie in ``netlite/lab/scene/scenes``; this is all that one can say::

    title = "A chain with a narrow wire"
    goal = "What it teaches, in a few sentences."
    hosts = ["client", "server"]
    routers = ["r1", "r2"]
    switches = ["s1"]                # join their wires to one network; only in namespaces
    tree = 1000                      # instead of hosts, routers and wires: so many routers, see tree.py
    silent = ["r2"]                  # routers that send no ICMP errors
    black_holes = ["r1"]             # routers that do not report packets too big
    backends = ["userspace", "memory"]  # those it is true on, best first; unless given all:
                                        # "namespaces", "userspace", "memory"; "here" is this machine

    [[wires]]
    ends = ["client", "r1"]
    mtu_bytes = 1400                 # 1500 unless given
    delay_ms = 2.5                   # one way; namespaces have no delays
    jitter_ms = 1                    # chance adds up to this to the delay; not in namespaces
    loss_percent = 10
    duplicates_percent = 10          # arrive twice; not in namespaces
    reordering_percent = 10          # take three times as long; not in namespaces
    down = true                      # nothing passes, and all routes avoid it
    private = true                   # only its two ends know a way to its addresses
    ipv4 = "192.0.2.0/24"            # chosen by the number of the wire unless given
    ipv6 = "2001:db8:77::/64"

    [[nodes]]
    name = "r1"
    icmp_interval_ms = 1000          # one ICMP error in this time to each destination, after six
    masquerades = ["r2"]             # what it forwards there leaves with its own address; not in userspace
    labels = [24001]                 # MPLS labels of packets that reach it; not in namespaces
    services = ["80", "22 silent"]   # TCP ports; silent: connects, and says nothing; full: its queue is full
    names = "answers"                # it is a name server: answers, silent, refuses, fails, denies, elsewhere, half

    [[rules]]
    node = "r2"
    action = "reject"                # or "drop"
    code = "admin-prohibited"        # of a reject: one of topology.REJECT_CODES
    protocol = "udp"                 # icmp, tcp, udp; all unless given
    port = 53                        # destination port
    destination = "server"           # a node or a prefix; all unless given
    outgoing = true                  # for what the node sends itself; else for what it gets and passes on

    [[routes]]                       # several to one destination share the flows
    node = "r2"
    destination = "server"           # a node, a prefix or "default"
    via = "r1"                       # a node next to it

    [[connections]]                  # TCP connections that stand while the scene is played
    client = "client"
    server = "server"
    port = 80

    [[faults]]                       # to switch on and off: netlite lab break NAME
    name = "silence"
    see = "What then happens, one sentence."
    silent = ["r1"]                  # here: silent, black_holes, and as [[faults.nodes]], [[faults.rules]],
                                     # [[faults.routes]], [[faults.wires]] (by their ends) all of the above

    [[try]]
    node = "client"                  # the first host unless given
    command = "traceroute -q1 server.lab"
    see = "What to look at, one sentence."
    expect = ["r1.lab", "server.lab"]   # texts that the output holds, in this order
    lacks = ["!H"]                   # texts that it does not hold
    hops = ["r1", "*", "a|b", "server"]  # who answers, hop by hop, for traceroute; a|b: one of them
    varies = true                       # chance has a say in the text beyond that
    status = 0                          # exit status, 0 unless given
    broken = ["silence"]                # faults that are on meanwhile
    needs = ["icmp", "ipv6"]            # what a machine must have for it; labs have everything

and ``[[why]]``, what `netlite why` must find (labels.py), and ``[exercise]``, what a student is to mend (exercise.py).
"""

from __future__ import annotations

import os
import tomllib
from importlib.resources import files

from ...errors import SceneError
from ...records.record import Record
from .alterations import Alterations, altered, read_alterations, read_ends, read_wire, read_wire_alterations
from .exercise import Exercise, read_exercise
from .experiments import Experiment, read_experiment, read_node
from .labels import Label, read_labels
from .scene_table import Table
from .topology import Node, Topology, Wire
from .tree import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

BACKENDS = "namespaces", "userspace", "memory"


class Connection(Record):
    """A TCP connection from a client to port `port` of a server."""

    client: str
    server: str
    port: int


class Fault(Record):
    """Something of a scene that can be broken and mended while it runs; `see` says what then happens."""

    name: str
    see: str
    alterations: Alterations


class Scene(Record):
    """A topology, what it teaches and what to try in it.

    `backends` are those it is true on, best first; `source` is what `load` was asked for.
    """

    name: str
    title: str
    goal: str
    topology: Topology
    experiments: tuple[Experiment, ...] = ()
    connections: tuple[Connection, ...] = ()
    faults: tuple[Fault, ...] = ()
    backends: tuple[str, ...] = BACKENDS
    source: str = ""
    labels: tuple[Label, ...] = ()
    exercise: Exercise | None = None

    def broken(self, names: Iterable[str]) -> Topology:
        """The topology with these faults on.  Raises SceneError where there is none of a name."""
        topology, known = self.topology, {fault.name: fault for fault in self.faults}
        for name in names:
            if name not in known:
                raise SceneError(f"there is no fault {name!r}; faults: {', '.join(known) or 'none'}")
            topology = altered(topology, known[name].alterations)
        return topology

    def labelled(self, label: Label) -> Topology:
        """The topology as a label wants it."""
        return altered(self.broken(label.broken), label.alterations)


SCENES, EXERCISES = "scenes", "exercises"  # folders beside this file


def names(folder: str = SCENES) -> list[str]:
    """The scenes that come with netlite, or the exercises."""
    scenes = [entry.name for entry in files(__package__).joinpath(folder).iterdir()]
    return sorted(name.removesuffix(".toml") for name in scenes if name.endswith(".toml"))


def read_plainly(path: str) -> bytes:
    """All of a file, with the rights that this process has."""
    with open(path, "rb") as file:
        return file.read()


def load(name: str, read: Callable[[str], bytes] = read_plainly, folder: str = SCENES) -> Scene:
    """A scene (or exercise) that comes with netlite, or from a file of one's own, when the name has a "/".

    `read` opens that file: a program may read it with the rights of its caller alone.  Raises SceneError
    where there is none.
    """
    if "/" in name:
        source = os.path.abspath(name)
        try:
            text = read(source).decode("utf-8")
        except OSError as problem:
            raise SceneError(f"{name}: {problem.strerror}") from None
        except UnicodeDecodeError as problem:
            raise SceneError(f"{name}: {problem}") from None
        return parse(text, os.path.basename(name).removesuffix(".toml")).replace(source=source)
    file = files(__package__).joinpath(folder, f"{name}.toml")
    if name not in names(folder):
        raise SceneError(f"there is no {folder[:-1]} {name!r}; {folder}: {', '.join(names(folder))}")
    return parse(file.read_text("utf-8"), name).replace(source=name)


def parse(text: str, name: str) -> Scene:
    """A scene from the text of its file.  Raises SceneError, which names the scene and the place."""
    try:
        return _scene(Table(tomllib.loads(text), "the scene"), name)
    except tomllib.TOMLDecodeError as problem:
        raise SceneError(f"scene {name}: not TOML: {problem}") from None
    except SceneError as problem:
        raise SceneError(f"scene {name}: {problem}") from None


def _scene(table: Table, name: str) -> Scene:
    title, goal = table.take("title", str, required=True), table.take("goal", str, required=True)
    topology = _topology(table, name)
    experiments = tuple(read_experiment(row, topology) for row in table.tables("try"))
    connections = tuple(_connection(row, topology) for row in table.tables("connections"))
    faults = tuple(_fault(row, topology) for row in table.tables("faults"))
    backends = _backends(table)
    labels = read_labels(table, topology)
    exercise = read_exercise(table.table("exercise"), topology) if table.has("exercise") else None
    table.finish()
    scene = Scene(name, title, goal.strip(), topology, experiments, connections, faults, backends, "", labels, exercise)
    if exercise is not None:
        scene.broken(exercise.broken)
    for experiment in experiments:
        scene.broken(experiment.broken)
    for label in labels:
        scene.labelled(label)
    return scene


def _topology(table: Table, name: str) -> Topology:
    if table.has("tree"):
        plain = tree(int(table.at_least_0("tree", 9000)), name)
        return altered(plain, read_alterations(table, plain))
    hosts, routers = table.texts("hosts", required=True), table.texts("routers")
    switches = table.texts("switches")
    wires = []
    for row in table.tables("wires"):
        wires.append(Wire(read_ends(row), **read_wire(row)))
        row.finish()
    nodes = [Node(node, node in routers, switch=node in switches) for node in hosts + routers + switches]
    plain = Topology(nodes, wires, name)
    return altered(plain, read_alterations(table, plain))


def _fault(row: Table, topology: Topology) -> Fault:
    name, see = row.take("name", str, required=True), row.take("see", str, required=True)
    alterations = read_alterations(row, topology).replace(wires=read_wire_alterations(row, topology))
    altered(topology, alterations)
    row.finish()
    return Fault(name, see, alterations)


def _backends(table: Table) -> tuple[str, ...]:
    claimed = table.texts("backends") or BACKENDS
    for backend in claimed:
        if backend not in (*BACKENDS, "here"):
            raise SceneError(f"a back-end is one of {', '.join(BACKENDS)}, here, not {backend!r}")
    return claimed


def _connection(row: Table, topology: Topology) -> Connection:
    connection = Connection(read_node(row, "client", topology), read_node(row, "server", topology),
                            row.take("port", int, required=True))
    row.finish()
    return connection
