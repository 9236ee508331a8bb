"""Many programs under one fault, several at a time, and what none of them may do then.

A fault is put on a process between fork and exec, and is a list of calls of `refusals`: (function, argument, …).  The
fork is that of a small process, which runs the programs; one of the whole test process would cost more than they do.
"""

from __future__ import annotations

import fcntl
import os
import pickle
import subprocess
import sys
import tempfile
from collections import deque
from functools import cached_property
from pathlib import Path

from refusals import end_with_parent

HERE = Path(__file__).resolve().parent
SERVE = "import sys; sys.path[:0] = {path!r}; import trials; trials.serve()"
BIN = Path(__file__).resolve().parents[2] / "bin"
ORIGINALS = "/usr/sbin:/usr/bin:/sbin:/bin"
AT_ONCE = 8
PATIENCE_S = 240
F_SETPIPE_SZ, PAGE = 1031, 4096
NOT_WORDS = ("Traceback", "internal error", "Fatal Python", "Exception")


class Ended:
    """What came of a program: `status` (negative: a signal), or None where it did not end."""

    def __init__(self, status: int | None, out: str, err: str):
        self.status, self.out, self.err = status, out, err

    def __repr__(self) -> str:
        return f"status {self.status}, {self.out[-200:]!r}, {self.err[-300:]!r}"


class _Running:
    def __init__(self, start, argv, options):
        self._streams = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        options = {"stdin": subprocess.DEVNULL, "stdout": self._streams[0], "stderr": self._streams[1], **options}
        self._process = start(argv, **options)

    def ended(self, patience_s: float) -> Ended:
        try:
            status = self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            status = None
        texts = []
        for stream in self._streams:
            with stream:
                stream.seek(0)
                texts.append(stream.read().decode(errors="replace"))
        return Ended(status, *texts)


def full_pipe() -> tuple[int, int]:
    """Of one page, which nobody reads: its ends."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, F_SETPIPE_SZ, PAGE)
    os.write(writing, b" " * PAGE)
    return reading, writing


def original(command: str) -> list[str]:
    return ["/usr/bin/env", f"PATH={ORIGINALS}", *command.split()]


def ours(command: str) -> list[str]:
    """As they are installed: the scripts start themselves so."""
    import installed

    program, *words = command.split()
    return [sys.executable, "-I", "-S", str(installed.bin_folder(sys.executable) / program), *words]


def launched(command: str) -> list[str]:
    """By the script itself, from the checkout."""
    program, *words = command.split()
    return [str(BIN / program), *words]


class Start:
    """start(argv, **options): a Popen in a node of a lab."""

    def __init__(self, lab, node: str):
        self._lab, self._node = lab, node

    def __call__(self, argv: list[str], **options) -> subprocess.Popen:
        return self._lab.popen(self._node, argv, **options)

    @cached_property
    def server(self) -> subprocess.Popen:
        """The small process; it ends with the lab."""
        code = SERVE.format(path=[str(HERE), str(HERE.parent)])
        return self([sys.executable, "-I", "-S", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def serve() -> None:
    """Be the small process: answer messages until there are no more."""
    while True:
        try:
            argvs, patience_s, fault = pickle.load(sys.stdin.buffer)
        except EOFError:
            return

        def suffer() -> None:
            for function, *arguments in fault:  # noqa: B023 - it is called before the next message
                function(*arguments)

        pickle.dump(run_all(subprocess.Popen, argvs, patience_s, preexec_fn=suffer), sys.stdout.buffer)
        sys.stdout.buffer.flush()


def suffering(start: Start, argvs: list[list[str]], fault, patience_s: float = PATIENCE_S) -> list[Ended]:
    """What comes of each program under a fault."""
    pickle.dump((argvs, patience_s, [(end_with_parent,), *fault]), start.server.stdin)
    start.server.stdin.flush()
    return pickle.load(start.server.stdout)


def run_all(start, argvs: list[list[str]], patience_s: float = PATIENCE_S, **options) -> list[Ended]:
    """What comes of each, in order; `start` takes an argv and options as subprocess.Popen does.

    Who has not ended `patience_s` after the one before is killed.
    """
    ended, running = [], deque()
    for argv in argvs:
        if len(running) == AT_ONCE:
            ended.append(running.popleft().ended(patience_s))
        running.append(_Running(start, argv, options))
    return ended + [each.ended(patience_s) for each in running]


def fault_of(done: Ended) -> str:
    """What a program must never do, whatever befalls it; "" where it did not."""
    if done.status is None:
        return "it did not end"
    if done.status == 70 or done.status < 0:
        return "it ended by accident"
    if any(word in done.out + done.err for word in NOT_WORDS):
        return "it showed its insides"
    if done.status and not done.out + done.err:
        return "it failed without a word"
    return ""
