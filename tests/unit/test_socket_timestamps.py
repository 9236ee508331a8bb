"""Wall-clock stamps told as monotonic time, whatever happens to the clocks meanwhile."""

from __future__ import annotations

import os
import signal
import threading
import warnings
from time import monotonic_ns, time_ns

import pytest
from hypothesis import given
from hypothesis import strategies as some

from netlite.engines.events import CLOCK_ERROR_NS, ReplyArrived, round_trip_ns
from netlite.sockets import timestamps
from netlite.sockets.timestamps import SO_TIMESTAMP, SO_TIMESTAMPNS, TIME, monotonic_from_wall, wall_ns


HOUR_NS = 3_600 * 10**9


class Clocks:
    """Two clocks that advance by `step_ns` at every look; `delays` are interruptions before a look."""

    def __init__(self, difference_ns: int, step_ns: int = 50, delays=()):
        self.now_ns = 10**15
        self.difference_ns = difference_ns
        self.step_ns = step_ns
        self.delays = list(delays)

    def monotonic_ns(self) -> int:
        self.now_ns += self.step_ns + (self.delays.pop(0) if self.delays else 0)
        return self.now_ns

    def time_ns(self) -> int:
        return self.monotonic_ns() - self.difference_ns


@pytest.fixture
def clocks(monkeypatch):
    def use(made: Clocks) -> Clocks:
        monkeypatch.setattr(timestamps, "monotonic_ns", made.monotonic_ns)
        monkeypatch.setattr(timestamps, "time_ns", made.time_ns)
        monkeypatch.setattr(timestamps, "_difference_ns", 0)
        return made

    return use


def test_timestamp_of_now():
    before = monotonic_ns()
    converted = monotonic_from_wall(time_ns())
    assert before - 10_000 <= converted <= monotonic_ns() + 10_000


def test_timestamp_difference_is_exact(clocks):
    made = clocks(Clocks(-10**18))
    assert monotonic_from_wall(5 + 10**18) - 5 - 10**18 == made.difference_ns


def test_timestamp_between_interruptions(clocks):
    made = clocks(Clocks(-10**18, delays=[0, 10**6, 0, 0, 10**6, 0, 10**9, 10**7]))
    first = monotonic_from_wall(7 + 10**18)
    made.delays = [0, 10**7, 10**6]
    assert first == monotonic_from_wall(7 + 10**18) == 7


def test_timestamp_after_the_clock_was_set(clocks):
    made = clocks(Clocks(-10**18))
    monotonic_from_wall(7 + 10**18)
    made.difference_ns += HOUR_NS
    assert monotonic_from_wall(7 + 10**18) == 7 + HOUR_NS


@pytest.mark.parametrize("step_ns", [HOUR_NS, -HOUR_NS, 3 * 10**9, -3 * 10**9])
def test_a_stamp_of_before_the_clock_was_set_and_one_of_behind(clocks, step_ns):
    """Both are read when it is seen that it was, and so is one that waited longer."""
    made = clocks(Clocks(-10**18))
    earlier_ns, wall_ns = made.monotonic_ns(), made.time_ns()
    monotonic_from_wall(wall_ns)
    made.difference_ns -= step_ns
    assert abs(monotonic_from_wall(wall_ns) - earlier_ns) < 10_000
    assert abs(monotonic_from_wall(made.time_ns()) - made.now_ns) < 10_000
    assert abs(monotonic_from_wall(wall_ns) - earlier_ns) < 10_000
    made.now_ns += 5 * 10**9              # stopped, with a packet that waits
    later_ns, wall_ns = made.monotonic_ns(), made.time_ns()
    made.now_ns += 5 * 10**9
    assert abs(monotonic_from_wall(wall_ns) - later_ns) < 10_000


def test_no_stamp_is_of_the_future(clocks):
    """Set twice before anybody looked: no clock that is known has that time."""
    made = clocks(Clocks(-10**18))
    monotonic_from_wall(made.time_ns())
    wall_ns = made.time_ns() + HOUR_NS
    made.difference_ns += 2 * HOUR_NS
    assert monotonic_from_wall(wall_ns) <= made.now_ns


STEPS = some.sampled_from((0, 0, HOUR_NS, -HOUR_NS, 10**9, -10**9, 10**7, -10**7))


@given(*(some.lists(STEPS, max_size=3) for _ in range(4)), some.integers(0, 10**9), some.integers(0, 10**9))
def test_however_often_the_clock_is_set_a_round_trip_is_no_longer_than_it_can_be(before, left, came, read, trip_ns, wait_ns):
    """Steps before the probe leaves, before each of the two stamps, and before these are read."""
    with pytest.MonkeyPatch.context() as patch:
        made = Clocks(-10**18)
        patch.setattr(timestamps, "monotonic_ns", made.monotonic_ns)
        patch.setattr(timestamps, "time_ns", made.time_ns)
        monotonic_from_wall(made.time_ns())
        made.difference_ns += sum(before)
        sent_ns = made.monotonic_ns()
        made.difference_ns += sum(left)
        left_wall_ns = made.time_ns()
        made.now_ns += trip_ns
        made.difference_ns += sum(came)
        came_wall_ns = made.time_ns()
        made.now_ns += wait_ns
        made.difference_ns += sum(read)
        left_ns, came_ns = map(monotonic_from_wall, (left_wall_ns, came_wall_ns))
        at_ns = made.monotonic_ns()
        for stamp_ns in (left_ns, None):
            rtt_ns = round_trip_ns(ReplyArrived(at_ns, "answer", came_ns, stamp_ns), sent_ns)
            assert 0 <= rtt_ns <= at_ns - sent_ns + CLOCK_ERROR_NS
            if not any((*before, *left, *came, *read)):
                assert abs(rtt_ns - trip_ns) < 1_000
        if came_ns < sent_ns - CLOCK_ERROR_NS:
            assert rtt_ns == at_ns - sent_ns


def test_a_clock_that_is_slewed_is_followed(clocks):
    made = clocks(Clocks(-10**18))
    for _ in range(1000):
        made.difference_ns += 70
        assert abs(monotonic_from_wall(made.time_ns()) - made.now_ns) < 1_000


def test_timestamp_formats():
    assert wall_ns(SO_TIMESTAMPNS, TIME.pack(2, 5)) == 2_000_000_005
    assert wall_ns(SO_TIMESTAMP, TIME.pack(2, 5)) == 2_000_005_000
    assert wall_ns(SO_TIMESTAMPNS, b"\0" * 7) == 0


def test_a_child_of_a_process_with_threads_keeps_stamping_too():
    """Whatever they did when it was forked: a lock that one of them held would be held in it for ever."""
    ended = threading.Event()

    def keep() -> None:
        while not ended.is_set():
            timestamps.keep_stamping()

    before = len(os.listdir("/proc/self/fd"))
    threads = [threading.Thread(target=keep) for _ in range(4)]
    for each in threads:
        each.start()
    try:
        for _ in range(50):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of just this
                child = os.fork()
            if not child:
                signal.signal(signal.SIGALRM, signal.SIG_DFL)
                signal.alarm(60)
                timestamps.keep_stamping()
                os._exit(0)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        ended.set()
        for each in threads:
            each.join()
    assert len(os.listdir("/proc/self/fd")) <= before + 1 and len(timestamps._kept) == 1
