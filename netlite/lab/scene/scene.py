"""Scenes: a topology with something to learn in it, read from a TOML file.

    scene = load("silent-router")
    scene.topology, scene.goal, scene.experiments

The files lie in ``netlite/lab/scene/scenes``, exercises beside them; what one can say is in keys.py, and on the page
"Scene files" of the documentation (``docs/scenes.rst``).
"""

from __future__ import annotations

import os
import tomllib
from bisect import bisect_left
from importlib.resources import files

from ...feature_errors import SceneError
from ...records.record import Record
from .alterations import Alterations, altered, checked, read_alterations, read_ends, read_wire, read_wire_alterations
from .exercise import Exercise, read_exercise
from .experiments import Experiment, read_experiment, read_node
from .keys import BACKENDS
from .labels import Label, read_labels
from .lines import deep_name
from .parts import Node, Wire
from .scene_table import Table, file_table
from .topology import Topology
from .tree import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


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

    def variants(self) -> tuple[Topology, ...]:
        """The topology, and what each fault alone makes of it."""
        return (self.topology, *(altered(self.topology, fault.alterations) for fault in self.faults))

    def labelled(self, label: Label) -> Topology:
        """The topology as a label wants it."""
        return altered(self.broken(label.broken), label.alterations)


MOST_BYTES = 1 << 18                  # of a file; five thousand routers wired one by one
SCENES, EXERCISES = "scenes", "exercises"  # folders beside this file


def names(folder: str = SCENES) -> list[str]:
    """The scenes that come with netlite, or the exercises."""
    scenes = [entry.name for entry in files(__package__).joinpath(folder).iterdir()]
    return sorted(name.removesuffix(".toml") for name in scenes if name.endswith(".toml"))


def read_plainly(path: str) -> bytes:
    """All of a file that may be a scene, with the rights that this process has."""
    with open(path, "rb") as file:
        return file.read(MOST_BYTES + 1)


def load(name: str, read: Callable[[str], bytes] = read_plainly, folder: str = SCENES) -> Scene:
    """A scene (or exercise) that comes with netlite, or from a file of one's own, when the name has a "/".

    `read` opens that file: a program may read it with the rights of its caller alone.  Raises SceneError
    where there is none.
    """
    if "/" in name:
        source = os.path.abspath(name)
        try:
            data = read(source)
            if len(data) > MOST_BYTES:
                raise SceneError(f"{name}: more than {MOST_BYTES} bytes, which is no scene")
            text = data.decode("utf-8")
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
    deep = deep_name(text)
    if deep:
        raise SceneError(f"scene {name}: not TOML: a name of too many parts: {deep}")
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise SceneError(f"scene {name}: not TOML: {problem}") from None
    except RecursionError:
        raise SceneError(f"scene {name}: not TOML: too many brackets within each other") from None
    except ValueError:
        raise SceneError(f"scene {name}: not TOML: a number of too many digits") from None
    try:
        return _scene(file_table(values, text), name)
    except SceneError as problem:
        raise SceneError(f"scene {name}: {problem}") from None


def _scene(table: Table, name: str) -> Scene:
    title, goal = table.take("title", str, required=True), table.take("goal", str, required=True)
    topology = _topology(table, name)
    tried = table.tables("try")
    experiments = tuple(read_experiment(row, topology) for row in tried)
    connections = tuple(_connection(row, topology) for row in table.tables("connections"))
    faults = tuple(_fault(row, topology) for row in table.tables("faults"))
    backends = _backends(table, topology)
    labels = read_labels(table, topology)
    graded = table.table("exercise") if table.has("exercise") else None
    exercise = None if graded is None else read_exercise(graded, topology)
    table.finish()
    scene = Scene(name, title, goal.strip(), topology, experiments, connections, faults, backends, "", labels, exercise)
    if exercise is not None and graded is not None:
        _known_faults(scene, exercise.broken, graded)
        for move in exercise.solution:
            _known_faults(scene, () if move.node else (move.words,), graded, "solution")
    for experiment, row in zip(experiments, tried):
        _known_faults(scene, experiment.broken, row)
    for label in labels:
        if label.broken:  # else it was checked where it was read
            scene.labelled(label)
    return scene


def _known_faults(scene: Scene, names: Iterable[str], row: Table, key: str = "broken") -> None:
    try:
        scene.broken(names)
    except SceneError as problem:
        raise row.wrong(f"{row.place}: {problem}", key) from None


def _topology(table: Table, name: str) -> Topology:
    if table.has("tree"):
        plain = tree(int(table.at_least_0("tree", 9000)), name)
        return altered(plain, read_alterations(table, plain))
    hosts, routers = table.texts("hosts", required=True), table.texts("routers")
    switches = table.texts("switches")
    rows = table.tables("wires")
    wires = [_wire(row) for row in rows]
    nodes = [Node(node, node in routers, switch=node in switches) for node in hosts + routers + switches]
    try:
        plain = Topology(nodes, wires, name)
    except SceneError as problem:
        number = bisect_left(range(1, len(wires) + 1), True, key=lambda count: _fails(nodes, wires[:count], name))
        wrong = rows[number].wrong(str(problem)) if number < len(rows) and not _fails(nodes, [], name) else None
        raise wrong or table.wrong(str(problem), "hosts") from None
    return altered(plain, read_alterations(table, plain))


def _fails(nodes: list[Node], wires: list[Wire], name: str) -> bool:
    try:
        Topology(nodes, wires, name)
    except SceneError:
        return True
    return False


def _wire(row: Table) -> Wire:
    wire = Wire(read_ends(row), **read_wire(row))
    row.finish()
    return wire


def _fault(row: Table, topology: Topology) -> Fault:
    name, see = row.take("name", str, required=True), row.take("see", str, required=True)
    alterations = read_alterations(row, topology).replace(wires=read_wire_alterations(row, topology))
    checked(row, topology, alterations)
    row.finish()
    return Fault(name, see, alterations)


def _backends(table: Table, topology: Topology) -> tuple[str, ...]:
    asks = any(wire.dhcp for wire in topology.wires)  # for an address, which nobody gives in userspace
    claimed = table.texts("backends") or tuple([each for each in BACKENDS if each != "userspace" or not asks])
    for backend in claimed:
        if backend not in (*BACKENDS, "here"):
            raise table.wrong(f"a back-end is one of {', '.join(BACKENDS)}, here, not {backend!r}", "backends")
    return claimed


def _connection(row: Table, topology: Topology) -> Connection:
    connection = Connection(read_node(row, "client", topology), read_node(row, "server", topology),
                            row.take("port", int, required=True))
    row.finish()
    return connection
