"""Carries frames between a host's wires and the Internet in memory, in real time.

One poll for all: frames are read in bursts, what is due at once goes back at once, the rest waits
in a heap for its time.
"""

from __future__ import annotations

import pickle
import select
from heapq import heappop, heappush
from time import monotonic_ns

from ..errors import MalformedPacket
from ..packets.wire_format import packed
from .forwarding import Internet

BURST_FRAMES = 64
FRAME_BYTES = 65550
AT_ONCE_NS = 100_000  # what is due so soon is not worth a poll


def run(control, internet: Internet, ports: list) -> None:
    """Play until the other end of `control` closes; a pickled topology that comes from there is the new one.

    `ports` are (packet socket, `frames.Port`).
    """
    by_descriptor = {device.fileno(): (device, port) for device, port in ports}
    by_version = _ways_home(ports)
    poll = select.poll()
    for descriptor in (control.fileno(), *by_descriptor):
        poll.register(descriptor, select.POLLIN)
    waiting: list[tuple[int, int, bytes]] = []
    number = 0
    while True:
        now_ns = monotonic_ns()
        while waiting and waiting[0][0] <= now_ns + AT_ONCE_NS:
            _deliver(by_version, heappop(waiting)[2])
        pause_ms = max(0.0, (waiting[0][0] - now_ns) / 1e6) if waiting else None
        for descriptor, _ in poll.poll(pause_ms):
            if descriptor == control.fileno():
                if not _obey(control, internet):
                    return
                continue
            device, port = by_descriptor[descriptor]
            for packet in _burst(device, port, internet):
                now_ns = monotonic_ns()
                try:
                    arrivals = internet.send(packet, now_ns, _piece_bytes(packet))
                except MalformedPacket:
                    continue  # a kernel drops it as well
                for at_ns, answer in arrivals:
                    if at_ns <= now_ns + AT_ONCE_NS:
                        _deliver(by_version, answer)
                    else:
                        number += 1
                        heappush(waiting, (at_ns, number, answer))


def _ways_home(ports: list):
    """How a packet to one of the host's addresses gets there: {packed address: (device, port)}."""
    return {packed(address): (device, port) for device, port in ports
            for address in (port.interface.ipv4, port.interface.ipv6)}


def _deliver(ways: dict, packet: bytes) -> None:
    device, port = ways[packet[16:20] if packet[0] >> 4 == 4 else packet[24:40]]
    try:
        device.send(port.wrap(packet))
    except OSError:
        pass  # a full queue, or bigger than the wire: lost, as on any wire


def _burst(device, port, internet: Internet) -> list[bytes]:
    """The packets that have come, at most `BURST_FRAMES`; address resolution is answered here."""
    packets = []
    for _ in range(BURST_FRAMES):
        try:
            frame = device.recv(FRAME_BYTES)
        except BlockingIOError:
            break
        packet, reply = port.unwrap(frame, lambda address: internet.topology.owner(address) == port.interface.peer)
        if packet is not None:
            packets.append(packet)
        elif reply is not None:
            device.send(reply)
    return packets


def _piece_bytes(packet: bytes) -> int:
    """What has to fit into a wire (`forwarding.Transit`): 0 where routers may cut it."""
    return 0 if packet[0] >> 4 == 4 and not packet[6] & 0x40 else len(packet)


def _obey(control, internet: Internet) -> bool:
    """Take over a new topology; False when there is nobody any more."""
    head = control.recv(4)
    if len(head) < 4:
        return False
    data = b""
    while len(data) < int.from_bytes(head, "big"):
        data += control.recv(65536)
    internet.change(pickle.loads(data))
    control.send(b".")
    return True
