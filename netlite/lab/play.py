"""Playing a scene: its commands one by one, with what to see in each, and whether it was seen.

A stage is where the commands run: see `stages`.
"""

from __future__ import annotations

import shlex
import socket
import textwrap
from contextlib import ExitStack

from ..records.record import Record
from ..render.visible import visible, visible_lines
from .scene.experiments import Experiment
from .scene.scene import Scene
from .scene.topology import Topology

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .stages import Stage

WIDTH = 88


class Outcome(Record):
    """What came of an experiment; `problems` is empty when all was as the scene says."""

    experiment: Experiment
    output: str
    status: int
    problems: tuple[str, ...]


def play(scene: Scene, stage: Stage, show: Callable[[str], object],
         predict: Callable[[Experiment], Callable[[], str] | None] = lambda experiment: None) -> list[Outcome]:
    """Try the experiments of a scene that the stage performs, in order.

    `show(text)` is given everything as it happens, for a reader: sentence, command, output; what of it cannot be
    printed as escapes.  `predict` asks somebody what will come, and gives what tells whether that was right, to be
    shown afterwards with the sentence; None where nobody was asked.
    """
    outcomes: list[Outcome] = []
    broken: tuple[str, ...] = ()

    def show_output(text: str) -> None:
        show(visible_lines(text))

    with ExitStack() as held:
        for connection in scene.connections:
            stage.connect(connection, held)
        for number, experiment in enumerate(filter(stage.performs, scene.experiments), 1):
            if experiment.broken != broken:
                broken = experiment.broken
                stage.change(scene.broken(broken))
                show("".join(f"   broken: {visible(name)}\n" for name in broken) or "   all mended\n")
            judged = predict(experiment)
            if judged is None:
                show(paragraph(f"{number}. {experiment.see}", "", "   ") + "\n")
            show(f"   {experiment.node}$ {visible(experiment.command)}\n")
            output, status = stage.perform(experiment.node, shlex.split(experiment.command), show_output)
            outcome = Outcome(experiment, output, status,
                              tuple(check(experiment, output, status, scene.topology)))
            for problem in outcome.problems:
                show(f"   !! {visible(problem)}\n")
            if judged is not None:
                show(paragraph(f"{judged()}{experiment.see}", "   ", "   "))
            show("\n")
            outcomes.append(outcome)
        if broken:
            stage.change(scene.topology)
    return outcomes


def paragraph(text: str, first: str, others: str) -> str:
    """A text of a scene in lines of WIDTH, the first indented by `first`."""
    return visible_lines(textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=others)) + "\n"


def check(experiment: Experiment, output: str, status: int, topology: Topology) -> list[str]:
    """What differs from the observations of the scene, each a sentence."""
    problems = []
    if status != experiment.status:
        problems.append(f"the exit status is {status}, {experiment.status} was expected")
    place = 0
    for text in experiment.expect:
        found = output.find(text, place)
        if found < 0:
            problems.append(f"{text!r} was expected")
            break
        place = found + len(text)
    problems += [f"{text!r} was not expected" for text in experiment.lacks if text in output]
    seen = read_hops(output, topology)
    if experiment.hops and not _agree(seen, experiment.hops):
        problems.append(f"the path is {', '.join(seen)}, not {', '.join(experiment.hops)}")
    return problems


def _agree(seen: tuple[str, ...], hops: tuple[str, ...]) -> bool:
    """Whether each hop is one that the scene allows: "r1", "r1 !X", "*" or "a|b"."""
    return len(seen) == len(hops) and all(each == hop or each in hop.split("|") for each, hop in zip(seen, hops))


def read_hops(output: str, topology: Topology) -> tuple[str, ...]:
    """Who answers, hop by hop, in the output of traceroute: ``("r1", "*", "wall !X")``.

    The first answer of each hop counts; addresses become the names of their nodes.
    """
    hops = []
    for line in output.splitlines():
        number, *words = line.split() or [""]
        if not number.isdigit():
            continue
        address = next((word.strip("()") for word in words if _is_address(word.strip("()"))), None)
        sign = next((f" {word}" for word in words if word.startswith("!")), "")
        hops.append("*" if address is None else f"{topology.owner(address) or address}{sign}")
    return tuple(hops)


def draw(topology: Topology) -> str:
    """The wires of a topology as lines of text, with their MTUs."""
    lines: list[list[str]] = []
    for wire in topology.wires:
        first, last = wire.ends
        if not lines or lines[-1][-1] != first:
            lines.append([first])
        lines[-1] += [f"--{wire.mtu_bytes}--", last]
    return "".join(f"    {' '.join(line)}\n" for line in lines)


def _is_address(word: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, word)
            return True
        except OSError:
            pass
    return False
