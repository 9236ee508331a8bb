"""A running lab that other processes of the same user can visit: to run programs in it, break and mend it.

The process that holds the lab listens on abstract Unix sockets (unix(7)), which are gone when it is,
however it ends.  Their names belong to a network namespace, so there is one where the lab was started
and one in each node in which it started a shell.  A visitor gets the descriptors of the namespaces
and enters by itself: its terminal, signals and exit status are then those of any program.
"""

from __future__ import annotations

import os
import select
import signal
import socket
from struct import unpack

from ...errors import NetliteError
from ...feature_errors import NoLab
from ..scene.scene import Scene, load, read_plainly
from ..scene.topology import Topology
from . import handover
from .namespaces import Lab

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from typing import Any

REQUEST_BYTES = 4096
PATIENCE_S = 5.0


def readable(descriptors: list[int], wait_ms: int | None = None) -> set[int]:
    """Those that can be read, once there are some or the time is over.  A lab of a thousand nodes has descriptors
    that select(2) does not take."""
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return {descriptor for descriptor, _ in poll.poll(wait_ms)}


def address(name: str) -> str:
    """The abstract address of this user's lab; inside a rootless lab this user is 0, and so says the lab."""
    return f"\0netlite-lab-{os.geteuid()}-{name}"


class RunningLab:
    """The side that holds the lab: answers visitors while a program runs.

    `lab` has `namespaces` and `shared` (`Lab`, `UserspaceLab`).  `on` names the faults that are on.
    """

    def __init__(self, lab: Lab, scene: Scene, backend: str, name: str):
        self.lab = lab
        self.scene = scene
        self.backend = backend
        self.on: tuple[str, ...] = ()
        self._name = name
        self._listeners: list[socket.socket] = []
        self._told_to_end = False
        self._heard_in: set[str] = set()

    def listen(self) -> bool:
        """Be there for visitors of the namespace we are in; False when another lab has the name."""
        return self._listen_on(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM), address(self._name))

    def listen_in(self, node: str) -> bool:
        """Be there for visitors from inside `node`, where we count as root when the lab is rootless."""
        if node in self._heard_in or node not in self.lab.namespaces:
            return False
        self._heard_in.add(node)
        inside = f"\0netlite-lab-{0 if self.lab.rootless else os.geteuid()}-{self._name}"
        return self._listen_on(self.lab.socket(node, socket.AF_UNIX, socket.SOCK_STREAM), inside)

    def _listen_on(self, opened: socket.socket, place: str) -> bool:
        try:
            opened.bind(place)
        except OSError:
            opened.close()
            return False
        opened.listen()
        self._listeners.append(opened)
        return True

    def wait(self, process: subprocess.Popen[Any], complain: Callable[[str], object] = lambda problem: None) -> int:
        """Answer visitors until `process` (a Popen) ends or one of them ends the lab; its exit status.

        `complain` is told at once of what goes wrong with the lab itself.
        """
        watched = os.pidfd_open(process.pid)
        needed = {os.pidfd_open(each) for each in self.lab.watched} if self.lab else set()
        try:
            while not self._told_to_end:
                ready = readable([watched, *needed, *(listener.fileno() for listener in self._listeners)])
                for ended in needed & ready:
                    complain(self.lab.problem)
                    needed.remove(ended)
                    os.close(ended)
                for listener in [each for each in self._listeners if each.fileno() in ready]:
                    self._answer(listener.accept()[0])
                if watched in ready:
                    break
        finally:
            for each in (watched, *needed):
                os.close(each)
        if self._told_to_end:
            process.kill()
        status: int = process.wait()
        return status if status >= 0 else 128 - status

    def close(self) -> None:
        """Listen no more; the lab itself is not ours to close."""
        for listener in self._listeners:
            listener.close()
        self._listeners = []

    def _answer(self, visitor: socket.socket) -> None:
        with visitor:
            visitor.settimeout(PATIENCE_S)
            try:
                if _user_of(visitor) not in (os.geteuid(), 0):
                    return
                request, _, word = visitor.recv(REQUEST_BYTES).decode().partition(" ")
                answer, descriptors = self.reply(request, word)
                handover.give(visitor, answer, descriptors)
            except (OSError, UnicodeDecodeError):
                pass  # a visitor that left, or never meant us

    def reply(self, request: str, word: str) -> tuple[handover.Answer, list[int]]:
        """The answer to "join NODE", "state", "break NAME", "fix NAME" or "down", and its descriptors."""
        descriptors: list[int] = []
        try:
            if request in ("break", "fix"):
                self._switch(word, request == "break")
            elif request == "down":
                self._told_to_end = True
            elif request == "join":
                if self.lab.problem:
                    return {"problem": self.lab.problem}, []
                self.listen_in(word)
                descriptors = [*self.lab.shared.values(), *self.lab.namespaces.values()]
            elif request != "state":
                return {"problem": f"a lab does not know {request!r}"}, []
            passed = self.lab.passed() if request == "state" else []
        except NetliteError as problem:
            return {"problem": str(problem)}, []
        return {"scene": self.scene.source, "backend": self.backend, "on": self.on, "process": os.getpid(),
                "passed": passed, "kinds": list(self.lab.shared), "nodes": list(self.lab.namespaces)}, descriptors

    def _switch(self, name: str, on: bool) -> None:
        others = tuple(each for each in self.on if each != name)
        wanted = (*others, name) if on else others
        self.scene.broken((name,))  # complains about names that are none
        if wanted != self.on:
            self.lab.change(self.scene.broken(wanted))
            self.on = wanted


def ask(name: str, request: str) -> tuple[handover.Answer, list[int]]:
    """What the running lab answers.  Raises NoLab."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel:
        channel.settimeout(10 * PATIENCE_S)
        try:
            channel.connect(address(name))
            if _user_of(channel) != os.geteuid():
                raise NoLab("the lab that runs here is somebody else's")
            channel.sendall(request.encode())
            taken = handover.take(channel)
        except OSError:
            taken = None
    if taken is None:
        raise NoLab("no lab of yours is running; start one with: netlite lab run SCENE")
    if "problem" in taken[0]:
        raise NoLab(taken[0]["problem"])
    return taken


class JoinedLab(Lab):
    """A lab that another process holds, entered as a visitor: all of `Lab`, but closing it only leaves it.

    `node`: where the visitor is going, so that programs there find the lab too.  `read` as for `load`.
    """

    _running: list[subprocess.Popen[Any]] = []  # both are there to be closed when it could not be entered
    _handed: list[int] = []

    def __init__(self, name: str, node: str = "", read: Callable[[str], bytes] = read_plainly):
        self.state, self._handed = ask(name, f"join {node}")
        self.scene = load(self.state["scene"], read)
        super().__init__(self.scene.broken(self.state["on"]))

    def build(self, topology: Topology) -> None:
        """They are there already: the lab has handed over their descriptors."""
        kinds = self.state["kinds"]
        self._shared = dict(zip(kinds, self._handed))
        self._nodes = dict(zip(self.state["nodes"], self._handed[len(kinds):]))

    def _serve(self) -> None:
        """The programs of its nodes run already."""

    def close(self) -> None:
        for process in self._running:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()
        for descriptor in self._handed:
            os.close(descriptor)
        self._running, self._handed, self._nodes, self._shared = [], [], {}, {}

    __del__ = close


def _user_of(peer: socket.socket) -> int:
    """Who is at the other end (SO_PEERCRED), as our user namespace calls them."""
    user: int = unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1]
    return user
