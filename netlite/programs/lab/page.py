"""netlite lab run SCENE --html FILE: what a scene's commands did in memory, as a page to step through."""

from __future__ import annotations

from ...lab.play import Outcome
from ...lab.scene.parts import Node, Wire
from ...lab.scene.scene import Scene
from ...lab.scene.topology import Topology
from ...records.passage import Passage
from ...teach.page import Replay, Run, page
from ...teach.page_drawing import Line, Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

MOST_NODES = 60  # of a network that is shown whole


def write_page(file: TextIO, scene: Scene, outcomes: list[Outcome], passages: list[list[Passage]]) -> None:
    """Write the page to an open file; `passages` has a list for each outcome."""
    topology = scene.topology
    faults = {fault.name: fault.see for fault in scene.faults}
    runs = [Run(tried.experiment.node, tried.experiment.command, tried.experiment.see, tried.output, tuple(passed),
                tuple(faults[name] for name in tried.experiment.broken), tried.problems, tried.experiment.ask,
                tried.experiment.choices, tried.experiment.right)
            for tried, passed in zip(outcomes, passages)]
    drawn = _drawn(topology, passages)
    places = tuple(_place(topology, topology.nodes[name]) for name in drawn)
    lines = tuple(Line(wire.ends, _label(wire)) for wire in topology.wires if set(wire.ends) <= set(drawn))
    names = {address: known for name in drawn for address in topology.addresses(name)
             if (known := topology.name_of(address)) is not None}
    undrawn = len(topology.nodes) - len(drawn)
    file.write(page(Replay(scene.title, scene.goal, places, lines, tuple(runs), names, undrawn)))


def _drawn(topology: Topology, passages: list[list[Passage]]) -> list[str]:
    """The nodes to show: all of them, or of a large network those that a packet met."""
    if len(topology.nodes) <= MOST_NODES:
        return list(topology.nodes)
    met = {each.node for passed in passages for each in passed}
    return [name for name in topology.nodes if name in met]


def _place(topology: Topology, node: Node) -> Place:
    addresses = tuple(f"{port.device} to {port.peer}: {port.shown4}, {port.ipv6}"
                      for port in topology.interfaces(node.name))
    return Place(node.name, node.forwards, addresses)


def _label(wire: Wire) -> str:
    """What is not as on an ordinary wire."""
    told = [f"MTU {wire.mtu_bytes}"] if wire.mtu_bytes != 1500 else []
    told += [f"{wire.delay_ns / 1e6:g} ms"] if wire.delay_ns else []
    told += [f"{share:.0%} {what}" for share, what in ((wire.loss, "lost"), (wire.duplicates, "doubled"),
                                                       (wire.reordering, "late")) if share]
    return ", ".join(told + (["down"] if wire.down else []))
