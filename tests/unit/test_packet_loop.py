"""The loop that carries frames for a lab's host: it hears of its end whatever comes, and keeps a bounded number."""

from __future__ import annotations

import errno
import os
import pickle
import socket
from types import SimpleNamespace

import pytest

from netlite.lab.userspace import packet_loop
from netlite.packets.transport import make_udp
from netlite.packets.wire_format import ip_packet

PACKET = ip_packet("198.18.1.1", "198.18.2.2", 17, make_udp(4, "198.18.1.1", "198.18.2.2", 1, 2, b""), 64, 0, True, 0)
ANSWER = ip_packet("198.18.2.2", "198.18.1.1", 17, make_udp(4, "198.18.2.2", "198.18.1.1", 2, 1, b""), 64, 0, True, 0)


class Storm:
    """A packet socket that always has a frame; it takes `room` of them."""

    def __init__(self, room=10**9):
        self.descriptor, self.sent, self.room = os.eventfd(1), 0, room

    def fileno(self):
        return self.descriptor

    def recv(self, size):
        return b"frame"

    def send(self, frame):
        if self.sent >= self.room:
            raise BlockingIOError(errno.EAGAIN, "full")
        self.sent += 1


def port(packet, reply=None):
    interface = SimpleNamespace(ipv4="198.18.1.1", ipv6="2001:db8::1", wire=SimpleNamespace(mtu_bytes=1500), peer="r1")
    return SimpleNamespace(interface=interface, unwrap=lambda frame, known: (packet, reply), wrap=lambda piece: piece)


class Internet:
    """Answers each packet `many` times, `delay_ns` later; after `last` packets `control` is closed."""

    topology = SimpleNamespace(owner=lambda address: "r1")

    def __init__(self, control, last, many, delay_ns):
        self.control, self.last, self.many, self.delay_ns, self.carried = control, last, many, delay_ns, 0

    def send(self, packet, at_ns, piece_bytes):
        self.carried += 1
        assert self.carried < self.last + 10_000, "does not hear of the end"
        if self.carried == self.last:
            self.control.close()
        return [(at_ns + self.delay_ns, ANSWER)] * self.many


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.mark.parametrize("many, delay_ns", [(1, 0), (3, 0), (40, 200_000), (40, 3600 * 10**9)],
                         ids=["at once", "more than comes in", "a little later", "much later"])
def test_the_end_is_heard_of_in_a_storm_and_the_heap_is_bounded(monkeypatch, ends, many, delay_ns):
    longest, push = [0], packet_loop.heappush

    def heappush(heap, entry):
        push(heap, entry)
        longest[0] = max(longest[0], len(heap))

    monkeypatch.setattr(packet_loop, "heappush", heappush)
    monkeypatch.setattr(packet_loop, "WAITING_PACKETS", 5000)
    device, (ours, theirs) = Storm(), ends
    packet_loop.run(theirs, Internet(ours, 2000, many, delay_ns), [(device, port(PACKET))])
    assert longest[0] <= 5000 and (device.sent or delay_ns > 10**9)
    os.close(device.descriptor)


def test_an_answer_that_finds_no_room_is_lost(ends):
    """Of packets and of address resolution alike."""
    device, (ours, theirs) = Storm(room=5), ends
    resolving = iter(range(1000))
    mixed = port(PACKET)
    mixed.unwrap = lambda frame, known: (PACKET, None) if next(resolving, None) is None else (None, b"reply")
    packet_loop.run(theirs, Internet(ours, 100, 2, 0), [(device, mixed)])
    assert device.sent == 5
    os.close(device.descriptor)


def test_a_message_that_is_cut_off_is_the_end(ends):
    ours, theirs = ends
    changes = SimpleNamespace(change=lambda topology: None)
    data = pickle.dumps("topology")
    ours.sendall(len(data).to_bytes(4, "big") + data)
    assert packet_loop.obey(theirs, changes) and ours.recv(1) == b"."
    ours.sendall((len(data) + 1).to_bytes(4, "big") + data)
    ours.close()
    assert not packet_loop.obey(theirs, changes)


def test_what_is_cut_off_is_passed_over():
    end = packet_loop._End(Storm(), port(PACKET[:9]), None)
    assert end.burst() == []
