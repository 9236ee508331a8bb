"""netlite's programs in the nodes of labs, forked off a process that has them loaded (program_runs.py).

It goes on as a program does that was started in the node by its script: with streams, words, variables and user of its own.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import socket
import subprocess
from pathlib import Path

import program_runs

HERE = str(Path(__file__).resolve().parent)
SERVE = "import sys; sys.path.insert(0, {here!r}); import warm_programs; warm_programs.serve({root!r}, {asked}, {parent})"
FOLDER = "/"  # all programs are started there


def variables(path: str) -> dict[str, str]:
    """What all programs find in their environment."""
    return {"PATH": path, "LC_ALL": "C", "HOME": "/nonexistent"}


class Programs:
    """netlite's on a PATH, run by the interpreter that their scripts name; they end with this process."""

    def __init__(self, path: str):
        self._folder = path.partition(":")[0]
        interpreter, options = Path(self._folder, "netlite").read_text().partition("\n")[0].removeprefix("#!").split()
        self._asking, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            code = SERVE.format(here=HERE, root=os.path.dirname(self._folder), asked=theirs.fileno(), parent=os.getpid())
            self._serving = subprocess.Popen([interpreter, options, "-c", code], stdin=subprocess.DEVNULL, env=variables(path), cwd=FOLDER,
                                             pass_fds=[theirs.fileno()])

    def popen(self, lab, node: str, words: list[str], unprivileged: bool) -> Program:
        """Start one in a node of a lab."""
        stdin, stdout, stderr, told = [os.pipe() for _ in range(4)]
        theirs = [stdin[0], stdout[1], stderr[1], told[1]]
        order = os.path.join(self._folder, words[0]), [os.fsencode(word) for word in words], unprivileged, list(lab.shared)
        socket.send_fds(self._asking, [pickle.dumps(order)], [*theirs, lab.namespaces[node], *lab.shared.values()])
        for descriptor in theirs:
            os.close(descriptor)
        return Program(*(open(end, mode, buffering=0) for end, mode in ((stdin[1], "wb"), (stdout[0], "rb"), (stderr[0], "rb"), (told[0], "rb"))))

    def close(self) -> None:
        """End the process that has them loaded."""
        self._asking.close()
        self._serving.wait()


class Program:
    """One that was started, used as a subprocess.Popen is; `told` has its number, and at its end its status."""

    def __init__(self, stdin, stdout, stderr, told):
        self.stdin, self.stdout, self.stderr, self._told = stdin, stdout, stderr, told
        self.pid, self.returncode = int(told.readline()), None

    def poll(self) -> int | None:
        return self.wait() if self.returncode is None and select.select([self._told], [], [], 0)[0] else self.returncode

    def wait(self) -> int:
        if self.returncode is None:
            with self._told:
                self.returncode = int(self._told.readline())
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def serve(root: str, asked: int, parent: int) -> None:
    """In the process that has them loaded: start what is asked for, until nobody asks any more."""
    program_runs.load_programs(root)
    from netlite.lab.kernel import syscalls

    syscalls.die_with_parent(parent, signal.SIGKILL)
    running: dict[int, tuple[int, int]] = {}
    with socket.socket(fileno=asked) as orders:
        while True:
            for ready in select.select([asked, *running], [], [])[0]:
                if ready != asked:
                    os.close(ready)
                    child, told = running.pop(ready)
                    os.write(told, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
                    os.close(told)
                    continue
                order, descriptors, _, _ = socket.recv_fds(orders, 1 << 16, 8)
                if not order:
                    return
                child, told = fork(pickle.loads(order), descriptors), descriptors.pop(3)
                os.write(told, b"%d\n" % child)
                running[os.pidfd_open(child)] = child, told
                for descriptor in descriptors:
                    os.close(descriptor)


def fork(order: tuple, descriptors: list[int]) -> int:
    """The number of a child that goes where it is told, and is the program."""
    from netlite.lab.kernel.entrance import KINDS, Way

    (executable, words, unprivileged, kinds), (*streams, _, network), shared = order, descriptors[:5], descriptors[5:]
    way = Way(os.getpid(), network, *(dict(zip(kinds, shared)).get(kind, -1) for kind in KINDS), FOLDER, unprivileged)
    child = os.fork()
    if not child:
        try:
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
            way.go()
            program_runs.start_ours(executable, words)
        finally:
            os._exit(127)
    return child
