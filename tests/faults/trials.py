"""Many programs under one fault, several at a time, and what none of them may do then."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import deque
from pathlib import Path

BIN = Path(__file__).resolve().parents[2] / "bin"
ORIGINALS = "/usr/sbin:/usr/bin:/sbin:/bin"
AT_ONCE = 8
PATIENCE_S = 240
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


def original(command: str) -> list[str]:
    return ["/usr/bin/env", f"PATH={ORIGINALS}", *command.split()]


def ours(command: str) -> list[str]:
    """As the scripts of bin/ start themselves."""
    program, *words = command.split()
    return [sys.executable, "-I", "-S", str(BIN / program), *words]


def launched(command: str) -> list[str]:
    """By the script itself."""
    program, *words = command.split()
    return [str(BIN / program), *words]


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
