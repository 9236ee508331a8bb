"""Programs in the nodes of labs, started by one process: netlite's are forked off it, for it has them loaded (program_runs.py).

Such a fork goes on as a program does that was started in the node by its script: with streams, words, variables and user of its own.
Others are executed by that process, which goes into the node for that moment; nsenter(1) would be a program more.
"""

from __future__ import annotations

import importlib
import os
import pickle
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import program_runs

HERE = str(Path(__file__).resolve().parent)
SERVE = "import sys; sys.path.insert(0, {here!r}); import warm_programs; warm_programs.serve({root!r}, {asked})"
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
            code = SERVE.format(here=HERE, root=os.path.dirname(self._folder), asked=theirs.fileno())
            self._serving = subprocess.Popen([interpreter, options, "-c", code], stdin=subprocess.DEVNULL, env=variables(path), cwd=FOLDER,
                                             pass_fds=[theirs.fileno()])

    def popen(self, lab, node: str, words: list[str], unprivileged: bool, environment: dict[str, str] | None = None) -> Program:
        """Start one of netlite's in a node of a lab; with an `environment` what is found on its PATH, by execve(2)."""
        executable = os.path.join(self._folder, words[0]) if environment is None else found(words[0], environment["PATH"])
        return self._started(lab, node, (executable, [os.fsencode(word) for word in words], environment), unprivileged, FOLDER, 0)

    def fork(self, lab, node: str, module: str, *arguments: str, folder: str = FOLDER) -> Program:
        """Have `main` of a module here run in a node, with the first of the arguments; the others are on its command line."""
        return self._started(lab, node, ("", [module, *arguments], None), False, folder, -1)

    def _started(self, lab, node: str, what: tuple, unprivileged: bool, folder: str, buffering: int) -> Program:
        stdin, stdout, stderr, told = [os.pipe() for _ in range(4)]
        theirs = [stdin[0], stdout[1], stderr[1], told[1]]
        order = *what, (unprivileged, folder, list(lab.shared))
        socket.send_fds(self._asking, [pickle.dumps(order)], [*theirs, lab.namespaces[node], *lab.shared.values()])
        for descriptor in theirs:
            os.close(descriptor)
        ends = (stdin[1], "wb"), (stdout[0], "rb"), (stderr[0], "rb"), (told[0], "rb")
        return Program(*(open(end, mode, buffering=buffering) for end, mode in ends))

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


@cache
def found(program: str, path: str) -> str:
    """Where a program is.  Raises FileNotFoundError."""
    executable = shutil.which(program, path=path)
    if executable is None:
        raise FileNotFoundError(f"no {program} in {path}")
    return executable


def serve(root: str, asked: int) -> None:
    """In the process that has them loaded: start what is asked for, until nobody asks any more."""
    program_runs.load_programs(root)
    running: dict[int, tuple[Callable[[], int], int]] = {}
    with socket.socket(fileno=asked) as orders:
        while True:
            for ready in select.select([asked, *running], [], [])[0]:
                if ready != asked:
                    os.close(ready)
                    say_end(*running.pop(ready))
                    continue
                order, descriptors, _, _ = socket.recv_fds(orders, 1 << 16, 8)
                if not order:
                    for ended in running:
                        signal.pidfd_send_signal(ended, signal.SIGKILL)
                    for wait, told in running.values():
                        say_end(wait, told)
                    return
                (child, wait), told = start(pickle.loads(order), descriptors), descriptors.pop(3)
                os.write(told, b"%d\n" % child)
                running[os.pidfd_open(child)] = wait, told
                for descriptor in descriptors:
                    os.close(descriptor)


def say_end(wait: Callable[[], int], told: int) -> None:
    with suppress(BrokenPipeError):  # nobody wants to know
        os.write(told, b"%d\n" % wait())
    os.close(told)


def start(order: tuple, descriptors: list[int]) -> tuple[int, Callable[[], int]]:
    """The number of a child that is the program, and what waits for its status."""
    from netlite.lab.kernel.entrance import KINDS, Way

    (executable, words, environment, (unprivileged, folder, kinds)), (*streams, _, network), shared = order, descriptors[:5], descriptors[5:]
    way = Way(os.getpid(), network, *(dict(zip(kinds, shared)).get(kind, -1) for kind in KINDS), folder, unprivileged)
    return fork(way, executable, words, streams) if environment is None else execute(way, executable, words, environment, streams)


def fork(way, executable: str, words: list[bytes], streams: list[int]) -> tuple[int, Callable[[], int]]:
    """It goes its way, and is one of netlite's, or a module of ours."""
    child = program_runs.fork()
    if not child:
        try:
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
            way.go()
            if executable:
                program_runs.start_ours(executable, words)
            be(*words)
        finally:
            os._exit(127)
    return child, lambda: os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def be(module: str, argument: str, *more: str) -> None:
    os.closerange(3, 256)
    sys.argv[1:] = more
    try:
        importlib.import_module(module).main(argument)
        sys.stdout.flush()
        os._exit(0)
    except Exception:
        importlib.import_module("traceback").print_exc()


def execute(way, executable: str, words: list[bytes], environment: dict[str, str], streams: list[int]) -> tuple[int, Callable[[], int]]:
    """We go its way, and come back."""
    user = {"user": program_runs.NOBODY, "group": program_runs.NOBODY, "extra_groups": []} if way.unprivileged else {}
    with visit(way):
        process = subprocess.Popen(words, executable=executable, env=environment, **dict(zip(("stdin", "stdout", "stderr"), streams)), **user)
    return process.pid, process.wait


@contextmanager
def visit(way) -> Iterator[None]:
    """Be in the namespaces of a way."""
    there = {**way.shared, "net": way.network}
    ours = {kind: os.open(f"/proc/self/ns/{kind}", os.O_RDONLY) for kind in there}
    try:
        enter(there)
        yield
    finally:
        enter(ours)
        for descriptor in ours.values():
            os.close(descriptor)


def enter(namespaces: dict[str, int]) -> None:
    from netlite.lab.kernel import syscalls

    for descriptor in namespaces.values():
        syscalls.setns(descriptor, 0)
