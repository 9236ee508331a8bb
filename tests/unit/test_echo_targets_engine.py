"""One verdict a probe, whatever happens: the decisions of `engines.echo_targets`, event by event."""

from __future__ import annotations

from errno import EMSGSIZE, ENETUNREACH, ENOBUFS

from hypothesis import given
from hypothesis import strategies as st

from netlite.engines import echo_targets
from netlite.engines.actions import Finish, Report, SendProbe
from netlite.engines.echo_targets import EchoTargets
from netlite.engines.events import (
    Interrupted,
    ProbeSent,
    ReceiveFailed,
    ReplyArrived,
    SendFailed,
    Started,
    TimePassed,
)
from netlite.engines.requests import TargetAdded, TargetDropped
from netlite.engines.rounds import Sweep, Swept
from netlite.records.echo_links import EchoReply
from netlite.records.echo_targets import EchoTarget, EchoTargetsConfig
from netlite.records.replies import IcmpError, Origin, Quote
from netlite.records.verdicts import Answer, HostResult, LocalError, Lost, ProbeError

MS = 1_000_000
SECOND = 1000 * MS


def target(key=0, **more):
    return EchoTarget(key, f"host{key}", f"192.0.2.{key + 1}", **{"count": 2, "interval_ns": SECOND, "timeout_ns": SECOND, **more})


class Play:
    """An engine whose probes leave the moment they are asked for, unless `refuse` says with which errno they do not."""

    def __init__(self, *targets, **config):
        self.engine = EchoTargets(EchoTargetsConfig(targets, **config))
        self.now_ns, self.refuse = 100 * SECOND, None
        self.sent, self.told, self.results, self.over = [], [], {}, False
        self.feed(Started)

    def feed(self, kind, *values):
        waiting = [kind(self.now_ns, *values)]
        for event in waiting:
            for action in self.engine.feed(event):
                if isinstance(action, SendProbe):
                    waiting.append(self._send(action.probe))
                elif isinstance(action, Sweep):
                    waiting.append(Swept(self.now_ns, tuple(self.now_ns for _ in action.probes), None, ()))
                    self.sent += [(self.now_ns, probe) for probe in action.probes]
                elif isinstance(action, Report):
                    key, record = action.record
                    if isinstance(record, HostResult):
                        assert key not in self.results
                        self.results[key] = record
                    else:
                        self.told.append(record)
                elif isinstance(action, Finish):
                    self.over = True

    def _send(self, probe):
        if self.refuse:
            return SendFailed(self.now_ns, probe.number, self.refuse)
        self.sent.append((self.now_ns, probe))
        return ProbeSent(self.now_ns, probe.number, self.now_ns)

    def answer(self, place, after_ns=MS, source=None):
        left_ns, probe = self.sent[place]
        self.feed(ReplyArrived, EchoReply(source or probe.destination, 7, probe.sequence, 64, b"", 60, None, b"", None),
                  left_ns + after_ns)

    def error(self, place, type=3, code=1, info=0):
        left_ns, probe = self.sent[place]
        quote = Quote("192.0.2.99", probe.destination, 1, identifier=7, sequence=probe.sequence)
        self.feed(ReplyArrived, IcmpError(Origin.ICMP, "192.0.2.50", type, code, info, 113, 61, quote), left_ns + MS)

    def pass_until(self, now_ns):
        """Time passes, and each deadline on the way is told."""
        while self.engine.deadline_ns is not None and self.engine.deadline_ns <= now_ns and not self.over:
            self.now_ns = max(self.now_ns, self.engine.deadline_ns)
            self.feed(TimePassed)
        self.now_ns = max(self.now_ns, now_ns)

    @property
    def kinds(self):
        return [type(each) for each in self.told]


def test_the_last_probe_has_its_verdict_too():
    play = Play(target())
    play.answer(0)
    play.pass_until(103 * SECOND)
    assert play.kinds == [Answer, Lost] and [each.sequence for each in play.told] == [1, 2]
    assert (play.results[0].sent, play.results[0].received, play.results[0].lost, play.over) == (2, 1, 1, True)


def test_the_time_out_counts_for_every_probe_and_from_its_own_sending():
    """Not, as with ping, only until the first answer came."""
    play = Play(target(timeout_ns=3 * SECOND))
    play.answer(0)
    play.pass_until(101 * SECOND)
    assert len(play.sent) == 2
    play.pass_until(103 * SECOND + 900 * MS)
    assert play.kinds == [Answer]
    play.answer(1, 2900 * MS)
    assert play.kinds == [Answer, Answer] and play.told[1].rtt_ns == 2900 * MS


def test_an_answer_stamped_before_its_probe_came_when_it_was_read():
    """By a wall clock that was set meanwhile."""
    engine = EchoTargets(EchoTargetsConfig((target(count=1),), verdicts=False))
    (asked,) = engine.feed(Started(0))
    told = engine.feed(Swept(10 * MS, (9 * MS,), None, ())) + engine.feed(Swept(10 * MS, (), None, ((asked.probes[0].sequence, 8 * MS),)))
    assert [each.record[1].rtt_max_ns for each in told if isinstance(each, Report)] == [MS]


def test_what_comes_too_late_is_lost_however_early_we_look():
    play = Play(target(count=1))
    play.answer(0, SECOND + 1)
    assert play.kinds == [Lost] and (play.results[0].late, play.results[0].received) == (1, 0)


def test_duplicates_and_late_answers_change_no_verdict():
    play = Play(target(count=3, interval_ns=SECOND))
    play.answer(0)
    play.answer(0)
    play.pass_until(102 * SECOND + MS)
    play.answer(1)
    play.answer(2)
    assert play.kinds == [Answer, Lost, Answer]
    assert (play.results[0].duplicates, play.results[0].late, play.results[0].loss) == (1, 1, 1 / 3)


def test_an_error_is_the_verdict_and_a_hint_is_none():
    play = Play(target())
    play.error(0, type=5)
    assert play.told == []
    play.error(0)
    play.answer(0)
    [told] = play.told
    assert (type(told), told.source, told.icmp_type, told.icmp_code) == (ProbeError, "192.0.2.50", 3, 1)
    play.pass_until(101 * SECOND)
    play.error(1, 3, 4, 1400)
    assert play.told[1].mtu_bytes == 1400
    assert play.results[0].errors == 2 and play.results[0].reason.endswith("(from 192.0.2.50)")


def test_no_route_is_a_verdict_for_each_probe():
    play = Play(target())
    play.refuse = ENETUNREACH
    play.pass_until(100 * SECOND + MS)  # the first one left
    play.answer(0)
    play.pass_until(102 * SECOND)
    assert play.kinds == [Answer, LocalError] and play.told[1].errno == ENETUNREACH
    assert (play.results[0].sent, play.results[0].errors, play.over) == (2, 1, True)


def test_a_probe_that_is_too_long_tells_the_mtu():
    play = Play(stays=True)
    play.refuse = EMSGSIZE
    play.feed(TargetAdded, target(count=1))
    play.feed(ReplyArrived, IcmpError(Origin.LOCAL, None, 0, 0, 1500, EMSGSIZE), play.now_ns)
    assert [(each.errno, each.mtu_bytes) for each in play.told] == [(EMSGSIZE, 1500)]


def test_where_there_is_no_room_it_is_tried_again_and_not_for_ever():
    play = Play(stays=True)
    play.refuse = ENOBUFS
    play.feed(TargetAdded, target(count=1))
    play.pass_until(play.now_ns + 10 * MS)
    assert play.told == []
    play.refuse = None
    play.pass_until(play.now_ns + 2 * MS)
    assert len(play.sent) == 1
    play.answer(0)
    assert play.kinds == [Answer]
    play.refuse = ENOBUFS
    play.feed(TargetAdded, target(key=1, count=1))
    play.pass_until(play.now_ns + 2 * SECOND)
    assert play.kinds == [Answer, LocalError]


def test_rate_and_in_flight_hold_back():
    play = Play(*[target(key, count=1) for key in range(100)], rate=10, in_flight=3)
    play.pass_until(100 * SECOND + 450 * MS)
    assert [at_ns - 100 * SECOND for at_ns, _ in play.sent] == [0, 100 * MS, 200 * MS]  # three are under way
    play.answer(0)
    play.pass_until(100 * SECOND + 500 * MS)
    assert len(play.sent) == 4
    play.pass_until(200 * SECOND)
    assert play.over and len(play.results) == 100


def test_an_interrupted_run_says_how_far_it_came():
    play = Play(target(), target(1))
    play.answer(0)
    play.feed(Interrupted)
    assert play.over and (play.results[0].received, play.results[0].undecided) == (1, 0)
    assert (play.results[1].sent, play.results[1].undecided, play.results[1].loss) == (1, 1, None)


def test_where_nothing_can_be_received_all_that_is_under_way_ends():
    play = Play(target(), target(1))
    play.feed(ReceiveFailed, 1)
    assert play.kinds == [LocalError] * 2 and play.over and len(play.results) == 2


def test_who_is_dropped_is_told_nothing_and_others_go_on():
    play = Play(stays=True)
    for key in (1, 2):
        play.feed(TargetAdded, target(key))
    play.feed(TargetDropped, 1)
    play.answer(0)
    play.answer(1)
    play.pass_until(103 * SECOND)
    assert {each.host for each in play.told} == {"host2"} and set(play.results) == {2} and not play.over


def test_bursts_settle_in_one_go():
    play = Play(*[target(key, count=1) for key in range(150)], verdicts=False)
    play.pass_until(100 * SECOND + 1)
    assert len(play.sent) == 150
    for place in range(149):
        play.answer(place)
    play.pass_until(102 * SECOND)
    assert sum(each.received for each in play.results.values()) == 149 and play.over


def test_answers_that_are_told_while_a_burst_leaves_say_nothing_about_it():
    """A host is added in the turn that reads what has come: the burst to it is told in the next one."""
    engine = EchoTargets(EchoTargetsConfig((target(key=1),), verdicts=False, stays=True))
    sweep, = engine.feed(Started(0))
    engine.feed(Swept(1, (1,), None, ()))
    later, = engine.feed(TargetAdded(2, target(key=2)))
    more = engine.feed(Swept(2, (), None, ((sweep.probes[0].sequence, 2),)))
    more += engine.feed(Swept(3, (2,), None, ()))
    assert not [action for action in more if isinstance(action, Sweep)], "nothing is sent twice"
    assert engine.tally(2).sent == len(later.probes) == 1 and engine.tally(1).received == 1


def test_what_refuses_a_burst_is_tried_alone_before_it_counts():
    """It may be the error of an earlier probe, which the kernel tells at the next send."""
    engine = EchoTargets(EchoTargetsConfig((target(0, count=1), target(1, count=1)), verdicts=False))
    [sweep] = engine.feed(Started(SECOND))
    actions = engine.feed(Swept(SECOND, (), ENETUNREACH, ())) + engine.feed(TimePassed(SECOND))
    assert [[probe.number for probe in action.probes] for action in actions if isinstance(action, Sweep)] == [[2]]
    [alone] = [action.probe for action in actions if isinstance(action, SendProbe)]
    assert alone.number == 1 and len(sweep.probes) == 2
    engine.feed(SendFailed(SECOND, 1, ENETUNREACH))
    [report] = [action for action in engine.feed(TimePassed(SECOND)) if isinstance(action, Report)]
    assert (report.record.record.errors, report.record.record.reason) == (1, "Network is unreachable")


@given(st.lists(st.tuples(st.sampled_from(["answer", "error", "time", "refuse", "room"]), st.integers(0, 30)), max_size=60),
       st.integers(1, 4), st.integers(1, 5))
def test_whatever_happens_each_probe_has_exactly_one_verdict(steps, hosts, in_flight):
    play = Play(*[target(key, count=3, interval_ns=100 * MS) for key in range(hosts)], in_flight=in_flight)
    for step, number in steps:
        if step == "answer" and play.sent:
            play.answer(number % len(play.sent), number * MS)
        elif step == "error" and play.sent:
            play.error(number % len(play.sent))
        elif step == "time":
            play.pass_until(play.now_ns + number * 20 * MS)
        elif step in ("refuse", "room"):
            play.refuse = {"refuse": ENETUNREACH, "room": None}[step]
        if play.over:
            break
    play.pass_until(play.now_ns + 1000 * SECOND)
    assert play.over and set(play.results) == set(range(hosts))
    verdicts = [(each.host, each.sequence) for each in play.told]
    assert sorted(verdicts) == [(f"host{key}", sequence) for key in range(hosts) for sequence in (1, 2, 3)]
    for result in play.results.values():
        assert result.sent == 3 == result.received + result.lost + result.errors and result.undecided == 0


def test_a_run_without_end_keeps_the_latest_round_trips(monkeypatch):
    monkeypatch.setattr(echo_targets, "ROUND_TRIPS", 3)
    play = Play(target(count=None, interval_ns=MS))
    for place in range(10):
        play.answer(place, after_ns=(place + 1) * 1000)
        play.now_ns += MS
        play.feed(TimePassed)
    result = play.engine.standing(0)
    assert (result.received, result.loss, result.rtts_ns) == (10, 0.0, (8000, 9000, 10000))
    assert (result.rtt_min_ns, result.rtt_avg_ns, result.jitter_ns) == (8000, 9000, 1000)


def test_answers_that_are_read_between_bursts_and_round_trips_that_are_taken_once():
    play = Play(target(count=None), verdicts=False)
    play.now_ns += 5 * MS
    play.feed(Swept, (), None, ((1, play.now_ns - 2 * MS),))
    assert play.engine.tally(0).received == 1 and play.engine.take_round_trips(0) == [3 * MS]
    assert play.engine.take_round_trips(0) == [] and play.engine.take_round_trips(7) == []
    play.now_ns += 2 * SECOND
    play.feed(TimePassed)                 # the second one leaves
    play.feed(Swept, (), None, ((2, play.now_ns + MS), (1, play.now_ns)))
    assert play.engine.take_round_trips(0) == [MS]
    assert play.engine.tally(0)[:2] == (2, 2) and play.engine.tally(0).duplicates == 1


def test_who_is_called_seldom_may_send_what_the_rate_allowed():
    def sent(catch_up_ns):
        play = Play(*[target(key, count=1) for key in range(200)], rate=1000.0, verdicts=False, catch_up_ns=catch_up_ns)
        for _ in range(3):
            before, play.now_ns = len(play.sent), play.now_ns + 50 * MS
            play.feed(TimePassed)
        return len(play.sent) - before

    assert 5 <= sent(5 * MS) <= 7 and 49 <= sent(60 * MS) <= 51
