"""Experiments: a command on a node, and what is observed there; the ``[[try]]`` of scene files."""

from __future__ import annotations

from ...records.record import Record
from .scene_table import Table
from .topology import Topology


class Experiment(Record):
    """A command to try in `node`, and what is observed there; `ask` is a question before it, with `choices`."""

    node: str
    command: str
    see: str
    expect: tuple[str, ...] = ()
    hops: tuple[str, ...] = ()
    status: int = 0
    needs: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    varies: bool = False
    lacks: tuple[str, ...] = ()
    ask: str = ""
    choices: tuple[str, ...] = ()
    right: str = ""


def read_node(row: Table, key: str, topology: Topology, default: str | None = None) -> str:
    """The value of `key`, which must be the name of a node."""
    node: str = row.take(key, str, default, required=default is None)
    if node not in topology.nodes:
        raise row.wrong(f"{row.place}: there is no node {node!r}; nodes: {', '.join(topology.nodes)}", key)
    return node


def read_experiment(row: Table, topology: Topology) -> Experiment:
    """One ``[[try]]`` table.  Raises SceneError."""
    experiment = Experiment(read_node(row, "node", topology, next(iter(topology.nodes))),
                            row.take("command", str, required=True), row.take("see", str, required=True),
                            row.texts("expect"), row.texts("hops"), row.take("status", int, 0),
                            row.texts("needs"), row.texts("broken"), row.take("varies", bool, False),
                            row.texts("lacks"), row.take("ask", str, ""), row.texts("choices"),
                            row.take("right", str, ""))
    if (experiment.ask or experiment.choices or experiment.right) and (
            not experiment.ask or len(experiment.choices) < 2 or experiment.right not in experiment.choices):
        raise row.wrong(f"{row.place}: a question has an \"ask\", two \"choices\" or more, and one is \"right\"", "ask")
    for need in experiment.needs:
        if need not in ("icmp", "ipv6"):
            raise row.wrong(f"{row.place}: a need is \"icmp\" or \"ipv6\", not {need!r}", "needs")
    for hop in experiment.hops:
        if not {*hop.partition(" ")[0].split("|")} <= {"*", *topology.nodes}:
            raise row.wrong(f"{row.place}: hop {hop!r} is neither a node nor \"*\"", "hops")
    row.finish()
    return experiment
