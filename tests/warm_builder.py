"""Builders of labs and programs in labs that are forked off a process which has pyroute2 and netlite loaded: to load them costs
more than most labs do.

With an `Asking` as namespaces.START_BUILDER a builder hands what it was started with to that process, if it has its user,
its capabilities and its namespaces, and is what it always is otherwise.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import forked_python
from builder_request import identity

HERE = str(Path(__file__).resolve().parent)
ROOT = str(Path(__file__).resolve().parents[1])
ASK = """import sys; sys.path.insert(0, {here}); import builder_request; builder_request.ask(*{asked}); sys.path[:] = {path}
from netlite.lab.kernel.builder import main; main()"""
SERVE = "import sys; sys.path[:] = {path!r}; import warm_builder; warm_builder.serve(*map(int, sys.argv[1:]))"


class Asking:
    """What stands for namespaces.START_BUILDER: the process is started for the first lab, and ends with this one."""

    def __init__(self):
        self._code = ""

    def format(self, path: list[str]) -> str:
        """The code of a builder that asks."""
        self.start(path)
        return self._code.replace("{path}", repr(path))

    def start(self, path: list[str]) -> None:
        """Start the process, with this path of modules, unless it runs."""
        if not self._code:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
                listener.bind(b"")  # at an abstract place of its own
                listener.listen(16)
                command = [sys.executable, "-I", "-c", SERVE.format(path=[HERE, f"{HERE}/conformance", *path]), str(listener.fileno()), str(os.getpid())]
                self._serving = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[listener.fileno()])
                self._asked = listener.getsockname(), identity()
                self._parent = os.getpid()
                self._code = ASK.replace("{here}", repr(HERE)).replace("{asked}", repr(self._asked))

    def build(self, stdin: int, stderr: int, channel: int) -> bool:
        """Have a builder work to its end with these; False: there is none for who we are now."""
        place, theirs = self._asked
        if identity() != theirs:
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
            try:
                asking.connect(place)
            except OSError:
                return False
            socket.send_fds(asking, [os.readlink("/proc/self/ns/user").encode()], [stdin, stderr, channel])
            asking.recv(1)  # it is closed
        return True

    def fork(self, request: dict, descriptors: list[int]) -> int:
        """Fork a process as forked_python.py has it; its number."""
        return forked_python.ask(self._asked[0], request, descriptors)

    def is_for_us(self) -> bool:
        """Whether the process is our child, and who we are now."""
        return bool(self._code) and self._parent == os.getpid() and identity() == self._asked[1]

    def close(self) -> None:
        """End the process, if it was started."""
        if self._code:
            self._serving.kill()
            self._serving.wait()


def serve(listener: int, parent: int) -> None:
    """Fork a builder or a program for each that asks; ends with the process `parent`, which started it."""
    import program_runs
    import pyroute2

    from netlite.lab.kernel import builder, syscalls

    program_runs.load_programs(ROOT, rare=True)
    forked_python.load_what_else_they_need()
    assert pyroute2.IPRoute  # which is loaded by being asked for
    syscalls.die_with_parent(parent, signal.SIGKILL)
    with socket.socket(fileno=listener) as listening:
        while True:
            asking, _ = listening.accept()
            argv, descriptors, _, _ = socket.recv_fds(asking, 1 << 16, 253)
            if argv == forked_python.ASKED:
                request = forked_python.answer(asking, descriptors)
                if request:
                    listening.detach()
                    asking.detach()
                    forked_python.become(request, descriptors[1:])
            elif not os.fork():
                os.dup2(descriptors[0], 0)
                os.dup2(descriptors[1], 2)
                sys.argv = ["", str(descriptors[2]), argv.decode(), str(os.getppid())]
                builder.main()
            for descriptor in descriptors:
                os.close(descriptor)
            asking.close()
            with suppress(ChildProcessError):  # there is none
                while os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG):
                    pass
