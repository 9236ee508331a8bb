"""Stages: where a scene is played.  All have the same methods, whatever is behind them."""

from __future__ import annotations

import os
import socket
import subprocess
import textwrap
from codecs import getincrementaldecoder
from contextlib import ExitStack
from functools import partial
from select import POLLIN, poll

from ..errors import NetliteError
from .memory.forwarding import Internet
from .memory.lab import MemoryLab
from .memory.witness import WitnessedInternet
from .scene.experiments import Experiment
from .scene.scene import Connection, Scene
from .scene.topology import Topology

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO, Any, Protocol

    from ..environment import Environment
    from ..records.passage import Passage

    class Played(Protocol):
        """What is asked of `programs.simulate.Played`."""

        @property
        def stdout(self) -> str: ...
        @property
        def stderr(self) -> str: ...
        @property
        def status(self) -> int: ...

    Run = Callable[..., Played]
    """`programs.simulate.simulate`."""
    Show = Callable[[str], object]
    ArgvOf = Callable[[list[str]], list[str]]

    class Stage(Protocol):
        """Where the commands of a scene run."""

        def performs(self, experiment: Experiment) -> bool:
            """Whether it can be tried here at all."""

        def connect(self, connection: Connection, held: ExitStack) -> None:
            """Have a TCP connection stand while `held` is open."""

        def perform(self, node: str, words: list[str], show: Show) -> tuple[str, int]:
            """Run a command; its output and exit status."""

        def change(self, topology: Topology) -> None:
            """Something was broken or mended."""

    class AnyLab(Protocol):
        """What a `ProgramStage` asks of `Lab`, `UserspaceLab` and `Here`."""

        def popen(self, node: str, argv: list[str], **options: Any) -> subprocess.Popen[bytes]: ...
        def socket(self, node: str, *kinds: int) -> socket.socket: ...
        def address(self, node: str, version: int = ...) -> str: ...
        def change(self, topology: Topology) -> None: ...

SECOND_MS = 1000
IN_MEMORY = ("ping", "ping4", "ping6", "traceroute", "traceroute6", "tracert", "tcptraceroute", "tracepath", "mtu",
             "why", "watch", "dhcp", "netstat", "ifconfig", "route", "arp", "hostname", "dnsdomainname", "domainname",
             "nisdomainname", "ypdomainname")  # netlite's own programs


class Here:
    """The machine itself as a lab with one node, for where no lab can be built."""

    def popen(self, node: str, argv: list[str], **options: Any) -> subprocess.Popen[bytes]:
        """Start a program."""
        return subprocess.Popen(argv, **options)

    def socket(self, node: str, *kinds: int) -> socket.socket:
        """Open a socket."""
        return socket.socket(*kinds)

    def address(self, node: str, version: int = 4) -> str:
        """The loopback address."""
        return "127.0.0.1" if version == 4 else "::1"

    def change(self, topology: Topology) -> None:
        """Raises NetliteError: nothing of this machine is broken for a scene."""
        raise NetliteError("on this machine itself nothing is broken or mended")


class ProgramStage:
    """Commands are programs in a lab (`Lab`, `UserspaceLab`, `Here`), whose close is its owner's business.

    `argv_of` says which program stands for the words of a command: with `list` those of the machine.  `node`:
    the only node that can run programs, where not all can.
    """

    def __init__(self, lab: AnyLab, argv_of: ArgvOf, node: str | None = None):
        self.lab = lab
        self._argv_of = argv_of
        self._node = node

    def performs(self, experiment: Experiment) -> bool:
        return self._node is None or experiment.node == self._node and not experiment.command.startswith("netstat")

    def connect(self, connection: Connection, held: ExitStack) -> None:
        """Port 0 takes any."""
        if self._node is not None:
            return  # there is no kernel at the other end
        kinds = (socket.AF_INET, socket.SOCK_STREAM)
        listener = held.enter_context(self.lab.socket(connection.server, *kinds))
        listener.bind((self.lab.address(connection.server), connection.port))
        listener.listen()
        client = held.enter_context(self.lab.socket(connection.client, *kinds))
        client.connect(listener.getsockname())
        held.enter_context(listener.accept()[0])

    def perform(self, node: str, words: list[str], show: Show) -> tuple[str, int]:
        with self.lab.popen(node, self._argv_of(words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, env={**os.environ, "LC_ALL": "C"}) as process:
            assert process.stdout is not None
            try:
                output = follow(process.stdout, show)
            except BaseException:
                process.kill()
                raise
        return output, process.returncode

    def change(self, topology: Topology) -> None:
        self.lab.change(topology)


class HereStage(ProgramStage):
    """This machine itself, which may lack what some experiments need."""

    def __init__(self, argv_of: ArgvOf):
        super().__init__(Here(), argv_of)
        kinds = (socket.SOCK_DGRAM, socket.SOCK_RAW)
        self.has = {"icmp": any(_opens(socket.AF_INET, kind, socket.IPPROTO_ICMP) for kind in kinds),
                    "ipv6": _opens(socket.AF_INET6, socket.SOCK_DGRAM, 0)}

    def performs(self, experiment: Experiment) -> bool:
        return all(self.has[need] for need in experiment.needs)


class MemoryStage:
    """Commands run in this process, on the network in memory; their times are virtual.

    `simulate` (programs.simulate) runs one; what it changes on a node is there for the next.
    If it is `witnessed`, `passages` has a list for each command: what every packet did, as `records.passage`s.
    `outside` is the world of who runs them, for the files that commands name.
    """

    def __init__(self, scene: Scene, simulate: Run, witnessed: bool = False, outside: Environment | None = None):
        self._simulate = simulate
        self._outside = outside
        self.passages: list[list[Passage]] = []
        self._witnessed = witnessed
        self._scene = scene
        self.lab = MemoryLab(scene.topology)

    def performs(self, experiment: Experiment) -> bool:
        return experiment.command.split()[0] in IN_MEMORY

    def _internet(self) -> Callable[..., Internet]:
        """What carries the packets of the next command."""
        if not self._witnessed:
            return Internet
        self.passages.append([])
        return partial(WitnessedInternet, self.passages[-1].append)

    def connect(self, connection: Connection, held: ExitStack) -> None:
        """As the nodes' tables show it."""
        held.enter_context(self.lab.connection(connection.client, connection.server, connection.port))

    def perform(self, node: str, words: list[str], show: Show, indent: str = "   | ") -> tuple[str, int]:
        played = self._simulate(words, self.lab.topology, node, lab=self.lab, internet=self._internet(),
                                outside=self._outside)
        show(textwrap.indent(played.stdout + played.stderr, indent, lambda line: True))
        return played.stdout + played.stderr, played.status

    def perform_alone(self, words: list[str], show: Show, indent: str = "") -> int:
        """A command on the first node of the scene, while its connections stand; returns the status."""
        with ExitStack() as held:
            for connection in self._scene.connections:
                self.connect(connection, held)
            return self.perform(next(iter(self._scene.topology.nodes)), words, show, indent)[1]

    def change(self, topology: Topology) -> None:
        self.lab.change(topology)


def _opens(family: int, kind: int, protocol: int) -> bool:
    """Whether such a socket opens and can be bound to the loopback address."""
    try:
        with socket.socket(family, kind, protocol) as opened:
            opened.bind(("127.0.0.1" if family == socket.AF_INET else "::1", 0))
        return True
    except OSError:
        return False


def follow(stream: IO[bytes], show: Show) -> str:
    """Show what a program prints, line by line as it comes, and a dot for each second without a word."""
    text, shown, waiting = "", 0, False
    polled = poll()
    polled.register(stream, POLLIN)
    decoder = getincrementaldecoder("utf-8")("replace")  # a chunk may end in the middle of a character
    while True:
        if not polled.poll(SECOND_MS):
            show("." if waiting else "   ")
            waiting = True
            continue
        data = os.read(stream.fileno(), 65536)
        if waiting:
            show("\n")
            waiting = False
        text += decoder.decode(data, final=not data)
        end = text.rfind("\n") + 1 if data else len(text)
        show(textwrap.indent(text[shown:end], "   | ", lambda line: True))
        shown = max(shown, end)
        if not data:
            return text
