"""Many targets: every probe is counted once, the run ends, summaries come in order."""

from __future__ import annotations

import pytest
from engine_player import MS, Player
from hypothesis import given, strategies

from netlite.engines.actions import Finish, Report
from netlite.engines.events import Interrupted, ReplyArrived, Started, StatusAsked, TimePassed
from netlite.engines.multiping import BURST, REPORTS, MultiPing, MultiPingConfig
from netlite.engines.rounds import Sweep, Swept
from netlite.records.echo_links import EchoReply
from netlite.records.multiping import MultiSummary, Progress, Target, TargetSummaries, TargetSummary
from netlite.records.replies import IcmpError, Origin, Quote


def targets(count):
    return tuple(Target(f"t{index}", f"192.0.2.{index}") for index in range(count))


def error(sequence, kind=3, origin=Origin.ICMP):
    return IcmpError(origin, "192.0.2.99", kind, 1, quote=Quote(None, None, 1, sequence=sequence))


def play(config, fate):
    """The records with their times.  `fate(probe)` gives an errno, or what comes back: the delay of an answer in ms,
    or (delay, type) of an error."""
    def fate_ns(probe, at_ns):
        outcome = fate(probe)
        if isinstance(outcome, int):
            return outcome
        came = [each if isinstance(each, tuple) else (each,) for each in outcome]
        return [(delay_ms * MS, error(probe.sequence, *about) if about
                 else EchoReply(probe.destination, 1, probe.sequence, 64)) for delay_ms, *about in came]

    return [(at_ns, each) for at_ns, record in Player(MultiPing(config), fate_ns).run().told for each in one_by_one(record)]


def one_by_one(record):
    """The summaries that come together, or the record itself."""
    return record.summaries if isinstance(record, TargetSummaries) else [record]


def test_summaries_come_in_order_and_totals_last():
    reports = play(MultiPingConfig(targets(3), count=2, rate=0), lambda probe: [5])
    summaries = [record for _, record in reports]
    assert [s.target.name for s in summaries[:3]] == ["t0", "t1", "t2"]
    assert summaries[0] == TargetSummary(targets(1)[0], 2, 2, 0, 0, 5 * MS, 5 * MS, 5 * MS)
    assert summaries[3] == MultiSummary(3, 3, 6, 6, 1005 * MS)


@pytest.mark.parametrize("interrupted", [False, True])
def test_thousands_of_summaries_come_in_turns(interrupted):
    """No turn makes more than REPORTS of them, whatever ends the run; none is missing, and they are in order."""
    count = 2 * REPORTS + 5
    names = [f"t{number}" for number in range(count)]
    engine = MultiPing(MultiPingConfig(tuple([Target(name, "127.0.0.1") for name in names]), rate=0, timeout_ns=0))
    event, now_ns, turns = Started(0), 0, []
    while not turns or Finish() not in turns[-1]:
        turns.append(engine.feed(event))
        now_ns += 1
        sweeps = [action for action in turns[-1] if isinstance(action, Sweep)]
        if sweeps:
            event = Swept(now_ns, (now_ns,) * len(sweeps[0].probes), None, ())
        elif interrupted and len(turns) == 2:
            event = Interrupted(now_ns)
        else:
            assert engine.deadline_ns <= now_ns
            event = TimePassed(now_ns)
    reports = [[each for action in turn if isinstance(action, Report) for each in one_by_one(action.record)] for turn in turns]
    *summaries, total = sum(reports, [])
    assert [summary.target.name for summary in summaries] == names
    assert total.sent == (BURST if interrupted else count)
    assert max(map(len, reports)) == REPORTS


def test_a_silent_target_is_down_after_the_timeout():
    reports = play(MultiPingConfig(targets(2), timeout_ns=300 * MS, rate=0),
                   lambda probe: [] if probe.destination.endswith(".0") else [1])
    assert reports[0][0] == 300 * MS and reports[0][1].received == 0
    assert reports[-1][1].up == 1


@pytest.mark.parametrize("came, expected", [
    ([(1, 5), 20], (1, 0, 0)),                     # a redirect, then the answer
    ([(1, 4), 20, 25], (1, 1, 0)),                 # source quench
    ([(1, 137, Origin.ICMP6), 20], (1, 0, 0)),     # a redirect of IPv6
    ([(1, 5)], (0, 0, 0)),
    ([(1, 3), 20], (1, 0, 0)),                     # an error, and the answer after it
    ([(1, 3), (2, 11), 20, 21], (1, 1, 0)),
    ([20, (21, 3)], (1, 0, 0)),
    ([(1, 3), (2, 3)], (0, 0, 1)),                 # two errors about one probe
    ([(1, 3), 1001], (0, 0, 1)),                   # too late
])
def test_a_probe_is_lost_or_answered_whatever_else_is_said_about_it(came, expected):
    fates = {"192.0.2.0": came, "192.0.2.1": [900]}  # the second one keeps the run going
    summary = play(MultiPingConfig(targets(2)[::-1], rate=0), lambda probe: fates[probe.destination])[1][1]
    assert (summary.received, summary.duplicates, summary.errors) == expected


def test_an_interrupt_keeps_the_errors():
    engine = MultiPing(MultiPingConfig(targets(1), rate=0))
    (asked,) = engine.feed(Started(0))
    engine.feed(Swept(0, (0,), None, ()))
    engine.feed(ReplyArrived(1, error(asked.probes[0].sequence), 1))
    summary, = engine.feed(Interrupted(2))[0].record.summaries
    assert (summary.sent, summary.received, summary.errors) == (1, 0, 1)


@pytest.mark.parametrize("in_sweep", [True, False])
def test_an_answer_stamped_before_its_probe_came_when_it_was_read(in_sweep):
    """By a wall clock that was set meanwhile."""
    engine = MultiPing(MultiPingConfig(targets(1), rate=0))
    (asked,) = engine.feed(Started(0))
    sequence = asked.probes[0].sequence
    engine.feed(Swept(10 * MS, (9 * MS,), None, ((sequence, 8 * MS),) if in_sweep else ()))
    ended = engine.feed(ReplyArrived(10 * MS, EchoReply("192.0.2.0", 1, sequence, 64), 8 * MS))
    summary, = next(each.record.summaries for each in ended + engine.feed(Interrupted(11 * MS)) if isinstance(each, Report))
    assert (summary.received, summary.rtt_min_ns) == (1, MS)


def test_errors_and_duplicates_are_told_apart():
    fates = {"192.0.2.0": [(1, 3)], "192.0.2.1": [1, 2, 3], "192.0.2.2": 1}
    summaries = [r for _, r in play(MultiPingConfig(targets(3), rate=0, count=2), lambda p: fates[p.destination])]
    assert [(s.sent, s.received, s.duplicates, s.errors) for s in summaries[:3]] == [
        (2, 0, 0, 2), (2, 2, 4, 0), (2, 0, 0, 2)]


def test_the_rate_is_kept():
    reports = play(MultiPingConfig(targets(100), rate=100.0), lambda probe: [1])
    assert 990 * MS <= reports[-1][1].duration_ns <= 1000 * MS


@pytest.mark.parametrize("errno", [105, 11])
def test_a_full_queue_is_tried_again(errno):
    refused = set()

    def fate(probe):
        if probe.destination not in refused:
            refused.add(probe.destination)
            return errno
        return [1]

    assert play(MultiPingConfig(targets(5), rate=0), fate)[-1][1].up == 5


@pytest.mark.parametrize("errno", [105, 11])
def test_a_queue_that_stays_full_ends_the_run(errno):
    reports = play(MultiPingConfig(targets(3), rate=0, timeout_ns=300 * MS), lambda probe: errno)
    assert [(each.sent, each.received, each.errors) for _, each in reports[:-1]] == [(1, 0, 1)] * 3
    assert 300 * MS <= reports[-1][0] <= 600 * MS


def test_a_queue_that_is_full_at_times_is_no_error():
    """For longer than an answer may take, all in all, but now and then a probe leaves."""
    turn = iter(range(10_000))
    reports = play(MultiPingConfig(targets(200), rate=0, timeout_ns=50 * MS), lambda probe: 105 if next(turn) % 4 else [1])
    assert reports[-1][1].up == 200


def test_interrupt_ends_with_summaries_and_status_is_told():
    engine = MultiPing(MultiPingConfig(targets(2), count=5, rate=0))
    (asked,) = engine.feed(Started(0))
    engine.feed(Swept(0, (0,) * len(asked.probes), None, ()))
    assert engine.feed(StatusAsked(1)) == [Report(Progress(2, 0, 2, 0))]
    actions = engine.feed(Interrupted(2))
    assert [type(each) for each in actions] == [Report, Report, Finish]
    assert [each.under_way for each in actions[0].record.summaries] == [1, 1]


@given(strategies.integers(1, 8), strategies.integers(1, 4), strategies.randoms(use_true_random=False),
       strategies.sampled_from([0, 50.0, 1000.0]))
def test_counts_add_up_whatever_happens(how_many, count, random, rate):
    def fate(probe):
        return random.choice([[], [0], [0, 0, 1], [1], [2500], [1, 1], [900, 1100], [(1, 3)], [(1, 3), 5], [(1, 5), 2, (3, 11)], 1, 105, [999], [1000]])

    summaries = [record for _, record in play(MultiPingConfig(targets(how_many), count=count, rate=rate), fate)]
    assert len(summaries) == how_many + 1
    for summary in summaries[:-1]:
        assert summary.sent == count and summary.received + summary.errors <= count
    assert summaries[-1].sent == how_many * count
