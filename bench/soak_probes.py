"""A long watch of the probing programs on a wire that loses, repeats and reorders, beside a count of what is on it.

ping sends up to 1,000 packets a second, traceroute and ping of many targets run over and over, all through the Internet
in user space.  A process of its own reads every packet of the wire.  What the programs say they sent, received and
received twice must be what that process saw, to the packet.

So nothing may be under way at the end: the others come to theirs, then the wire loses all, and when no answer has come
for a while ping is interrupted, which goes on sending all the time.
"""

from __future__ import annotations

import mmap
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from struct import pack, unpack

from netlite.lab.scene.parts import Node, Wire
from netlite.lab.scene.topology import Topology
from netlite.lab.userspace.internet import UserspaceLab
from netlite.programs.registry import netlite_argv

MS = 1_000_000
IDENTIFIER = 4660
QUIET_S = 2.0  # without an answer, while all is lost: more than any was ever under way
GROWTH_KIB = 2048
GROWN_UP = 5000  # packets: by then ping has taken the room that it needs, however long it runs
ROUGH = Wire(("r1", "r2"), delay_ns=2 * MS, jitter_ns=2 * MS, loss=0.02, duplicates=0.01, reordering=0.05)
NET = Topology([Node("client"), Node("r1", forwards=True), Node("r2", forwards=True), Node("server")],
               [Wire(("client", "r1")), ROUGH, Wire(("r2", "server"))], "soak")
SO_RCVBUFFORCE, SOL_PACKET, PACKET_STATISTICS = 33, 263, 6
REQUEST, REPLY, ERRORS = 8, 0, (3, 11)
QUOTE_AT = 34 + 8  # of an Ethernet frame: the packet that an ICMP error is about
OUTGOING = 4  # PACKET_OUTGOING


class Counts:
    """Of one kind of probe: sent, answered at least once, answered again."""

    def __init__(self) -> None:
        self.sent = self.received = self.duplicates = 0
        self._answered: set[tuple] = set()

    def left(self, probe: tuple) -> None:
        self.sent += 1
        self._answered.discard(probe)

    def came(self, probe: tuple) -> None:
        if probe in self._answered:
            self.duplicates += 1
        else:
            self._answered.add(probe)
            self.received += 1

    def told(self) -> tuple[int, int, int]:
        return self.sent, self.received, self.duplicates


def watch(wire: socket.socket, answers: int, so_far: mmap.mmap) -> None:
    """Count until SIGTERM, then write the counts to the descriptor `answers`; how many packets ping sent and how many
    answers came to it are in `so_far` all the time.  Does not return."""
    counts = {"ping": Counts(), "many": Counts(), "trace": Counts()}
    over: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: over.append(1))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wire.settimeout(0.2)
    while True:
        try:
            frame, address = wire.recvfrom(2048)
        except TimeoutError:
            if over:
                break
            continue
        if frame[12:14] == b"\x08\x00" and frame[14] == 0x45:
            count(counts, frame, address[2] == OUTGOING)
            ping = counts["ping"]
            so_far[:16] = pack("QQ", ping.sent, ping.received + ping.duplicates)
    dropped = int.from_bytes(wire.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8)[4:], sys.byteorder)
    os.write(answers, pickle.dumps(({name: each.told() for name, each in counts.items()}, dropped)))
    os._exit(0)


def count(counts: dict[str, Counts], frame: bytes, outgoing: bool) -> None:
    """One IPv4 packet without options."""
    protocol = frame[23]
    if protocol == 17 and outgoing:
        counts["trace"].left((frame[34:38],))
    elif protocol == 1:
        kind, identifier, sequence = frame[34], int.from_bytes(frame[38:40], "big"), frame[40:42]
        which = counts["ping" if identifier == IDENTIFIER else "many"]
        if kind == REQUEST and outgoing:
            which.left((identifier, sequence))
        elif kind == REPLY and not outgoing:
            which.came((identifier, sequence))
        elif kind in ERRORS and not outgoing and frame[QUOTE_AT + 9] == 17:
            counts["trace"].came((frame[QUOTE_AT + 20:QUOTE_AT + 24],))


class Watcher:
    """The process that counts."""

    def __init__(self, lab: UserspaceLab):
        wire = lab.socket("client", socket.AF_PACKET, socket.SOCK_RAW, 0)
        wire.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
        wire.bind((lab.topology.interfaces("client")[0].device, 3))
        ours, theirs = os.pipe()
        self._so_far = mmap.mmap(-1, 16)
        self._process, self._answers = os.fork(), ours
        if not self._process:
            watch(wire, theirs, self._so_far)
        os.close(theirs)
        wire.close()

    @property
    def pings(self) -> int:
        """How many packets ping has sent so far."""
        return int(unpack("QQ", self._so_far[:16])[0])

    @property
    def answers(self) -> int:
        """How many answers to ping have come so far."""
        return int(unpack("QQ", self._so_far[:16])[1])

    def stop(self) -> tuple[dict[str, tuple[int, int, int]], int]:
        """The counts by kind, and how many packets the counting process was too slow for."""
        os.kill(self._process, signal.SIGTERM)
        with open(self._answers, "rb") as answers:
            told: tuple[dict[str, tuple[int, int, int]], int] = pickle.load(answers)
        os.waitpid(self._process, 0)
        return told


class Over(threading.Thread):
    """A command run again and again until told to stop; `read` makes numbers of an output, which are added up."""

    def __init__(self, lab: UserspaceLab, command: str, read):
        super().__init__()
        self._lab, self._argv, self._read = lab, netlite_argv(command.split()), read
        self.over = False
        self.runs = 0
        self.totals = [0, 0, 0]
        self.faults: list[str] = []
        self.command = command

    def run(self) -> None:
        while not self.over:
            done = self._lab.run("client", self._argv)
            self.runs += 1
            if done.returncode not in (0, 1) or done.stderr:
                self.faults.append(f"{self.command}: status {done.returncode}: {done.stderr[-300:]}")
                return
            self.totals = [total + more for total, more in zip(self.totals, self._read(done.stdout))]


def read_trace(text: str) -> tuple[int, int, int]:
    """Probes and those answered: each is a time in ms or a star."""
    words = text.split("\n", 1)[1].split()
    return words.count("ms") + words.count("*"), words.count("ms"), 0


def read_many(text: str) -> tuple[int, int, int]:
    """From the last line: ``--- 3 targets: 3 up, 0 down; 30 sent, 29 received, time …``."""
    words = text.splitlines()[-1].replace(",", "").replace(";", "").split()
    return int(words[words.index("sent") - 1]), int(words[words.index("received") - 1]), 0


def read_ping(text: str) -> tuple[int, int, int]:
    """From the line of totals."""
    line = next(line for line in text.splitlines() if "packets transmitted" in line).replace(",", "").split()
    duplicates = int(line[line.index("duplicates") - 1].lstrip("+")) if "duplicates" in line else 0
    return int(line[0]), int(line[line.index("received") - 1]), duplicates


def holds(process: int) -> tuple[int, int]:
    """Resident memory in KiB and open descriptors."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]), len(os.listdir(f"/proc/{process}/fd"))


def soak(seconds: float, report=print) -> list[str]:
    """Watch for about `seconds`; returns what went wrong."""
    with UserspaceLab(NET, seed=1) as lab:
        watcher = Watcher(lab)
        server, *near = (lab.address(name) for name in ("server", "r1", "r2"))
        loops = [Over(lab, f"traceroute -n -q2 -w3 -N1 {server}", read_trace),
                 Over(lab, f"ping --multi -c 20 -i 0.1 -W 3 {server} {' '.join(near)}", read_many)]
        ping: subprocess.Popen[str] = lab.popen(
            "client", netlite_argv(f"ping -q -n -i 0.001 -e {IDENTIFIER} {server}".split()),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for loop in loops:
            loop.start()
        begun_s = time.monotonic()
        held = watch_memory(ping, watcher, begun_s + seconds)
        rate = watcher.pings / (time.monotonic() - begun_s)
        for loop in loops:
            loop.over = True
        for loop in loops:
            loop.join()
        wires = [wire.replace(loss=1.0) if wire == ROUGH else wire for wire in NET.wires]
        lab.change(Topology(NET.nodes.values(), wires))
        wait_for_quiet(watcher)
        ping.send_signal(signal.SIGINT)
        out, complaints = ping.communicate()
        seen, dropped = watcher.stop()
    faults = [fault for loop in loops for fault in loop.faults] + ([f"ping: {complaints}"] if complaints else [])
    if dropped:
        return [*faults, f"this machine is too busy: {dropped} packets of the wire were not counted"]
    said = {"ping": read_ping(out), "trace": tuple(loops[0].totals), "many": tuple(loops[1].totals)}
    for name, loop in (("ping", None), ("trace", loops[0]), ("many", loops[1])):
        sent, received, duplicates = seen[name]
        kept = said[name] if name == "ping" else (*said[name][:2], duplicates)  # the others do not tell duplicates
        report(f"{name:6} {f'{loop.runs} runs, ' if loop else ''}sent, received, duplicates: says {said[name]}, "
               f"on the wire {seen[name]}")
        if kept != (sent, received, duplicates):
            faults.append(f"{name}: says {said[name]}, the wire {seen[name]}")
    (memory, files), (memory_then, files_then) = held
    report(f"ping   {rate:.0f} packets a second")
    report(f"ping   RSS {memory} -> {memory_then} KiB, descriptors {files} -> {files_then}")
    if memory_then > memory + GROWTH_KIB or files_then != files:
        faults.append("ping grows")
    return faults


def wait_for_quiet(watcher: Watcher) -> None:
    """Until no answer to ping has come for QUIET_S."""
    answers, since_s = -1, 0.0
    while answers != watcher.answers or time.monotonic() - since_s < QUIET_S:
        if answers != watcher.answers:
            answers, since_s = watcher.answers, time.monotonic()
        time.sleep(0.05)


def watch_memory(process: subprocess.Popen[str], watcher: Watcher,
                 end_s: float) -> tuple[tuple[int, int], tuple[int, int]]:
    """What it holds when it has sent GROWN_UP packets, and what it holds at `end_s`, or when it ended before."""
    first = last = (0, 0)
    while time.monotonic() < end_s or first == (0, 0):
        young = watcher.pings < GROWN_UP
        try:
            last = holds(process.pid)
        except (OSError, IndexError):  # it ended just now
            break
        if young or first == (0, 0):
            first = last
        try:
            process.wait(0.1 if young else 0.5)
        except subprocess.TimeoutExpired:
            continue
        break
    return first, last
