"""Whatever comes and whatever an engine asks for: the driver soon looks at signals, link and time again."""

from __future__ import annotations

import errno
import os
import signal

import pytest
from engine_player import records_of

from netlite.engines.actions import Finish, LookUpName, Report, SendProbe
from netlite.engines.engine import Engine
from netlite.engines.events import Interrupted, ProbeSent, ReceiveFailed, ReplyArrived, Started, TimePassed
from netlite.engines.rounds import Exchange, Exchanged, Sweep
from netlite.links import driver
from netlite.links.link import Arrival, Link
from netlite.records.echo_links import EchoProbe, EchoReply
from netlite.sockets.signals import Signals

PROBE = EchoProbe(1, 1)
REPLY = EchoReply("192.0.2.1", 7, 1, 64)
MANY = 20_000  # events without an end: more than any turn may take


class TickingClock:
    """A microsecond passes with each look; nobody is to wait."""

    def __init__(self):
        self.time_ns = 0

    def now_ns(self):
        self.time_ns += 1000
        return self.time_ns

    def wait(self, sources, until_ns):
        raise AssertionError("there is always something to do")


class Storm(Link):
    """Takes every probe; at each look something has arrived."""

    def __init__(self, refusal=None):
        self.looks, self.refusal = 0, refusal

    def send(self, probe):
        if self.refusal:
            raise OSError(self.refusal, "refused")
        return 0

    def exchange(self, probe, count, until_ns, window=1):
        if self.refusal:
            raise OSError(self.refusal, "refused")
        return [(0, 1)] * count, [], None

    def receive(self):
        self.looks += 1
        return [Arrival(0, REPLY)]


class Tireless(Engine):
    """Answers every event with the same actions; `ends_at` is the event that ends the run."""

    def __init__(self, actions, ends_at, deadline_ns=None):
        self.actions, self.ends_at, self.deadline_ns = actions, ends_at, deadline_ns
        self.fed = 0

    def feed(self, event):
        self.fed += 1
        assert self.fed < MANY, f"{self.ends_at.__name__} is never told"
        return [Finish()] if type(event) is self.ends_at else list(self.actions)


class Pending:
    """Signals that have come already."""

    def receive(self, at_ns):
        return [Interrupted(at_ns)]


REQUESTS = pytest.mark.parametrize("actions", [
    [SendProbe(PROBE)], [Exchange(PROBE, 2, 10)], [Sweep((PROBE,))], [LookUpName("192.0.2.1")]],
    ids=["a probe", "an exchange", "a sweep", "a name"])
REFUSALS = pytest.mark.parametrize("refusal", [None, errno.EPERM], ids=["sent", "refused"])


@REQUESTS
@REFUSALS
def test_a_signal_is_told_however_the_engine_answers(actions, refusal):
    clock = TickingClock()
    engine = Tireless(actions, Interrupted)
    assert records_of(driver.Run(engine, Storm(refusal), clock, Pending()), clock) == []


@REQUESTS
@REFUSALS
def test_the_deadline_is_told_however_the_engine_answers(actions, refusal):
    clock = TickingClock()
    assert records_of(driver.Run(Tireless(actions, TimePassed, deadline_ns=0), Storm(refusal), clock), clock) == []


@REQUESTS
@REFUSALS
def test_the_link_is_looked_at_however_the_engine_answers(actions, refusal):
    assert records_of(driver.Run(Tireless(actions, ReplyArrived), Storm(refusal), TickingClock()), TickingClock()) == []


@REQUESTS
def test_a_turn_is_bounded(actions):
    engine = Tireless(actions, Interrupted)
    run = driver.Run(engine, Storm(), TickingClock())
    for _ in range(4):
        fed = engine.fed
        assert list(run.step()) == []
        assert engine.fed - fed < MANY / 4 and not run.idle and not run.finished


def test_a_storm_of_arrivals_does_not_hold_up_the_time():
    engine = Tireless([], TimePassed, deadline_ns=0)
    link = Storm()
    assert records_of(driver.Run(engine, link, TickingClock()), TickingClock()) == []
    assert 1 < link.looks < 1000  # more than once: a probe is given up when its reply is not there


def test_outcomes_are_told_before_what_arrived_after_them():
    """Of an exchange as of a single probe."""
    seen = []

    class Twice(Engine):
        def feed(self, event):
            seen.append(type(event))
            if type(event) is Started:
                return [Exchange(PROBE, 2, 10)]
            return [Finish()] if Exchanged in seen and type(event) is ReplyArrived else []

    records_of(driver.Run(Twice(), Storm(), TickingClock()), TickingClock())
    assert seen == [Started, Exchanged, ReplyArrived]


def test_a_burst_of_probes_leaves_before_the_link_is_looked_at():
    """ping -l: the next probe is asked for when the one before has left, and all leave in a row."""
    seen = []

    class Burst(Engine):
        def feed(self, event):
            seen.append(type(event))
            if type(event) is ReplyArrived and ProbeSent in seen:
                return [Finish()]
            return [SendProbe(PROBE)] if type(event) in (Started, ProbeSent) and seen.count(ProbeSent) < 100 else []

    records_of(driver.Run(Burst(), Storm(), TickingClock()), TickingClock())
    sends = [at for at, kind in enumerate(seen) if kind is ProbeSent]
    assert sends[99] - sends[0] == 99


def test_step_never_waits_and_says_when_nothing_is_left_to_do():
    class Quiet(Storm):
        def receive(self):
            return []

    class Once(Engine):
        deadline_ns = 10**15

        def feed(self, event):
            return [Report("a"), SendProbe(PROBE)] if type(event) is Started else []

    run = driver.Run(Once(), Quiet(), TickingClock())
    assert list(run.step()) == ["a"] and not run.idle
    assert list(run.step()) == [] and run.idle and not run.finished
    assert run.deadline_ns == 10**15 and len(run.sources) == 1


def test_a_receive_that_fails_is_told_with_what_arrived_before_it():
    class Failing(Storm):
        def receive(self):
            self.looks += 1
            if self.looks == 3:
                raise OSError(errno.EPERM, "refused")
            return super().receive()

    seen = []

    class Patient(Engine):
        deadline_ns = 0

        def feed(self, event):
            seen.append(event)
            return [Finish()] if type(event) is ReceiveFailed else []

    records_of(driver.Run(Patient(), Failing(), TickingClock()), TickingClock())
    assert [type(event) for event in seen[-2:]] == [ReplyArrived, ReceiveFailed]
    assert seen[-1].errno == errno.EPERM


def test_more_signals_than_fit_into_one_look_are_all_told():
    with Signals() as caught:
        for _ in range(200):
            os.kill(os.getpid(), signal.SIGQUIT)
        told = [len(caught.receive(1)) for _ in range(10)]
    assert sum(told) == 200 and told[-1] == 0
