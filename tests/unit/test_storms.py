"""Every link and the capture under a storm: `receive` reads so much and comes back; what stays refused is raised."""

from __future__ import annotations

import _socket
import errno
import os
from collections import Counter
from types import SimpleNamespace

import pytest

from netlite.links.echo import EchoLink
from netlite.links.network import Network
from netlite.links.recording import Recording
from netlite.packets.templates import make_echo
from netlite.records.family import IPV4, IPV6
from netlite.records.echo_links import EchoLinkSettings, EchoProbe, KernelStamps
from netlite.records.node_information import NodeQuery
from netlite.records.raw_links import RawLinkSettings, RawProbe, TcpLinkSettings, TcpProbe
from netlite.records.udp_links import UdpLinkSettings, UdpProbe
from netlite.records.seen import Wanted
from netlite.sockets import capture, filters
from netlite.sockets.ancillary import EXTENDED_ERROR
from netlite.sockets.clock import Clock
from netlite.sockets.ancillary import MSG_ERRQUEUE

NETWORK = Network()
OURS = 0x1234
MOST = 5000  # system calls of one receive
TARGET = {IPV4: "127.0.0.1", IPV6: "::1"}
HEADER = b"\x45" + bytes(19)


def error_about(data: bytes, origin: int = 2) -> tuple:
    """An entry of the error queue: time exceeded."""
    return data, [(0, 11, EXTENDED_ERROR.pack(113, origin, 11, 0, 0, 0) + bytes(16))], 0, ("127.0.0.1", 33434)


class Endless:
    """A socket that always has the same to read: a message, or an errno, from the queue and as an answer."""

    proto = 17
    errors = answers = errno.EAGAIN
    calls: Counter = Counter()

    def __init__(self, *_):
        self.descriptor = os.eventfd(1)  # always readable

    def recvmsg(self, size, ancillary_bytes, flags=0):
        Endless.calls["recvmsg"] += 1
        assert Endless.calls["recvmsg"] < MOST, "reads for ever"
        outcome = Endless.errors if flags & MSG_ERRQUEUE else Endless.answers
        if isinstance(outcome, int):
            raise OSError(outcome, "told")
        return outcome

    def nothing(self, *_):
        return 0

    setsockopt = getsockopt = bind = connect = connect_ex = listen = nothing

    def send(self, data, *_):
        return len(data)

    sendto = send

    def getsockname(self):
        return ("127.0.0.1", OURS)

    def fileno(self):
        return self.descriptor

    def close(self):
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


@pytest.fixture(autouse=True)
def endless(monkeypatch):
    monkeypatch.setattr(_socket, "socket", Endless)
    monkeypatch.setattr(filters, "pass_identifier", lambda *_: True)
    monkeypatch.setattr(Endless, "calls", Counter())
    monkeypatch.setattr(EchoLink, "_filter_foreign", lambda self: None)  # so that they go on coming
    return monkeypatch


def echo_link(family=IPV4, **more):
    return NETWORK.open_echo_link(EchoLinkSettings(family, TARGET[family], identifier=OURS, payload=bytes(16), kind="raw",
                                           **more))


LINKS = {
    "echo": (lambda: echo_link(kernel_stamps=KernelStamps.RECEIVED), EchoProbe(1, 1)),
    "echo with stamps": (lambda: echo_link(kernel_stamps=KernelStamps.BOTH), EchoProbe(1, 1)),
    "echo, IPv6": (lambda: echo_link(IPV6), EchoProbe(1, 1)),
    "node information": (lambda: echo_link(IPV6, node_query=NodeQuery(2, 0, 0, bytes(16))), EchoProbe(1, 1)),
    "udp": (lambda: NETWORK.open_udp_link(UdpLinkSettings(IPV4, "127.0.0.1")), UdpProbe(1, 1, 33434, 60)),
    "udp, a socket a probe": (lambda: NETWORK.open_udp_link(UdpLinkSettings(IPV4, "127.0.0.1", socket_per_probe=True)),
                              UdpProbe(1, 1, 33434, 60)),
    "flows": (lambda: NETWORK.open_flow_link(UdpLinkSettings(IPV4, "127.0.0.1", source_port=OURS)),
              UdpProbe(1, 1, 33434, 60, OURS)),
    "raw": (lambda: NETWORK.open_raw_link(RawLinkSettings(IPV4, "127.0.0.1")), RawProbe(1, 1, 60)),
    "tcp": (lambda: NETWORK.open_tcp_link(TcpLinkSettings(IPV4, "127.0.0.1")), TcpProbe(1, 1, 80, 44)),
    "tcp connections": (lambda: NETWORK.open_connect_link(TcpLinkSettings(IPV4, "127.0.0.1")), TcpProbe(1, 1, 80, 44)),
}
ERRORS = {
    "errors": error_about(make_echo(4, OURS, 1)),
    "errors of others": error_about(make_echo(4, OURS + 1, 1)),
    "entries without an error": (b"", [], 0, ("127.0.0.1", 0)),
}
ANSWERS = {
    "answers": (HEADER + make_echo(4, OURS, 1, bytes(16), kind="reply"), [], 0, ("127.0.0.1", 80)),
    "answers of others": (HEADER + make_echo(4, OURS + 1, 1, bytes(16), kind="reply"), [], 0, ("127.0.0.1", 81)),
    "rubbish": (HEADER, [], 0, ("127.0.0.1", 80)),
}


@pytest.mark.parametrize("storm", [*ERRORS, *ANSWERS])
@pytest.mark.parametrize("name", LINKS)
def test_a_receive_ends_in_a_storm(endless, name, storm):
    open_link, probe = LINKS[name]
    with open_link() as link:
        link.send(probe)
        endless.setattr(Endless, "errors", ERRORS.get(storm, errno.EAGAIN))
        endless.setattr(Endless, "answers", ANSWERS.get(storm, errno.EAGAIN))
        for _ in range(3):
            Endless.calls.clear()
            assert len(link.receive()) < MOST


@pytest.mark.parametrize("storm", ERRORS)
@pytest.mark.parametrize("pending", [errno.ECONNREFUSED, errno.EHOSTUNREACH])
def test_an_error_with_an_entry_in_the_queue_is_no_refusal(endless, storm, pending):
    """However many there are: each failing receive belongs to an entry."""
    with echo_link() as link:
        link.send(EchoProbe(1, 1))
        endless.setattr(Endless, "errors", ERRORS[storm])
        endless.setattr(Endless, "answers", pending)
        for _ in range(3):
            Endless.calls.clear()
            link.receive()


@pytest.mark.parametrize("name", LINKS)
def test_what_stays_refused_is_raised(endless, name):
    open_link, probe = LINKS[name]
    with open_link() as link:
        link.send(probe)
        endless.setattr(Endless, "errors", errno.EPERM)
        endless.setattr(Endless, "answers", errno.EPERM)
        with pytest.raises(PermissionError):
            link.receive()


SEEN = HEADER, [(1, 35, bytes(16))], 0, ("eth0", 0x0800, 0, 1, b"")
OF_ANOTHER_PROTOCOL = HEADER, [], 0, ("eth0", 0x88CC, 0, 1, b"")


@pytest.mark.parametrize("packet", [SEEN, OF_ANOTHER_PROTOCOL], ids=["packets", "packets of others"])
def test_a_capture_ends_in_a_storm(endless, packet):
    seen = capture.PacketCapture()
    endless.setattr(Endless, "answers", packet)
    assert len(seen.receive()) < MOST
    seen.close()


def test_a_capture_tells_all_that_was_there_at_its_end(endless):
    """More than one look reads; and not for ever where the kernel does not close the door."""
    left = [SEEN] * 3000
    endless.setattr(Endless, "recvmsg", lambda *_: left.pop() if left else refuse(errno.EAGAIN))
    seen = capture.PacketCapture()
    assert len(seen.rest()) == 3000
    left += [SEEN] * 3000
    endless.setattr(Endless, "setsockopt", lambda *_: refuse(errno.EPERM))
    assert len(seen.rest()) == capture.PACKETS_AT_ONCE
    seen.close()


def test_a_capture_that_stays_refused_is_no_end_of_the_run(endless):
    endless.setattr(Endless, "answers", errno.EPERM)
    seen = capture.PacketCapture()
    with pytest.raises(PermissionError):
        seen.receive()
    recording = Recording(Clock())
    recording.begin(SimpleNamespace(open_capture=lambda: seen), Wanted(4, 1, OURS))
    recording.look()
    recording.close()
    assert recording.packets == []


def refuse(number: int):
    raise OSError(number, "told")
