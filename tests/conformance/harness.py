"""Conformance: the original program and netlite's, in the same namespace, with the same words.

How to add cases.  ``cases_<program>.py`` holds a list ``CASES`` of `Case` records::

    CASES = [
        Case("ping -c1 10.77.4.2"),
        Case("ping -c1 -i0.002 h2.lab", user="nobody", note="name, datagram socket"),
        Case("ping 10.77.4.2", signals=[After(b"icmp_seq=1", SIGINT)]),
        Case("ping -c1 -F 7 fd77:4::2", unmask=["flow"]),
        Case("ifconfig e0 mtu 1400", changes=True, then=["ip -o link show e0"]),
    ]

Each case runs twice, first the original found on PATH, then netlite's program of the same name,
and stdout, stderr, exit status and the packets sent have to be equal after masking.  Packets are
caught on all interfaces of the node as they leave it and described in one line each (`capture`),
so that one kind of mask, a named regular expression of `masks`, serves text and packets.

Scenes are functions in ``scenes.py``; each is built once a session and shared by its cases, except
where a case `changes` the node: it then gets two fresh scenes, one for either program.  A fixed
``/etc`` (tests/fixtures/etc) gives host names; there is no name server.
"""

from __future__ import annotations

import os
import select
import subprocess
import time
from pathlib import Path

from capture import Capture
from masks import masks_for
from netlite.records.record import Record

ORIGINALS_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
NOBODY = 65534


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
    `before` and `then` are commands run in the node before and after the program, the output of `then`
    is compared too; `changes` asks for scenes of its own.
    `packets` is "ordered", "unordered" or "ignored".  `differs` maps a part ("stdout", "stderr",
    "status", "packets", "then") to why netlite differs there on purpose; such a part must differ.
    `attempts` above 1 compares again after a difference, for cases where the original itself depends on
    how busy the machine is (traceroute's waits are multiples of round-trip times: prefer ``-w 2,0,0``).
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
    changes: bool = False
    packets: str = "ordered"
    differs: dict = {}
    attempts: int = 1
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


def observe(case: Case, world, path: str) -> Outcome:
    """Run a case's program as found on `path` in a node of `world` (scenes.World)."""
    world.forget_paths(case.node)
    with world.inside(case.node):
        for command in case.before:
            _shell(command)
        with Capture() as capture:
            stdout, stderr, status, packets = _run(case, path, capture)
        then = [_shell(command) for command in case.then]
    masked = masks_for(case.program, case.masks, case.unmask)
    if case.packets == "ignored":
        packets = []
    packets = [masked(packet) for packet in packets]
    if case.packets == "unordered":
        packets.sort()
    lines = [masked(text.decode("utf-8", "backslashreplace")).split("\n") for text in (stdout, stderr)]
    return Outcome(*lines, status, packets, [masked(text).split("\n") for text in then])


def _run(case: Case, path: str, capture: Capture):
    identity = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if case.user == "nobody" else {}
    environment = {"PATH": path, "LC_ALL": "C", "HOME": "/nonexistent", **case.environment}
    process = subprocess.Popen(case.words, env=environment, cwd="/", stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, **identity)
    try:
        if case.stdin:
            process.stdin.write(case.stdin)
        process.stdin.close()
        texts = _follow(case, process, capture)
        return *texts, process.wait(), capture.packets
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()
        process.stderr.close()


def _follow(case: Case, process, capture: Capture) -> list[bytes]:
    """Read both streams to their end, sending the case's signals on the way."""
    streams = {process.stdout.fileno(): b"", process.stderr.fileno(): b""}
    still_open, waiting = set(streams), list(case.signals)
    deadline = time.monotonic() + case.timeout_s
    while still_open:
        ready, _, _ = select.select([*still_open, capture], [], [], max(0, deadline - time.monotonic()))
        assert ready, f"no end after {case.timeout_s} s; so far {streams}"
        capture.drain()
        for fd in still_open.intersection(ready):
            data = os.read(fd, 1 << 16)
            streams[fd] += data
            if not data:
                still_open.remove(fd)
        if waiting and _is_due(waiting[0], streams.values(), len(capture.packets)):
            process.send_signal(waiting.pop(0).signal)
    capture.drain()
    return list(streams.values())


def _is_due(after: After, texts, packets: int) -> bool:
    if after.packets:
        return packets >= after.packets
    return any(after.text in text for text in texts)


def _shell(command: str) -> str:
    """Run a command line of the scene (not of the program under test); its output and status."""
    done = subprocess.run(command.split(), capture_output=True, text=True, timeout=20,
                          env={"PATH": ORIGINALS_PATH, "LC_ALL": "C"})
    return f"{done.stdout}{done.stderr}[{done.returncode}]"


def netlite_folder(target: Path, interpreter: str) -> str:
    """A PATH with netlite's programs under their plain names, readable for every user."""
    import compileall
    import shutil

    checkout = Path(__file__).resolve().parents[2]
    shutil.copytree(checkout / "netlite", target / "netlite", ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(target / "netlite", quiet=1)
    (target / "bin").mkdir()
    for script in (checkout / "bin").iterdir():
        _, _, body = script.read_text().partition("\n")
        copy = target / "bin" / script.name
        copy.write_text(f"#!{interpreter} -I\n{body}")
        copy.chmod(0o755)
    target.chmod(0o755)
    return f"{target}/bin:{ORIGINALS_PATH}"
