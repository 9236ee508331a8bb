"""The driver feeds facts and does what it is told, in order."""

from __future__ import annotations

import errno
import os
import signal

from engine_player import records_of

from netlite.engines import transcript
from netlite.engines.actions import Finish, LookUpName, Report, SendProbe
from netlite.engines.engine import Engine
from netlite.engines.events import (
    Interrupted,
    NameFound,
    ProbeSent,
    ReplyArrived,
    SendFailed,
    Started,
    StatusAsked,
    TimePassed,
)
from netlite.links import driver
from netlite.links.link import Arrival, Link
from netlite.records.echo_links import EchoProbe, EchoReply
from netlite.sockets.name_lookups import NameLookups
from netlite.sockets.signals import Signals

REPLY = EchoReply("192.0.2.1", 7, 1, 64)


class StepClock:
    """Time moves only by waiting."""

    def __init__(self):
        self.time_ns = 0

    def now_ns(self):
        return self.time_ns

    def wait(self, sources, until_ns):
        arrivals = [source.next_ns for source in sources if getattr(source, "next_ns", None) is not None]
        self.time_ns = min(arrivals + ([until_ns] if until_ns is not None else []))


class Echo(Link):
    """Answers each probe after 5 ns; refuses sequence 2."""

    def __init__(self, clock):
        self.clock, self.queue = clock, []

    @property
    def next_ns(self):
        return self.queue[0].received_ns if self.queue else None

    def send(self, probe):
        if probe.sequence == 2:
            raise OSError(errno.ENOBUFS, "full")
        self.queue.append(Arrival(self.clock.now_ns() + 5, REPLY.replace(sequence=probe.sequence)))
        return self.clock.now_ns()

    def receive(self):
        ready = [arrival for arrival in self.queue if arrival.received_ns <= self.clock.now_ns()]
        self.queue = self.queue[len(ready):]
        return ready


class Recorder(Engine):
    """Notes every event; `plan` maps an event class to the actions it causes once."""

    def __init__(self, plan, deadline_ns=None):
        self.plan, self.seen, self.deadline_ns = dict(plan), [], deadline_ns

    def feed(self, event):
        self.seen.append(event)
        return self.plan.pop(type(event), [])


def drive(engine, clock=None, **sources):
    clock = clock or StepClock()
    return records_of(driver.Run(engine, Echo(clock), clock, **sources), clock)


def test_a_probe_is_sent_and_its_reply_told():
    engine = Recorder({Started: [SendProbe(EchoProbe(1, 1))], ReplyArrived: [Report("r"), Finish()]})
    assert drive(engine) == ["r"]
    assert engine.seen == [Started(0), ProbeSent(0, 1, 0), ReplyArrived(5, REPLY, 5)]


def test_nothing_is_read_before_the_first_probe_has_left():
    clock = StepClock()
    link, calls = Echo(clock), []
    receive, send = link.receive, link.send
    link.receive = lambda: calls.append("receive") or receive()
    link.send = lambda probe: calls.append("send") or send(probe)
    engine = Recorder({Started: [SendProbe(EchoProbe(1, 1))], ReplyArrived: [Finish()]})
    records_of(driver.Run(engine, link, clock), clock)
    assert calls[:2] == ["send", "receive"]


def test_a_refused_send_is_an_event():
    engine = Recorder({Started: [SendProbe(EchoProbe(2, 2))], SendFailed: [Finish()]})
    drive(engine)
    assert engine.seen[-1] == SendFailed(0, 2, errno.ENOBUFS)


def test_replies_come_before_the_deadline_they_meet():
    engine = Recorder({Started: [SendProbe(EchoProbe(1, 1))], TimePassed: [Finish()]}, deadline_ns=5)
    drive(engine)
    assert [type(event) for event in engine.seen[-2:]] == [ReplyArrived, TimePassed]


def test_reports_before_finish_are_kept_and_those_after_it_are_not():
    engine = Recorder({Started: [Report(1), Finish(), Report(2)]})
    assert drive(engine) == [1]


def test_a_name_without_a_resolver_is_unknown():
    engine = Recorder({Started: [LookUpName("192.0.2.1")], NameFound: [Finish()]})
    drive(engine)
    assert engine.seen[-1] == NameFound(0, "192.0.2.1", None)


def test_names_are_looked_up_in_the_background_and_remembered():
    class Table:
        asked = []

        def look_up(self, address):
            self.asked.append(address)
            return "r1.lab", True

    from netlite.sockets.clock import Clock

    class AskTwice(Engine):
        names = []

        def feed(self, event):
            if isinstance(event, NameFound):
                self.names.append(event.name)
                return [Finish()] if len(self.names) == 2 else [LookUpName("192.0.2.1")]
            return [LookUpName("192.0.2.1")] if isinstance(event, Started) else []

    with NameLookups(Table()) as lookups:
        engine = AskTwice()
        records_of(driver.Run(engine, Link.__new__(Silent), Clock(), lookups=lookups), Clock())
    assert engine.names == ["r1.lab", "r1.lab"] and Table.asked == ["192.0.2.1"]


class Silent(Link):
    def receive(self):
        return []


def test_signals_become_events_and_handlers_are_restored():
    before = signal.getsignal(signal.SIGINT)
    with Signals() as caught:
        os.kill(os.getpid(), signal.SIGQUIT)
        os.kill(os.getpid(), signal.SIGINT)
        assert caught.receive(3) in ([StatusAsked(3), Interrupted(3)], [Interrupted(3), StatusAsked(3)])
        assert caught.receive(4) == []
    assert signal.getsignal(signal.SIGINT) is before


def test_a_transcript_replays_to_the_same_actions():
    plan = {Started: [SendProbe(EchoProbe(1, 1))], ReplyArrived: [Report(REPLY), Finish()]}
    lines = []
    drive(Recorder(plan), transcript=transcript.Transcript(lines.append))
    entries = transcript.read(lines)
    assert ReplyArrived(5, REPLY, 5) in entries
    actions = [entry for entry in entries if isinstance(entry, (SendProbe, Report, Finish))]
    assert transcript.replay(Recorder(plan), entries) == actions
