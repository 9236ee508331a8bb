"""Many short commands in a node, one after the other or some at once: what each said, and the state afterwards.

Each node has one process that runs all of them (program_runs.py), for a process a command would cost more than the command.
"""

from __future__ import annotations

import pickle
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import kernel_tables

HERE = Path(__file__).resolve().parent
START = "import sys; sys.path.insert(0, {here!r}); import {module}; {module}.main({path!r})"
PATIENCE_S = 240  # some of the originals clear two gigabytes, and others do so beside them
PLAIN = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}


class Step:
    """`words` (bytes; none: nothing) are run, and `state` is seen: a table of kernel_tables each, or the output of a command of ip.

    Before that ip performs the lines `before`, unless the node is in the `state` in which they left it.
    `nobody`, `by_script` and `host` as in program_runs.Run.
    """

    def __init__(self, words=(), before=(), state=(), nobody: bool = False, by_script: bool = False, host: str | None = None):
        self.words = [word if isinstance(word, bytes) else word.encode() for word in words]
        self.before, self.state = list(before), list(state)
        self.nobody, self.by_script, self.host = nobody, by_script, None if host is None else host.encode()

    def message(self) -> tuple:
        return self.words, self.before, self.state, self.nobody, self.by_script, self.host


class Players:
    """Plays steps in every node of `node_paths` (node: PATH) of a lab, in all nodes at the same time; files without a path are in `folder`."""

    def __init__(self, lab, node_paths: dict[str, str], programs, folder: str = "/"):
        self.lab = lab
        self._processes = {node: start(lab, node, programs, "player", path, folder=folder) for node, path in node_paths.items()}

    def play(self, steps: list[Step], at_once: int = 1, nodes=None) -> list[list]:
        """The outcomes in each node, or in each of `nodes`.

        An outcome is (stdout, stderr, status, what was seen of `state`); a status of None: no end after a minute.
        """
        processes = [process for node, process in self._processes.items() if nodes is None or node in nodes]
        for process in processes:
            process.stdin.write(message(steps, at_once))
            process.stdin.flush()
        return [pickle.load(process.stdout) for process in processes]

    def close(self) -> None:
        for process in self._processes.values():
            end(process)


def start(lab, node: str, programs, module: str, *arguments: str, folder: str = "/"):
    """Have `main` of a module here run in a node: a fork of what has netlite's programs loaded (warm_programs.Programs), if there is that."""
    if programs is not None:
        return programs.fork(lab, node, module, *arguments, folder=folder)
    import originals

    path, *more = arguments
    code = START.format(here=str(HERE), module=module, path=path)
    return lab.popen(node, [originals.PYTHON or sys.executable, "-I", "-S", "-X", "utf8", "-c", code, *more], stdin=subprocess.PIPE,
                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=PLAIN)


def end(process) -> tuple[bytes, int]:
    """Let it end; what it said on stderr, and its status."""
    process.stdin.close()
    with process.stdout, process.stderr:
        return process.stderr.read(), process.wait()


def message(steps: list[Step], at_once: int) -> bytes:
    """What such a Python reads."""
    return pickle.dumps((at_once, [step.message() for step in steps]))


def main(path: str) -> None:
    """Answer messages until there are no more."""
    while True:
        try:
            at_once, steps = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        sys.stdout.buffer.write(pickle.dumps(perform_all(path, at_once, steps)))
        sys.stdout.buffer.flush()


def perform_all(path: str, at_once: int, steps: list[tuple]) -> list[tuple]:
    from program_runs import Run

    outcomes: list = [("", "", 0)] * len(steps)
    states: list = [()] * len(steps)
    running: dict = {}
    left: dict = {}  # by what was performed and is looked at: what was seen then

    def await_one() -> None:
        patience_s = max(0.0, min(end_s for _, _, end_s in running.values()) - time.monotonic())
        ready = select.select(list(running), [], [], patience_s)[0]
        for ended in ready or [next(iter(running))]:
            number, run, _ = running.pop(ended)
            outcomes[number] = run.outcome(bool(ready))
            states[number] = see(steps[number][2])

    for number, (words, before, state, *way) in enumerate(steps):
        while len(running) == at_once:
            await_one()
        what = *before, *state
        if before and (not state or what not in left or see(state) != left[what]):
            prepare(before)
            left[what] = see(state)
        if words:
            run = Run(words, path, *way)
            running[run.ended] = number, run, time.monotonic() + PATIENCE_S
        else:
            states[number] = see(state)
    while running:
        await_one()
    return [(*outcome, told) for outcome, told in zip(outcomes, states)]


def see(state: Sequence[str]) -> list:
    """Each as it is now."""
    return [run_plainly(what) if what.startswith("ip ") else kernel_tables.look(what) for what in state]


def prepare(lines: Sequence[str]) -> None:
    """Have ip perform command lines, by as few processes as they allow."""
    for head, group in groupby(lines, lambda line: ["ip", "-6"] if line.startswith("ip -6 ") else ["ip"]):
        batch = "".join(line.removeprefix(" ".join(head)) + "\n" for line in group)
        subprocess.run([*head, "-force", "-batch", "-"], env=PLAIN, input=batch.encode(), capture_output=True)


def run_plainly(command: str) -> bytes:
    """What a command around the compared ones writes on stdout."""
    return subprocess.run(command.split(), env=PLAIN, stdin=subprocess.DEVNULL, capture_output=True).stdout
