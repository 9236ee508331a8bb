"""Conformance: the original program and netlite's, in the same namespace, with the same words.

How to add cases.  ``cases_<program>.py`` holds a list ``CASES`` of `Case` records::

    CASES = [
        Case("ping -c1 10.77.4.2"),
        Case("ping -c1 -i0.002 h2.lab", user="nobody", note="name, datagram socket"),
        Case("ping 10.77.4.2", signals=[After(b"icmp_seq=1", SIGINT)]),
        Case("ping -c1 -F 7 fd77:4::2", unmask=["flow"]),
        Case("ifconfig eth0 mtu 1400", scene="host", then=["ip -o link show eth0"],
             undo=["ip link set eth0 mtu 1500"]),
    ]

Each case runs the original found on PATH and netlite's program of the same name, and stdout, stderr, exit status and the packets sent have to be equal after masking.  Packets are
caught on all interfaces of the node as they leave it and described in one line each (`capture`),
so that one kind of mask, a named regular expression of `masks`, serves text and packets.

Netlite's start by its script wherever a case has something new in how they start (`started_by_script`); else they are
forked off a process that has them loaded (warm_programs.py), for a start of Python costs more than most of them do.

The programs that send probes run at the same time in twins of a scene, for they mostly wait; those
that show tables, and a second look, run one after the other in the same one.

Scenes are labs, listed in ``scenes.py``; each is built once a session and shared by its cases, except
where a case `changes` the node: it then gets two fresh scenes, one for either program.  Names are
those of the lab (h2.lab); there is no name server.
"""

from __future__ import annotations

import os
import select
import subprocess
import time
from pathlib import Path

from masks import masks_for
from warm_programs import Programs, variables

from netlite.records.record import Record

PATH_LEARNERS = ("ping", "traceroute", "tracepath")
# path MTUs and redirects outlive a program; IPv6 keeps them with the route, and counts them (fib_rt_cache)
FORGET_PATHS = ("echo 1 >/proc/sys/net/ipv4/route/flush; read -r _ _ _ _ kept _ </proc/net/rt6_stats; "
                '[ "$kept" = 0000 ] || ip -6 route flush cache')


class After(Record):
    """Send `signal` once `text` appeared on stdout or stderr, or once `packets` packets left."""

    text: bytes
    signal: int
    packets: int = 0


class Case(Record):
    """One command line to compare.

    `command` is split at blanks (a list is taken as it is); `user` is None (whoever runs the tests)
    or "nobody"; `environment` adds variables, `stdin` is fed to the program; `signals` lists `After`,
    sent one after the other; `masks` adds names from masks.py to the program's own, `unmask` removes some.
    `before` and `then` are shell commands run in the node before and after the program, the output of `then`
    is compared too.  A case that changes the node lists in `undo` what takes that back, or asks for two
    fresh scenes with `changes` (a second's work; prefer `undo`).
    `packets` is "ordered", "unordered" or "ignored".  `differs` maps a part ("stdout", "stderr",
    "status", "packets", "then") to why netlite differs there on purpose; such a part must differ.
    `attempts`: a difference counts when it shows so many times in a row.  What the original does can
    itself depend on how busy the machine is (traceroute's waits are multiples of round-trip times: prefer
    ``-w 2,0,0``); cases that needed a second look are listed at the end of the run.
    """

    command: str | list
    scene: str = "chain"
    node: str = "h1"
    user: str | None = None
    environment: dict = {}
    stdin: bytes | None = None
    signals: tuple = ()
    timeout_s: float = 20.0
    masks: tuple = ()
    unmask: tuple = ()
    before: tuple = ()
    then: tuple = ()
    undo: tuple = ()
    changes: bool = False
    packets: str = "ordered"
    differs: dict = {}
    attempts: int = 2
    note: str = ""

    @property
    def words(self) -> list[str]:
        return self.command.split() if isinstance(self.command, str) else list(self.command)

    @property
    def program(self) -> str:
        return self.words[0].rsplit("/", 1)[-1]

    @property
    def name(self) -> str:
        user = f" as {self.user}" if self.user else ""
        return " ".join(self.words) + user + (f" ({self.note})" if self.note else "")


class Outcome(Record):
    """What one run of a program left behind, masked, ready to compare."""

    stdout: list
    stderr: list
    status: int
    packets: list
    then: list


def started_by_script(cases: list[Case]) -> set[str]:
    """The names of those in which netlite is started as a user does it: all with variables, input, signals or odd words, the first
    with each option of a program, in each scene and of each user, and every tenth."""
    names, known = set(), set()
    for number, case in enumerate(cases):
        options = [word[:2] if word[1] != "-" else word.partition("=")[0] for word in case.words if word[:1] == "-" and word != "-"]
        met = {(case.words[0], each) for each in (case.scene, case.user, *options)}
        odd = case.environment or case.stdin is not None or case.signals or not isinstance(case.command, str)
        if odd or met - known or number % 10 == 0:
            names.add(case.name)
        known |= met
    return names


def observe(case: Case, places) -> list[Outcome]:
    """Run a case's program in each of `places`, all at the same time: (world, start) pairs."""
    runs: list[Run] = []
    try:
        for world, start in places:
            runs.append(Run(case, world, start))
        _follow(runs, case.timeout_s)
        return [run.outcome() for run in runs]
    finally:
        for run in runs:
            run.stop()


class Start(Record):
    """How a case's program starts: that on the `path`, or "" for netlite's, forked off one that is loaded; by `programs` where they can be."""

    path: str
    programs: Programs | None

    def popen(self, case: Case, lab):
        """Start it, as a subprocess.Popen."""
        nobody = case.user == "nobody"
        environment = {**variables(self.path), **case.environment} if self.path else None
        if self.programs is not None:
            return self.programs.popen(lab, case.node, case.words, nobody, environment)
        return lab.popen(case.node, case.words, unprivileged=nobody, cwd="/", env=environment,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


class Run:
    """A case's program as it runs in a world (scenes.World)."""

    def __init__(self, case: Case, world, start: Start):
        self.case = case
        self.lab = world.lab
        self.capture = world.capture(case.node)
        self._shell = world.shell(case.node).run
        preparations = (FORGET_PATHS,) * (case.program in PATH_LEARNERS) + tuple(case.before)
        if preparations:
            self._shell("\n".join(preparations))
        self.capture.begin()
        self._process = start.popen(case, self.lab)
        self._texts = {self._process.stdout.fileno(): b"", self._process.stderr.fileno(): b""}
        self.still_open = set(self._texts)
        self._signals = list(case.signals)
        if case.stdin:
            self._process.stdin.write(case.stdin)
        self._process.stdin.close()

    def take_in(self, ready) -> None:
        """Read what has come, and send the signal that is due."""
        self.capture.drain()
        for fd in self.still_open.intersection(ready):
            data = os.read(fd, 1 << 16)
            self._texts[fd] += data
            if not data:
                self.still_open.remove(fd)
        if self._signals and _is_due(self._signals[0], self._texts.values(), len(self.capture.packets)):
            _wait_until_asleep(self._process.pid)  # one between a look at what came and the wait is heeded after the wait
            self._process.send_signal(self._signals.pop(0).signal)

    def outcome(self) -> Outcome:
        """Wait for the end; what the run left behind."""
        case, status = self.case, self._process.wait()
        self.capture.drain()
        then = ["{}[{}]".format(*self._shell(command)) for command in case.then]
        if case.undo:
            self._shell("\n".join(case.undo))
        masked = masks_for(case.program, case.masks, case.unmask)
        packets = [] if case.packets == "ignored" else [masked(packet) for packet in self.capture.packets]
        if case.packets == "unordered":
            packets.sort()
        lines = [masked(text.decode("utf-8", "backslashreplace")).split("\n") for text in self._texts.values()]
        return Outcome(*lines, status, packets, [line for text in then for line in masked(text).split("\n")])

    def stop(self) -> None:
        """End the program if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._process.stderr.close()


def _follow(runs: list[Run], timeout_s: float) -> None:
    """Read all streams to their end."""
    deadline = time.monotonic() + timeout_s
    while any(run.still_open for run in runs):
        listened = [source for run in runs if run.still_open for source in (*run.still_open, run.capture)]
        ready, _, _ = select.select(listened, [], [], max(0, deadline - time.monotonic()))
        assert ready, f"no end after {timeout_s} s"
        for run in runs:
            run.take_in(ready)


def _wait_until_asleep(pid: int) -> None:
    """Return once a process waits, or is no more; after a second in any case."""
    for _ in range(1000):
        try:
            state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return
        if state != b"R":
            return
        time.sleep(0.001)


def _is_due(after: After, texts, packets: int) -> bool:
    if after.packets:
        return packets >= after.packets
    return any(after.text in text for text in texts)
