"""The player of the engine tests: it does what the driver does, and notices what no engine may do."""

from __future__ import annotations

import pytest
from engine_player import MS, Player

from netlite.engines.actions import Finish, LookUpName, Report, SendProbe
from netlite.engines.engine import Engine
from netlite.engines.events import NameFound, ProbeSent, ReplyArrived, SendFailed, Started, TimePassed
from netlite.engines.rounds import Sweep, Swept
from netlite.records.echo_links import EchoProbe, EchoReply

REPLY = EchoReply("192.0.2.1", 1, 1, 64)
PROBES = EchoProbe(1, 1, destination="192.0.2.1"), EchoProbe(2, 2, destination="192.0.2.2")


class Told(Engine):
    """Does what a table says on the n-th event, and keeps the events."""

    def __init__(self, *table, deadline_ns: int | None = None):
        self.table, self.events, self.deadline_ns = list(table), [], deadline_ns

    def feed(self, event):
        self.events.append(event)
        return self.table.pop(0) if self.table else [Finish()]


def test_a_probe_is_sent_and_answered_when_its_fate_says():
    engine = Told([SendProbe(PROBES[0]), Report("early")], [], [Report("late")], deadline_ns=9 * MS)
    run = Player(engine, lambda probe, at_ns: [(5 * MS, REPLY)], numbered=True).run()
    assert engine.events == [Started(0), ProbeSent(0, 1, 0), ReplyArrived(5 * MS, REPLY, 5 * MS, number=1),
                             TimePassed(9 * MS)]
    assert (run.sent, run.told) == ([(0, PROBES[0])], [(0, "early"), (5 * MS, "late")])


@pytest.mark.parametrize("fate, replies", [(lambda probe, at_ns: 105, []), (lambda probe, at_ns: (105, [(0, REPLY)]), [REPLY])])
def test_a_refused_probe_may_have_a_reply(fate, replies):
    engine = Told([SendProbe(PROBES[0])], [], [], deadline_ns=MS)
    Player(engine, fate).run()
    assert engine.events[1] == SendFailed(0, 1, 105)
    assert [event.reply for event in engine.events if isinstance(event, ReplyArrived)] == replies


def test_a_sweep_ends_where_the_kernel_refuses():
    engine = Told([Sweep(PROBES)], [])
    Player(engine, lambda probe, at_ns: 11 if probe.number == 2 else [(0, REPLY), (MS, REPLY)]).run()
    assert engine.events[1] == Swept(0, (0,), 11, ((1, 0),))
    assert engine.events[2] == ReplyArrived(MS, REPLY, MS)


def test_names_come_after_their_time_or_never():
    engine = Told([LookUpName("192.0.2.1"), LookUpName("192.0.2.2")], [], deadline_ns=7 * MS)
    run = Player(engine, names={"192.0.2.2": (3 * MS, "two")}).run()
    assert engine.events[1:] == [NameFound(3 * MS, "192.0.2.2", "two"), TimePassed(7 * MS)]
    assert run.asked == ["192.0.2.1", "192.0.2.2"]


def test_what_no_engine_may_do():
    with pytest.raises(AssertionError, match="waits for nothing"):
        Player(Told([])).run()
    with pytest.raises(AssertionError, match="does not end"):
        Player(Told(*[[]] * 50, deadline_ns=0)).run(limit=20)
    with pytest.raises(AssertionError, match="after Finish"):
        Player(Told([Finish(), Report("more")])).run()
    ended = Player(Told()).run()
    with pytest.raises(AssertionError, match="after the end"):
        ended.feed(TimePassed(1))
