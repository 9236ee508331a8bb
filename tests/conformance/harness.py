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

Each case runs twice, first the original found on PATH, then netlite's program of the same name,
and stdout, stderr, exit status and the packets sent have to be equal after masking.  Packets are
caught on all interfaces of the node as they leave it and described in one line each (`capture`),
so that one kind of mask, a named regular expression of `masks`, serves text and packets.

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

from capture import Capture
from masks import masks_for
from netlite.records.record import Record

ORIGINALS_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
PATH_LEARNERS = ("ping", "traceroute", "tracepath")
FORGET_PATHS = """# path MTUs and redirects outlive a program; an IPv6 route loses them when replaced
echo 1 >/proc/sys/net/ipv4/route/flush
ip -6 route show | grep ' via ' | while read -r route; do ip -6 route replace $route; done"""


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


def observe(case: Case, world, path: str) -> Outcome:
    """Run a case's program as found on `path` in a node of `world` (scenes.World)."""
    lab = world.lab
    if case.program in PATH_LEARNERS:
        lab.run(case.node, ["sh", "-c", FORGET_PATHS])
    for command in case.before:
        _shell(lab, case.node, command)
    capture = world.capture(case.node)
    capture.begin()
    stdout, stderr, status = _run(case, lab, path, capture)
    then = [_shell(lab, case.node, command) for command in case.then]
    for command in case.undo:
        _shell(lab, case.node, command)
    masked = masks_for(case.program, case.masks, case.unmask)
    packets = [] if case.packets == "ignored" else [masked(packet) for packet in capture.packets]
    if case.packets == "unordered":
        packets.sort()
    lines = [masked(text.decode("utf-8", "backslashreplace")).split("\n") for text in (stdout, stderr)]
    return Outcome(*lines, status, packets, [line for text in then for line in masked(text).split("\n")])


def _run(case: Case, lab, path: str, capture: Capture):
    environment = {"PATH": path, "LC_ALL": "C", "HOME": "/nonexistent", **case.environment}
    process = lab.popen(case.node, case.words, unprivileged=case.user == "nobody", env=environment, cwd="/",
                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        if case.stdin:
            process.stdin.write(case.stdin)
        process.stdin.close()
        texts = _follow(case, process, capture)
        return *texts, process.wait()
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


def _shell(lab, node: str, command: str) -> str:
    """Run a shell command line that belongs to the case, not to the program; its output and status."""
    done = lab.run(node, ["sh", "-c", command], timeout=20, env={"PATH": ORIGINALS_PATH, "LC_ALL": "C"})
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
