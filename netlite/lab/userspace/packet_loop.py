"""Carries frames between a host's wires and the Internet in memory, in real time.

One poll for all: frames are read in bursts, what is due at once goes back at once, the rest waits
in a heap for its time.  Turns are short and the heap is bounded, so that a flood holds up nobody.
"""

from __future__ import annotations

import pickle
import select
from heapq import heappop, heappush
from time import monotonic_ns

from ...feature_errors import MalformedPacket
from ...packets.ip import packed
from ..memory.forwarding import Internet
from ..memory.fragments import Reassembly, cut
from .frames import Port

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket

BURST_FRAMES = 64
BURST_DUE = 1024
WAITING_PACKETS = 50_000  # the longest queue; what comes when it is full is lost, as in any router
FRAME_BYTES = 65550
AT_ONCE_NS = 100_000  # what is due so soon is not worth a poll


def run(control: socket.socket, internet: Internet, ports: list[tuple[socket.socket, Port]]) -> None:
    """Play until the other end of `control` closes; a pickled topology that comes from there is the new one.

    `ports` are (packet socket, `frames.Port`).
    """
    ends = [_End(device, port, internet) for device, port in ports]
    by_descriptor = {end.device.fileno(): end for end in ends}
    by_address = {packed(address): end for end in ends
                  for address in (end.port.interface.ipv4, end.port.interface.ipv6)}
    poll = select.poll()
    for descriptor in (control.fileno(), *by_descriptor):
        poll.register(descriptor, select.POLLIN)
    waiting: list[tuple[int, int, bytes]] = []
    number = 0

    def deliver(packet: bytes) -> None:
        by_address[packet[16:20] if packet[0] >> 4 == 4 else packet[24:40]].send(packet, number)

    while True:
        now_ns = monotonic_ns()
        for _ in range(BURST_DUE):
            if not waiting or waiting[0][0] > now_ns + AT_ONCE_NS:
                break
            deliver(heappop(waiting)[2])
        pause_ms = max(0.0, (waiting[0][0] - now_ns) / 1e6) if waiting else None
        for descriptor, _ in poll.poll(pause_ms):
            if descriptor == control.fileno():
                if not obey(control, internet):
                    return
                continue
            for packet, piece_bytes in by_descriptor[descriptor].burst():
                now_ns = monotonic_ns()
                try:
                    arrivals = internet.send(packet, now_ns, piece_bytes)
                except MalformedPacket:
                    continue  # a kernel drops it as well
                for at_ns, answer in arrivals:
                    number += 1
                    if at_ns <= now_ns + AT_ONCE_NS:
                        deliver(answer)
                    elif len(waiting) < WAITING_PACKETS:
                        heappush(waiting, (at_ns, number, answer))


class _End:
    """The far end of one wire of the host."""

    def __init__(self, device: socket.socket, port: Port, internet: Internet):
        self.device = device
        self.port = port
        self._internet = internet
        self._reassembly = Reassembly()

    def burst(self) -> list[tuple[bytes, int]]:
        """The packets that have come, at most `BURST_FRAMES`, and their `piece_bytes` (`forwarding.Transit`).

        Address resolution is answered here.
        """
        packets = []
        for _ in range(BURST_FRAMES):
            try:
                frame = self.device.recv(FRAME_BYTES)
            except BlockingIOError:
                break
            packet, reply = self.port.unwrap(frame, self._is_neighbour)
            if packet:
                try:
                    whole = self._reassembly.add(packet)
                except MalformedPacket:
                    continue
                if whole is not None:
                    packets.append(whole)
            elif reply is not None:
                self._put(reply)
        return packets

    def send(self, packet: bytes, number: int) -> None:
        """Bring a packet to the host; one too big for the wire goes in fragments."""
        for piece in cut(packet, self.port.interface.wire.mtu_bytes, number):
            self._put(self.port.wrap(piece))

    def _put(self, frame: bytes) -> None:
        try:
            self.device.send(frame)
        except OSError:
            pass  # a full queue: lost, as on any wire

    def _is_neighbour(self, address: str) -> bool:
        return self._internet.topology.owner(address) == self.port.interface.peer


def obey(control: socket.socket, internet: Internet) -> bool:
    """Take over a new topology; False when there is nobody any more."""
    head = control.recv(4)
    if len(head) < 4:
        return False
    data = b""
    while len(data) < int.from_bytes(head, "big"):
        more = control.recv(65536)
        if not more:
            return False
        data += more
    internet.change(pickle.loads(data))
    control.send(b".")
    return True
