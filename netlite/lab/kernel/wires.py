"""The process that plays the wires of a lab of namespaces which are more than a cable: with a delay, jitter, loss,
duplicates or reordering.

Such a wire is two veth pairs.  Their inner ends lie in a namespace of their own, where this process reads frames
from the one and writes them to the other (packet(7)) when `scene.crossing` says, in real time.  One process plays all
wires of a lab; it sleeps while nothing is under way, and ends with the lab.  Chance follows the seed of 0, as in
memory: the order of the packets decides.

Address resolution (ARP, RFC 826; neighbour discovery, RFC 4861) is part of the wire: it takes no time and is never
lost.
"""

from __future__ import annotations

import pickle
import resource
import select
import signal
import socket
import sys
from contextlib import suppress
from functools import partial
from heapq import heappop, heappush
from random import Random
from struct import unpack
from time import monotonic_ns

from ...records.family import IpProtocol
from ...records.icmp import Icmp6
from ..scene.crossing import crossings
from ..scene.parts import Wire
from . import handover, syscalls
from .carrier import Carrier

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Job = Callable[[], None]
    Ends = tuple[tuple[int, str], tuple[int, str]]
    """The outer ends of a wire: the namespace of the node (a descriptor), the name of the device there."""

SOL_PACKET, PACKET_STATISTICS, PACKET_QDISC_BYPASS, PACKET_IGNORE_OUTGOING = 263, 6, 20, 23  # <linux/if_packet.h>
SO_RCVBUFFORCE = 33  # <asm-generic/socket.h>
ETH_P_ALL = 3  # <linux/if_ether.h>
IPV4, IPV6 = b"\x08\x00", b"\x86\xdd"
BUFFER_BYTES, FRAME_BYTES = 4 << 20, 65600
BURST_FRAMES, BURST_DUE = 64, 256
QUEUE_FRAMES, QUEUE_BYTES = 10_000, 16 << 20  # under way in one direction; what comes when it is full is lost
LONGEST_PAUSE_S = 3600.0
COUNTED = "came", "went", "lost", "doubled", "dropped"


class Direction:
    """From one end of a wire to the other, and how many frames went that way.

    `came` in, of these `lost` and `doubled` by the wire, `dropped` before a full queue or a dead end; `went` out.
    """

    def __init__(self, source: socket.socket, target: socket.socket, wire: Wire):
        self.source, self.target, self.wire = source, target, wire
        self.came = self.went = self.lost = self.doubled = self.dropped = 0
        self.frames = self.bytes = 0  # that are under way

    def leave(self, frame: bytes) -> None:
        """The frame is at the other end."""
        try:
            self.target.send(frame)
            self.went += 1
        except OSError:
            self.dropped += 1

    def counts(self) -> list[int]:
        """As in COUNTED; what the kernel dropped, as this process did not read it in time, is there too."""
        _, overrun = unpack("II", self.source.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))  # since the last look
        self.came += overrun
        self.dropped += overrun
        return [self.came, self.went, self.lost, self.doubled, self.dropped]


class Wires:
    """All wires of a lab that are played; `ends` of `open_end`, two a wire.

    `ready` is one whose number select(2) takes.
    """

    def __init__(self, control: socket.socket, wires: list[Wire], ends: list[tuple[socket.socket, socket.socket]],
                 ready: select.epoll, seed: int = 0):
        self.control = control
        self.directions = [direction for wire, (here, there) in zip(wires, ends)
                           for direction in (Direction(here, there, wire), Direction(there, here, wire))]
        self._waiting: list[tuple[int, int, Direction, bytes]] = []
        self._number = 0
        self._chance, self._chance_of_groups = Random(seed).random, Random(seed + 1).random
        self._ready = ready
        self._jobs: dict[int, Job] = {}
        self._lives = True
        self.watch(control, self._obey)
        for direction in self.directions:
            self.watch(direction.source, partial(self._take, direction))

    def watch(self, sock: socket.socket, job: Job) -> None:
        """Do this when `sock` can be read."""
        self._jobs[sock.fileno()] = job
        self._ready.register(sock.fileno(), select.EPOLLIN)

    def play(self) -> None:
        """Until the lab ends."""
        while self._lives:
            now_ns = monotonic_ns()
            for _ in range(BURST_DUE):
                if not self._waiting or self._waiting[0][0] > now_ns:
                    break
                _, _, direction, frame = heappop(self._waiting)
                direction.frames -= 1
                direction.bytes -= len(frame)
                direction.leave(frame)
            pause_s = None
            if self._waiting:
                pause_s = min(max(0, self._waiting[0][0] - monotonic_ns()) / 1e9, LONGEST_PAUSE_S)
            select.select([self._ready], [], [], pause_s)  # epoll's own pauses are whole milliseconds
            for descriptor, _ in self._ready.poll(0):
                self._jobs[descriptor]()

    def _take(self, direction: Direction) -> None:
        """Frames that came in at one end."""
        for _ in range(BURST_FRAMES):
            try:
                frame = direction.source.recv(FRAME_BYTES)
            except OSError:  # no more, or an end that was taken down
                return
            direction.came += 1
            if is_address_resolution(frame):
                direction.leave(frame)
                continue
            chance = self._chance_of_groups if frame[0] & 1 else self._chance
            taken = crossings(direction.wire, direction.wire.loss, chance)
            direction.lost += not taken
            direction.doubled += len(taken) > 1
            now_ns = monotonic_ns()
            for delay_ns in taken:
                self._enter(direction, now_ns, delay_ns, frame)

    def _enter(self, direction: Direction, now_ns: int, delay_ns: int, frame: bytes) -> None:
        if not delay_ns:
            direction.leave(frame)
        elif direction.frames >= QUEUE_FRAMES or direction.bytes + len(frame) > QUEUE_BYTES:
            direction.dropped += 1
        else:
            direction.frames += 1
            direction.bytes += len(frame)
            self._number += 1
            heappush(self._waiting, (now_ns + delay_ns, self._number, direction, frame))

    def _obey(self) -> None:
        """What the wires are from now on, if the lab says so; it is always told the counts."""
        try:
            taken = handover.take(self.control)
            if taken is None:
                self._lives = False
                return
            for number, values in enumerate(taken[0].get("wires", ())):
                for direction in self.directions[2 * number:2 * number + 2]:
                    direction.wire = Wire.of(values)
            handover.give(self.control, {"counts": [direction.counts() for direction in self.directions]})
        except OSError:
            self._lives = False


def is_address_resolution(frame: bytes) -> bool:
    """Whether it is no IP packet, or one of neighbour discovery."""
    kind = frame[12:14]
    if kind == IPV6 and len(frame) > 54:
        return frame[20] == IpProtocol.ICMP6 and Icmp6.ROUTER_SOLICITATION <= frame[54] <= Icmp6.REDIRECT
    return kind not in (IPV4, IPV6)


def open_end(device: str) -> socket.socket:
    """A packet socket on an inner end, in the namespace we are in."""
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    for option in (PACKET_IGNORE_OUTGOING, PACKET_QDISC_BYPASS):
        opened.setsockopt(SOL_PACKET, option, 1)
    try:
        opened.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
    except PermissionError:  # in a user namespace
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
    opened.bind((device, ETH_P_ALL))
    opened.setblocking(False)
    return opened


def inner_ends(number: int) -> tuple[str, str]:
    """The devices of wire `number` (from 0) in the namespace of the inner ends."""
    return f"wire{number + 1}a", f"wire{number + 1}b"


def main() -> None:
    """Read (namespace of the inner ends, wires by number, their outer ends) pickled from the socket that is stdin."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    control, ready = socket.socket(fileno=0), select.epoll()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # a wire takes six, and its nodes one each
    inner, wires, outer = pickle.loads(control.recv(int(sys.argv[1]), socket.MSG_WAITALL))
    carriers = [Carrier(*each) for each in zip(outer, map(inner_ends, wires))]
    syscalls.setns(inner, syscalls.CLONE_NEWNET)
    ends = []
    for number in wires:
        here, there = inner_ends(number)
        ends.append((open_end(here), open_end(there)))
    playing = Wires(control, list(wires.values()), ends, ready)
    for carrier in carriers:
        carrier.enter()
        for told in carrier.told:
            playing.watch(told, carrier.follow)
    syscalls.precise_pauses()
    handover.give(control, {"counts": []})
    with suppress(OSError):
        playing.play()
