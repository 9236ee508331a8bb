"""Playing a scene: its commands one by one, with what to see in each, and whether it was seen.

A stage is where the commands run: a `namespaces.Lab`, or `Here`, the machine itself.
"""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
import textwrap
from contextlib import ExitStack
from select import select

from ..__main__ import OWN, PROGRAMS
from ..records.record import Record
from .scene import Connection, Experiment, Scene
from .topology import Topology

START_PROGRAM = ("import sys; sys.path.insert(0, {root!r}); from netlite.__main__ import run; "
                 "run({name!r}, {name!r}, sys.argv[1:])")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WIDTH = 88


class Here:
    """The machine itself as a stage, with one node, for where no lab can be built."""

    def popen(self, node: str, argv: list[str], **options) -> subprocess.Popen:
        """Start a program."""
        return subprocess.Popen(argv, **options)

    def socket(self, node: str, *kinds: int) -> socket.socket:
        """Open a socket."""
        return socket.socket(*kinds)

    def address(self, node: str, version: int = 4) -> str:
        """The loopback address."""
        return "127.0.0.1" if version == 4 else "::1"


class Outcome(Record):
    """What came of an experiment; `problems` is empty when all was as the scene says."""

    experiment: Experiment
    output: str
    status: int
    problems: tuple[str, ...]


def netlite_argv(words: list[str]) -> list[str]:
    """The words of a command with netlite's own program in place of the name it begins with."""
    if words[0] not in PROGRAMS | OWN:
        return words
    return [sys.executable, "-I", "-c", START_PROGRAM.format(root=ROOT, name=words[0]), *words[1:]]


def play(scene: Scene, stage, show, argv_of=netlite_argv) -> list[Outcome]:
    """Run the experiments of a scene on a stage, in order.

    `show(text)` is given everything as it happens, for a reader: sentence, command, output.
    `argv_of` says which program stands for a command: with `list` those of the machine.
    """
    outcomes = []
    with ExitStack() as held:
        for connection in scene.connections:
            _connect(stage, connection, held)
        for number, experiment in enumerate(scene.experiments, 1):
            show(textwrap.fill(f"{number}. {experiment.see}", WIDTH, subsequent_indent="   ") + "\n\n")
            show(f"   {experiment.node}$ {experiment.command}\n")
            outcome = _try(scene, stage, experiment, show, argv_of)
            for problem in outcome.problems:
                show(f"   !! {problem}\n")
            show("\n")
            outcomes.append(outcome)
    return outcomes


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
    seen = read_hops(output, topology)
    if experiment.hops and seen != experiment.hops:
        problems.append(f"the path is {', '.join(seen)}, not {', '.join(experiment.hops)}")
    return problems


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


def _try(scene: Scene, stage, experiment: Experiment, show, argv_of) -> Outcome:
    argv = argv_of(shlex.split(experiment.command))
    with stage.popen(experiment.node, argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                     stderr=subprocess.STDOUT, env={**os.environ, "LC_ALL": "C"}) as process:
        try:
            output = _follow(process.stdout, show)
        except BaseException:
            process.kill()
            raise
    problems = check(experiment, output, process.returncode, scene.topology)
    return Outcome(experiment, output, process.returncode, tuple(problems))


def _follow(stream, show) -> str:
    """Show what a program prints, line by line as it comes, and a dot for each second without a word."""
    text, shown, waiting = "", 0, False
    while True:
        if not select([stream], (), (), 1.0)[0]:
            show("." if waiting else "   ")
            waiting = True
            continue
        data = os.read(stream.fileno(), 65536)
        if waiting:
            show("\n")
            waiting = False
        text += data.decode(errors="replace")
        end = text.rfind("\n") + 1 if data else len(text)
        show(textwrap.indent(text[shown:end], "   | ", lambda line: True))
        shown = max(shown, end)
        if not data:
            return text


def _connect(stage, connection: Connection, held: ExitStack) -> None:
    """Have a TCP connection stand until `held` is closed; port 0 takes any."""
    kinds = (socket.AF_INET, socket.SOCK_STREAM)
    listener = held.enter_context(stage.socket(connection.server, *kinds))
    listener.bind((stage.address(connection.server), connection.port))
    listener.listen()
    client = held.enter_context(stage.socket(connection.client, *kinds))
    client.connect(listener.getsockname())
    held.enter_context(listener.accept()[0])


def _is_address(word: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, word)
            return True
        except OSError:
            pass
    return False
