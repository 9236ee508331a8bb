"""Who waits sees what can be read, and the driver looks at no more than that."""

from __future__ import annotations

from netlite.engines.actions import Finish, SendProbe
from netlite.engines.engine import Engine
from netlite.engines.events import ProbeSent, ReplyArrived, TimePassed
from netlite.links.driver import TURNS, Run
from netlite.links.link import Arrival, Link
from netlite.records.echo_links import EchoProbe, EchoReply

REPLY = EchoReply("192.0.2.1", 7, 1, 64)
PACE_NS, PROBES = 1000, 20


class Clock:
    """Time passes by waiting alone, which sees whether the link has something."""

    def __init__(self, sees=True):
        self.time_ns, self.sees = 0, sees

    def now_ns(self):
        return self.time_ns

    def wait(self, sources, until_ns):
        ready = any(source.waiting for source in sources)
        if not ready:
            self.time_ns = until_ns
        return ready if self.sees else None


class Answering(Link):
    """Has the answer to a probe as soon as it left, as on loopback; counts looks at it."""

    def __init__(self, answers=1):
        self.answers, self.waiting, self.looks = answers, 0, 0

    def send(self, probe):
        self.waiting += self.answers
        return 0

    def receive(self):
        self.looks += 1
        found, self.waiting = self.waiting, max(0, self.waiting - 1)
        return [Arrival(0, REPLY)] if found else []


class Paced(Engine):
    """A probe whenever the time has come; notes what it was told."""

    def __init__(self):
        self.told, self.sent, self.deadline_ns = [], 0, 0

    def feed(self, event):
        self.told.append(type(event))
        if type(event) is not TimePassed:
            return []
        if self.sent == PROBES:
            return [Finish()]
        self.sent += 1
        self.deadline_ns = event.at_ns + PACE_NS
        return [SendProbe(EchoProbe(self.sent, self.sent))]


def play(engine, link, clock):
    run = Run(engine, link, clock)
    while not run.finished:
        for _ in run.step():
            pass
        if run.idle and not run.finished:
            run.ready = clock.wait(run.sources, run.deadline_ns)


def test_a_probe_that_is_answered_at_once_takes_one_look():
    engine, link = Paced(), Answering()
    play(engine, link, Clock())
    assert link.looks <= PROBES + 2  # the first wait comes after the first look
    assert engine.told.count(ReplyArrived) == PROBES
    assert [each for each in engine.told if each in (ProbeSent, ReplyArrived)] == [ProbeSent, ReplyArrived] * PROBES


def test_where_a_wait_sees_nothing_the_link_is_looked_at():
    engine, link = Paced(), Answering()
    play(engine, link, Clock(sees=False))
    assert engine.told.count(ReplyArrived) == PROBES
    assert link.looks > 2 * PROBES


def test_all_answers_are_told_before_the_next_time():
    engine = Paced()
    play(engine, Answering(answers=5), Clock())
    rounds = [each for each in engine.told if each in (ReplyArrived, TimePassed)]
    assert rounds[1:-1] == ([ReplyArrived] * 5 + [TimePassed]) * (PROBES - 1) + [ReplyArrived] * 5


def test_a_storm_is_not_waited_for_at_each_answer():
    engine, link = Paced(), Answering(answers=TURNS)
    engine.sent = PROBES - 1
    waits, clock = [], Clock()
    wait = clock.wait
    clock.wait = lambda *what: waits.append(what) or wait(*what)
    play(engine, link, clock)
    assert engine.told.count(ReplyArrived) == TURNS
    assert len(waits) < 5
