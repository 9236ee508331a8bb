"""`netlite lab` as a user has it: running labs in processes of their own, with names of their own, and terminals."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
from contextlib import contextmanager
from itertools import count

from lab_processes import ROOT, drop_capabilities

numbers = count(1)


def lab_argv(*words: str) -> list[str]:
    """The command line of ``netlite lab``."""
    return [sys.executable, str(ROOT / "bin" / "netlite"), "lab", *words]


class Session:
    """One name of a lab, as root or as an ordinary user."""

    def __init__(self, ordinary: bool = False):
        self.variables = {**os.environ, "NETLITE_LAB": f"test-{os.getpid()}-{next(numbers)}"}
        self.options = {"preexec_fn": drop_capabilities if ordinary else None, "env": self.variables}

    def lab(self, *words: str) -> subprocess.CompletedProcess:
        """``netlite lab WORDS`` to its end."""
        return subprocess.run(lab_argv(*words), capture_output=True, text=True, timeout=300,
                              stdin=subprocess.DEVNULL, **self.options)

    @contextmanager
    def running(self, *words: str):
        """``netlite lab run WORDS -- cat`` while it runs; ends with the pipe of cat."""
        process = subprocess.Popen(lab_argv("run", *words, "--", "sh", "-c", "echo up; exec cat"), text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   **self.options)
        with process:
            try:
                assert process.stdout.readline() == "up\n", process.stderr.read()
                yield process
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGTERM)


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, argv: list[str], variables: dict[str, str], ordinary: bool = False):
        self.text = ""
        self.process, self._terminal = pty.fork()
        if not self.process:
            if ordinary:
                drop_capabilities()
            os.execvpe(argv[0], argv, variables)

    def until(self, wanted: str) -> str:
        """Read until the text holds `wanted`; what came before its end, since the last time."""
        while wanted not in self.text:
            assert select.select([self._terminal], [], [], 60)[0], self.text
            try:
                data = os.read(self._terminal, 65536)
            except OSError:  # the other end has closed
                data = b""
            assert data, f"ended: {self.text}"
            self.text += data.decode()
        seen, _, self.text = self.text.partition(wanted)
        return seen

    def type(self, line: str) -> None:
        """Type a line."""
        os.write(self._terminal, line.encode() + b"\n")

    def end(self) -> int:
        """Wait for its end; its exit status."""
        while True:
            try:
                if not os.read(self._terminal, 65536):
                    break
            except OSError:
                break
        os.close(self._terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])
