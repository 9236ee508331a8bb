"""Waiting on the real clock, with descriptors of any number."""

from __future__ import annotations

import os
import resource
import signal
import threading
from contextlib import ExitStack

import pytest

from netlite.sockets.clock import Clock
from netlite.sockets.name_lookups import NameLookups
from netlite.sockets.signals import Signals

MS = 1_000_000
HIGH = 1100  # above what select(2) takes


class Source:
    """A pipe's end with the number `descriptor`."""

    def __init__(self, descriptor: int):
        self.near, self.far = os.pipe()
        os.dup2(self.near, descriptor, inheritable=False)
        self.descriptor = descriptor

    def fileno(self):
        return self.descriptor

    def write(self):
        os.write(self.far, b".")

    def close(self):
        for descriptor in self.near, self.far, self.descriptor:
            os.close(descriptor)


@pytest.fixture(params=[900, HIGH, 5000], ids=["low", "high", "far too high"])
def source(request):
    least = request.param + 1
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < least:
        pytest.skip(f"only {hard} descriptors are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, least), hard))
    opened = Source(request.param)
    yield opened
    opened.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("wait_ns", [0, 300_000, 1_700_000, 12_300_000])
def test_a_wait_lasts_until_its_time_and_not_shorter(source, wait_ns):
    until_ns = Clock.now_ns() + wait_ns
    Clock.wait([source], until_ns)
    assert Clock.now_ns() >= until_ns


@pytest.mark.parametrize("until_ns", [None, 2**63])
def test_a_wait_ends_when_there_is_something_to_read(source, until_ns):
    source.write()
    Clock.wait([source], until_ns)  # would last for ever
    timer = threading.Timer(0.05, source.write)
    os.read(source.fileno(), 10)
    timer.start()
    Clock.wait([source], until_ns)
    assert os.read(source.fileno(), 10) == b"."
    timer.join()


def test_a_wait_tells_whether_something_can_be_read_where_it_sees_that(source):
    class Hidden:
        def fileno(self):
            return -1

    sees = source.descriptor < 1024
    assert Clock.wait([source], 0) is (False if sees else None)
    source.write()
    assert Clock.wait([source], 0) is (True if sees else None)
    assert Clock.wait([source, Hidden()], 0) is None


def test_what_has_no_descriptor_is_left_out(source):
    class Nothing:
        def fileno(self):
            return -1

    source.write()
    Clock.wait([Nothing(), source], None)
    Clock.wait([Nothing()], Clock.now_ns() + MS)
    Clock.wait([], Clock.now_ns() + MS)


def test_a_signal_ends_a_wait(source):
    with Signals() as signals:
        timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGQUIT))
        timer.start()
        Clock.wait([source, signals], None)
        timer.join()
        assert len(signals.receive(1)) == 1


def test_whole_runs_go_above_a_thousand_descriptors():
    import netlite

    with ExitStack() as held:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard != resource.RLIM_INFINITY and hard < 1300:
            pytest.skip(f"only {hard} descriptors are allowed here")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1300), hard))
        held.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        for _ in range(HIGH):
            held.callback(os.close, os.open("/dev/null", os.O_RDONLY))
        run = netlite.traceroute("127.0.0.1", max_hops=1)
        assert len(list(run)) == 3 and run.reached


class Slow:
    """A name server that answers when it is told to."""

    def __init__(self):
        self.told, self.asked = threading.Event(), threading.Event()

    def look_up(self, address):
        self.asked.set()
        self.told.wait(20)
        return "r1.lab", True


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_look_ups_that_are_closed_while_they_run_leave_no_descriptor():
    before, slow = descriptors(), Slow()
    lookups = NameLookups(slow)
    for number in range(20):
        lookups.ask(f"192.0.2.{number}")
    assert slow.asked.wait(20)
    lookups.close()
    assert descriptors() == before
    reused = os.open("/dev/null", os.O_RDWR)  # most probably the number that was closed
    slow.told.set()
    lookups.close()
    os.fstat(reused)
    os.close(reused)
    assert descriptors() == before


def test_look_ups_that_are_closed_before_their_answers_are_read_leave_no_descriptor():
    before, slow = descriptors(), Slow()
    slow.told.set()
    lookups = NameLookups(slow)
    lookups.ask("192.0.2.1")
    Clock.wait([lookups], None)
    lookups.close()
    assert descriptors() == before
    lookups.ask("192.0.2.1")  # nobody listens: no error, no new look-up
    assert lookups.receive(1) == []


def test_an_address_is_asked_for_once_however_often_it_is_wanted():
    slow, asked = Slow(), []
    lookups = NameLookups(slow, at_once=2)
    look_up, slow.look_up = slow.look_up, lambda address: (asked.append(address), look_up(address))[1]
    for _ in range(5):
        lookups.ask("192.0.2.1")
    slow.told.set()
    for number in range(2, 7):  # none of the five before takes the place of these
        lookups.ask(f"192.0.2.{number}")
    found = []
    while len(found) < 6:
        Clock.wait([lookups], Clock.now_ns() + 20_000 * MS)
        found += lookups.receive(1)
        assert found
    assert sorted(asked) == sorted(event.address for event in found) == [f"192.0.2.{n}" for n in range(1, 7)]
    lookups.close()
