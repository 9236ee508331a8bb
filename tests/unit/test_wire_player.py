"""The process that plays wires: its queue is bounded, it is never early, and knows what belongs to the wire."""

from __future__ import annotations

import socket
from contextlib import ExitStack, suppress

import pytest

from netlite.lab.kernel import wires
from netlite.lab.scene.crossing import OUT_OF_TURN, crossings
from netlite.lab.scene.parts import Wire

TO, FROM = b"\x02\0\0\0\0\1", b"\x02\0\0\0\0\2"
PACKET = TO + FROM + b"\x08\x00" + bytes(40)


@pytest.fixture
def ends():
    """(control of the player, our ends, the player's) in place of packet sockets."""
    with ExitStack() as held:
        pairs = [[held.enter_context(each) for each in socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)] for _ in range(2)]
        control = [held.enter_context(each) for each in socket.socketpair()]
        for pair in pairs:
            for each in pair:
                each.setblocking(False)
        yield control, [pair[0] for pair in pairs], tuple(pair[1] for pair in pairs)


class Clock:
    """Time that passes in pauses alone; when nothing is to come, the lab ends."""

    def __init__(self, control):
        self.now_ns, self.pauses, self._control = 10**9, [], control

    def monotonic_ns(self):
        return self.now_ns

    def select(self, reading, _writing, _others, pause_s):
        self.pauses.append(pause_s)
        if pause_s is None:
            self._control.close()
        else:
            self.now_ns += round(pause_s * 1e9)


def play(ends, monkeypatch, wire: Wire, frames: list[bytes]) -> tuple[wires.Direction, list[bytes], Clock]:
    (ours, theirs), (near, far), inside = ends
    clock = Clock(ours)
    monkeypatch.setattr(wires, "monotonic_ns", clock.monotonic_ns)
    playing = wires.Wires(theirs, [wire], [inside], wires.select.epoll())
    for frame in frames:
        near.send(frame)
        playing._jobs[inside[0].fileno()]()
    monkeypatch.setattr(wires.select, "select", clock.select)
    playing.play()
    arrived = []
    with suppress(BlockingIOError):
        while True:
            arrived.append(far.recv(2000))
    return playing.directions[0], arrived, clock


def test_frames_arrive_when_their_time_has_come(ends, monkeypatch):
    direction, arrived, clock = play(ends, monkeypatch, Wire(("a", "b"), delay_ns=5_000_000), [PACKET])
    assert arrived == [PACKET] and clock.pauses == [0.005, None]
    assert (direction.came, direction.went, direction.frames, direction.bytes) == (1, 1, 0, 0)


def test_a_full_queue_drops_what_comes_last(ends, monkeypatch):
    monkeypatch.setattr(wires, "QUEUE_FRAMES", 5)
    direction, arrived, _ = play(ends, monkeypatch, Wire(("a", "b"), delay_ns=1), [PACKET + bytes([each]) for each in range(9)])
    assert [frame[-1] for frame in arrived] == [0, 1, 2, 3, 4]
    assert (direction.came, direction.went, direction.dropped) == (9, 5, 4)


def test_a_queue_is_bounded_in_bytes(ends, monkeypatch):
    monkeypatch.setattr(wires, "QUEUE_BYTES", 3 * len(PACKET))
    direction, arrived, _ = play(ends, monkeypatch, Wire(("a", "b"), delay_ns=1), [PACKET] * 5)
    assert len(arrived) == 3 and direction.dropped == 2


def ipv6(kind: int, protocol: int = 58) -> bytes:
    return TO + FROM + b"\x86\xdd" + bytes(6) + bytes([protocol]) + bytes(33) + bytes([kind]) + bytes(23)


@pytest.mark.parametrize("frame, is_part", [
    (TO + FROM + b"\x08\x06" + bytes(28), True), (PACKET, False), (ipv6(128), False), (ipv6(132), False), (ipv6(133), True),
    (ipv6(135), True), (ipv6(137), True), (ipv6(138), False), (ipv6(135, 17), False), (ipv6(135)[:54], False),
    (TO + FROM + b"\x86\xdd", False), (TO + FROM, True)])
def test_address_resolution_is_part_of_the_wire(ends, monkeypatch, frame, is_part):
    assert wires.is_address_resolution(frame) == is_part
    direction, arrived, _ = play(ends, monkeypatch, Wire(("a", "b"), loss=1.0, delay_ns=10**9), [frame])
    assert arrived == ([frame] if is_part else []) and direction.lost == (not is_part)


def test_groups_take_nothing_from_the_chance_of_others(ends, monkeypatch):
    """Else what a kernel says to its neighbours by itself would decide which packets of a program get lost."""
    group = b"\x33\x33\0\0\0\1" + ipv6(143)[6:]
    numbered = [PACKET + bytes([each]) for each in range(30)]
    _, arrived, _ = play(ends, monkeypatch, Wire(("a", "b"), loss=0.5), [each for frame in numbered for each in (frame, group)])
    assert 5 < len([frame for frame in arrived if frame != group]) < 25 and group in arrived
    chance = wires.Random(0).random
    assert [frame for frame in arrived if frame != group] == [frame for frame in numbered if crossings(Wire(("a", "b"), loss=0.5), 0.5, chance)]


def test_chance_is_asked_in_a_fixed_order():
    numbers = iter([0.9, 0.1, 0.5, 0.1, 0.5, 0.9])
    wire = Wire(("a", "b"), delay_ns=1000, jitter_ns=100, loss=0.5, duplicates=0.5, reordering=0.5)
    assert crossings(wire, 0.5, lambda: next(numbers)) == [1050 * OUT_OF_TURN, 1050]
    assert crossings(wire, 0.5, lambda: 0.4) == [] == crossings(wire.replace(down=True), 0.0, lambda: 0.9)
