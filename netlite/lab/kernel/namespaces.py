"""`Lab`: a topology as network namespaces, to run programs in.

    with Lab(chain(routers=3)) as lab:
        done = lab.run("client", ["ping", "-c1", "server.lab"])

Works as root, and as an ordinary user where the kernel allows user namespaces.  The lab consists
of open descriptors of this process and nothing else: no names under /run/netns, no helper that
stays.  It is gone when the process ends, even by SIGKILL, and its programs end with it.

All programs of a lab share a mount namespace in which /etc/hosts knows every node (``r1.lab``,
``r1``) and nothing else is asked for names.
"""

from __future__ import annotations

import os
import pickle
import socket
import subprocess
import sys
from errno import ENOENT
from functools import cache, partial
from shutil import which

from ...errors import KernelRefused, NetliteError
from ...feature_errors import LabRefused
from ..scene.topology import Topology, chain
from . import entrance, syscalls
from .guardian import end_all_in
from .handover import file_of, take
from .played_wires import Passed, PlayedWires, played_wires
from .refusals import errno_in, last_line, not_built, not_entered
from .serving import Serving

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from socket import socket as Socket
    from typing import Any, Self

START_BUILDER = ("import sys; sys.path[:] = {path!r}; bytes(1 << 25); "  # without so much memory it is not begun
                 "from netlite.lab.kernel.builder import main; main()")
START_CHANGE = "import sys; sys.path[:] = {path!r}; from netlite.lab.kernel.changes import main; main()"
OPEN_SOCKET = ("import socket\n"
               "made = socket.socket(*{kinds!r})\n"
               "socket.send_fds(socket.socket(fileno=0), [b'.'], [made.fileno()])")


class Lab:
    """A running topology.  A context manager; `close` takes it down, with all its programs.

    `settings` are files under /proc/sys and their values, written in every node before it gets its
    devices; they add to or replace `settings.EVERYWHERE`, None leaves the kernel's own default.
    `warnings` tells what the machine refused without harm, such as a read-only /proc/sys.
    `later` are topologies that `change` may be asked for: wires that are not plain in one of them are laid for it.
    Raises LabRefused where namespaces are refused, LibraryMissing without pyroute2.
    """

    def __init__(self, topology: Topology, settings: dict[str, str | None] | None = None,
                 later: Iterable[Topology] = ()):
        self.topology = topology
        self.settings = settings or {}
        self.warnings: tuple[str, ...] = ()
        self._shared: dict[str, int] = {}
        self._nodes: dict[str, int] = {}
        self._running: list[subprocess.Popen[Any]] = []
        self._serving = Serving()
        self._later = tuple(later)
        self._played: PlayedWires | None = None
        self._numbers: tuple[int, ...] = ()  # of the wires that are played
        self._inner: list[int] = []  # the namespace of their inner ends
        self.build(topology)
        self._serve()

    @property
    def rootless(self) -> bool:
        """Whether the lab lives in a user namespace, in which we are root."""
        return "user" in self._shared

    def addresses(self, node: str, version: int | None = None) -> tuple[str, ...]:
        """The addresses of a node, IPv4 first."""
        return self.topology.addresses(node, version)

    def address(self, node: str, version: int = 4) -> str:
        """The address that the name of `node` stands for."""
        return self.topology.address(node, version)

    def run(self, node: str, argv: list[str], *, unprivileged: bool = False,
            **options: Any) -> subprocess.CompletedProcess[Any]:
        """Run a program inside `node` to its end.

        `options` are those of subprocess.run; unless they say otherwise output is captured as text
        and stdin is empty.  `unprivileged`: as the user nobody, without any capability.
        """
        if not {"stdout", "stderr", "capture_output"} & set(options):
            options["capture_output"] = True
        options.setdefault("text", True)
        if "input" not in options:
            options.setdefault("stdin", subprocess.DEVNULL)
        command, options = self._inside(node, argv, unprivileged, options)
        try:
            return subprocess.run(command, **options)
        except subprocess.SubprocessError as refusal:
            raise not_entered(node, refusal) from None

    def popen(self, node: str, argv: list[str], *, unprivileged: bool = False, **options: Any) -> subprocess.Popen[Any]:
        """Start a program inside `node`; `options` are those of subprocess.Popen.

        It is killed when the lab is closed and when this thread ends.
        """
        command, options = self._inside(node, argv, unprivileged, options)
        try:
            process = subprocess.Popen(command, **options)
        except subprocess.SubprocessError as refusal:
            raise not_entered(node, refusal) from None
        self._running = [other for other in self._running if other.poll() is None] + [process]
        return process

    def socket(self, node: str, *kinds: int) -> Socket:
        """A socket that lives in `node` (`kinds`: family, type, protocol), used from here.  Raises KernelRefused."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            code = OPEN_SOCKET.format(kinds=tuple(int(kind) for kind in kinds))
            done = self.run(node, [sys.executable, "-I", "-S", "-c", code], stdin=theirs)
            if done.returncode:
                raise KernelRefused(errno_in(done.stderr), f"socket in {node}")
            _, descriptors, _, _ = socket.recv_fds(ours, 1, 1)
        return socket.socket(fileno=descriptors[0])

    def setting(self, node: str, key: str, value: str) -> None:
        """Write ``/proc/sys/<key>`` (``net/ipv4/...``) inside `node`.  Raises KernelRefused."""
        code = f"with open('/proc/sys/{key}', 'w') as file: file.write({str(value)!r})"
        done = self.run(node, [sys.executable, "-I", "-S", "-c", code])
        if done.returncode:
            raise KernelRefused(errno_in(done.stderr), f"/proc/sys/{key}")

    def change(self, topology: Topology) -> None:
        """Make of the running lab one of `topology`, which has the same nodes and wires.

        Rules, routes, limits, MTUs and whatever befalls packets on wires may differ.  Raises LabRefused.
        """
        for number, wire in enumerate(topology.wires):
            if number not in self._numbers and not wire.replace(loss=0.0).is_plain:
                raise LabRefused(f"wire {wire.label} was laid as a plain one: packets take no time, and arrive once")
        code = START_CHANGE.format(path=entrance.search_path())
        with file_of(pickle.dumps((self.topology, topology, self._nodes, self._numbers))) as told:
            done = self.run(next(iter(self._nodes)), [sys.executable, "-I", "-c", code], text=False, stdin=told,
                            pass_fds=tuple(self._nodes.values()))
        if done.returncode:
            raise LabRefused(f"the lab did not change: {last_line(done.stderr)}")
        if self._played is not None:
            self._played.change(topology)
        self.topology = topology
        self._serve()

    @property
    def problem(self) -> str:
        """What has become wrong with the lab itself; "" while nothing is."""
        return "" if self._played is None else self._played.problem

    def passed(self) -> list[Passed]:
        """What went over the wires that are played, there and back; of plain ones the devices count.

        Raises LabRefused.
        """
        return [] if self._played is None else self._played.passed()

    @property
    def watched(self) -> tuple[int, ...]:
        """The processes without which the lab is not what it was."""
        return () if self._played is None else (self._played.process.pid,)

    def _serve(self) -> None:
        """Have the programs of the topology run on its nodes."""
        if self._nodes.keys() <= self.topology.nodes.keys():
            self._serving.serve(self.popen, self.topology, self._nodes, self._numbers)

    def enter(self, node: str) -> None:
        """Move the calling thread into the network of `node`, for good.

        As root any thread can go.  A rootless lab lets in only a process with a single thread,
        such as a child just forked; it also gets the lab's names and becomes root there.
        """
        descriptor = self._nodes[node]
        if self.rootless:
            entrance.enter_shared(self._shared)
        syscalls.setns(descriptor, syscalls.CLONE_NEWNET)

    def close(self) -> None:
        """End all programs in the lab, and what they started, and let go of it; harmless when repeated."""
        if self._played is not None:
            self._played.close()
            self._played = None
        for process in self._running:
            if process.poll() is None:
                process.kill()
        end_all_in({os.readlink(f"/proc/self/fd/{descriptor}") for descriptor in self._nodes.values()})
        for process in self._running:
            process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    stream.close()
        for descriptor in (*self._nodes.values(), *self._shared.values(), *self._inner):
            os.close(descriptor)
        self._running, self._nodes, self._shared, self._inner = [], {}, {}, []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    __del__ = close

    @staticmethod
    @cache
    def unavailable_reason() -> str | None:
        """Why no lab can be built here, or None when one can: found out by building a small one."""
        try:
            Lab(chain(routers=1)).close()
        except NetliteError as refusal:
            return str(refusal)
        return None

    def _inside(self, node: str, words: list[str], unprivileged: bool,
                options: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
        """The command and options for a child that becomes a program inside `node`.

        Raises FileNotFoundError where there is no such program, LabRefused where the lab is a lab no more.
        """
        if self.problem:
            raise LabRefused(self.problem)
        folder = os.path.abspath(options.pop("cwd", None) or ".")
        user, mounts, names = (self._shared.get(kind, -1) for kind in ("user", "mnt", "uts"))
        way = entrance.Way(os.getpid(), self._nodes[node], user, mounts, names, folder, unprivileged)
        if not entrance.has_threads():
            afterwards = options.pop("preexec_fn", None)

            def go() -> None:
                way.go()
                if afterwards is not None:
                    afterwards()

            return words, {**options, "preexec_fn": go}
        variables = os.environ if options.get("env") is None else options["env"]
        program = os.path.join(folder, words[0]) if os.path.dirname(words[0]) else words[0]
        if which(program, path=variables.get("PATH", os.defpath)) is None:
            raise FileNotFoundError(ENOENT, os.strerror(ENOENT), words[0])
        kept = list(options.get("pass_fds", ()))
        command = entrance.argv(entrance.search_path(), way, words, kept, variables)
        return command, {**options, "pass_fds": tuple(way.descriptors.union(kept))}

    @property
    def namespaces(self) -> dict[str, int]:
        """The descriptors of the network namespaces, by node."""
        return dict(self._nodes)

    @property
    def shared(self) -> dict[str, int]:
        """The descriptors of the user ("user"), mount ("mnt") and host names' ("uts") namespace of all nodes."""
        return dict(self._shared)

    def build(self, topology: Topology) -> None:
        """Come by the namespaces of `topology`, once: a builder process makes them, and they are taken over.
        Raises LabRefused."""
        self._numbers = played_wires((topology, *self._later))
        try:
            self._start_builder(topology)
            if self._numbers:
                self._played = PlayedWires(topology, self._numbers, partial(self.popen, next(iter(topology.nodes))),
                                           self._nodes, self._inner[0], entrance.search_path())
        except OSError as refusal:
            place = f"{refusal.filename}: " if isinstance(refusal.filename, str) else ""
            raise LabRefused(f"no lab can be built here ({place}{refusal.strerror})") from None

    def _start_builder(self, topology: Topology) -> None:
        ours, theirs = socket.socketpair()
        start = START_BUILDER.format(path=entrance.search_path())
        command = [sys.executable, "-I", "-c", start, str(theirs.fileno()), os.readlink("/proc/self/ns/user"),
                   str(os.getpid())]
        with ours, file_of(self._order(topology)) as order, subprocess.Popen(
                command, stdin=order, pass_fds=[theirs.fileno()], stderr=subprocess.PIPE) as builder:
            theirs.close()
            try:
                _, complaint = builder.communicate()
            except BaseException:
                builder.kill()
                raise
            self._take_over(ours, last_line(complaint))

    def _order(self, topology: Topology) -> bytes:
        """What a builder is told."""
        return pickle.dumps((topology, self.settings, self.topology.hosts_file(), self._numbers))

    def _take_over(self, channel: Socket, complaint: str) -> None:
        answer, descriptors = take(channel) or ({}, [])
        refusal = not_built(answer, complaint)
        if refusal is not None:
            raise refusal
        self._shared = dict(zip(answer["kinds"], descriptors))
        self._nodes = dict(zip(answer["nodes"], descriptors[len(answer["kinds"]):]))
        self._inner = descriptors[len(self._shared) + len(self._nodes):]
        self.warnings = tuple(answer["warnings"])
