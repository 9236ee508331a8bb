"""ping's reports that wait for host names, and floods that go in rounds; in virtual time."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies
from played_ping import MS, TARGET, answer, plan, play

from netlite.engines.actions import Finish, Report, SendProbe
from netlite.engines.events import (
    Interrupted,
    NameFound,
    ProbeSent,
    ReceiveFailed,
    ReplyArrived,
    Started,
    TimePassed,
)
from netlite.engines.ping import Ping
from netlite.engines.ping_rounds import engine_of
from netlite.engines.rounds import Exchange, Exchanged
from netlite.records.family import IPV4
from netlite.records.ping import Answer, Summary
from netlite.records.ping_mishaps import ReceiveRefused
from netlite.render.ping import PingStyle
from netlite.render.ping_lines import render_record


def test_names_hold_reports_back_but_no_probe():
    world = play(plan(count=2, names=True, interval_ms=100), names={TARGET: (150, "host.example")})
    assert world.sent_ms == [0, 100]
    assert [at_ms for at_ms, record in world.told_ms if isinstance(record, Answer)] == [151, 151]
    assert [record.names for record in world.of(Answer)] == [((TARGET, "host.example"),)] * 2
    assert isinstance(world.reports[-1], Summary)


def test_an_address_without_a_name_stands_for_itself():
    world = play(plan(count=1, names=True), names={TARGET: (1, None)})
    assert world.of(Answer)[0].names == ((TARGET, TARGET),)


def test_without_a_name_server_the_address_stands_alone():
    engine = Ping(plan(count=1, names=True))
    engine.feed(Started(0))
    engine.feed(ProbeSent(0, 1, 0))
    look_up, = engine.feed(ReplyArrived(MS, answer(1), MS))
    reported = engine.feed(NameFound(2 * MS, look_up.address, None, answered=False))[0].record
    assert reported.names == ()


def test_a_dead_name_server_delays_each_address_once():
    world = play(plan(count=8, names=True), names={})
    times = [at_ms for at_ms, record in world.told_ms if isinstance(record, Answer)]
    assert times == [6501] * 7 + [7001]
    assert world.of(Answer)[0].names == ()
    interrupted = play(plan(names=True), names={}, asked=[(1500, Interrupted)])
    assert [type(record) for record in interrupted.reports] == [Answer, Answer, Summary]
    assert interrupted.now_ns == 1500 * MS


@pytest.mark.parametrize("found_ms", [300, 2000, 5050])
@pytest.mark.parametrize("lost", [(), (2,)])
def test_names_are_awaited_after_the_last_probe(found_ms, lost):
    """Long after the wait for answers is over: a name that the second server knows comes after 5 s."""
    world = play(plan(count=2, names=True, interval_ms=100), lambda number: [] if number in lost else [(1, answer(number))],
                 names={TARGET: (found_ms, "host.example")})
    assert {record.names for record in world.of(Answer)} == {((TARGET, "host.example"),)}
    assert len(world.of(Answer)) == 2 - len(lost) and isinstance(world.reports[-1], Summary)


def test_a_deadline_and_a_signal_do_not_wait_for_names():
    for told in ({"deadline_s": 1}, {"asked": [(1000, Interrupted)]}):
        asked = told.pop("asked", [])
        world = play(plan(names=True, **told), names={TARGET: (3000, "host.example")}, asked=asked)
        assert world.now_ns == 1000 * MS and world.of(Answer)[0].names == ()


def test_a_signal_ends_the_wait_for_names():
    world = play(plan(count=1, names=True), names={TARGET: (3000, "host.example")}, asked=[(1000, Interrupted)])
    assert world.now_ns == 1000 * MS and isinstance(world.reports[-1], Summary)


def test_a_quiet_flood_goes_in_rounds():
    flood = plan(count=5, interval_ms=0, flood=True, quiet=True)
    engine = engine_of(flood)
    exchange, = engine.feed(Started(0))
    assert isinstance(exchange, Exchange) and (exchange.probe.number, exchange.count) == (1, 5)
    following, = engine.feed(Exchanged(9000, 1, (0, 2000, 4000), (2000, 4000, 9000)))
    assert (following.probe.number, following.count) == (4, 2)
    assert engine.feed(Exchanged(9100, 4, (9050,))) == []
    assert engine.deadline_ns == 9050 + 10 * MS
    report, _ = engine.feed(Interrupted(9200))
    assert (report.record.transmitted, report.record.received) == (4, 3)


@given(strategies.lists(strategies.tuples(strategies.integers(0, 10**9), strategies.integers(0, 10**7)), min_size=2, max_size=30),
       strategies.integers(0, 30))
def test_a_round_counts_as_its_probes_and_answers_would(pairs, cut):
    """The same summary whether a flood went in rounds or probe by probe."""
    times, now_ns = [], 0
    for wait_ns, rtt_ns in pairs:
        times.append((now_ns + wait_ns, now_ns + wait_ns + rtt_ns))
        now_ns = times[-1][1]
    flood = plan(count=len(times), interval_ms=0, flood=True, quiet=True)
    whole, single = engine_of(flood), engine_of(flood)
    whole.feed(Started(0))
    cut = min(cut, len(times) - 1)
    if cut:
        whole.feed(Exchanged(times[cut - 1][1], 1, *zip(*times[:cut])))
    actions = whole.feed(Exchanged(now_ns, cut + 1, *zip(*times[cut:])))
    single.feed(Started(0))
    for number, (sent_ns, received_ns) in enumerate(times, 1):
        single.feed(ProbeSent(sent_ns, number, sent_ns))
        expected = single.feed(ReplyArrived(received_ns, answer(number % 65536), received_ns))
    summaries = [next(a.record for a in taken if isinstance(a, Report)) for taken in (actions, expected)]
    assert summaries[0].replace(elapsed_ns=0, gap_us=None) == summaries[1].replace(elapsed_ns=0, gap_us=None)
    assert summaries[0].elapsed_ns == times[-1][0]


@pytest.mark.parametrize("end", [Interrupted(2 * MS), TimePassed(1000 * MS), ReceiveFailed(2 * MS, 1)],
                         ids=["interrupted", "deadline", "nothing can be received"])
@pytest.mark.parametrize("flood", [True, False])
def test_what_is_under_way_to_the_kernel_at_the_end_still_counts(end, flood):
    engine = engine_of(plan(deadline_s=1, interval_ms=0, flood=flood, quiet=flood, preload=1 if flood else 3))
    engine.feed(Started(0))
    engine.feed(Exchanged(MS, 1, (0,), (1000,)) if flood else ProbeSent(MS, 1, 0))
    taken = engine.feed(end)
    assert not any(isinstance(action, (Finish, Exchange, SendProbe)) for action in taken)
    outcome = Exchanged(1001 * MS, 2, (1000, 3000), (2000,)) if flood else ProbeSent(1001 * MS, 2, 1000)
    taken += engine.feed(outcome)
    *others, summary, finish = taken
    assert isinstance(finish, Finish) and isinstance(summary.record, Summary)
    assert (summary.record.transmitted, summary.record.received) == ((3, 2) if flood else (2, 0))
    assert [type(report.record) for report in others] == [ReceiveRefused] * isinstance(end, ReceiveFailed)


def test_the_deadline_of_a_flood_in_rounds_is_known_all_the_time():
    engine = engine_of(plan(deadline_s=1, interval_ms=0, flood=True, quiet=True))
    engine.feed(Started(0))
    assert engine.deadline_ns == 1000 * MS
    for number, at_ms in (1, 1), (2, 2), (3, 997):
        exchange, = engine.feed(Exchanged(at_ms * MS, number, (0,), (1000,)))
        assert exchange.until_ns == min(at_ms + 20, 1000) * MS
        assert engine.deadline_ns == 1000 * MS
    assert engine.feed(Exchanged(1000 * MS, 4, (0,), (1000,))) == []
    assert engine.deadline_ns == 1000 * MS


def windowed(count: int, window: int) -> list[str]:
    """Who sends ahead, step by step: "sent", "answered"."""
    steps, sent, answered = [], 0, 0
    while answered < count:
        while sent < count and sent - answered < window:
            sent += 1
            steps.append("sent")
        answered += 1
        steps.append("answered")
    return steps


@given(strategies.integers(1, 60), strategies.integers(1, 8), strategies.integers(0, 40), strategies.one_of(strategies.none(),
                                                                                                  strategies.integers(1, 9)))
def test_a_round_of_a_flood_says_and_counts_what_its_probes_would(count, window, cut, columns):
    """Probe by probe or as a round of which the last ones are still under way: the same bytes and the same counts."""
    style = PingStyle(IPV4, flood=True, columns=columns)
    flood = plan(count=count, interval_ms=0, flood=True, preload=window)
    whole, single = engine_of(flood), engine_of(flood)
    steps, said, sent_at, now_ns, number, back = windowed(count, window), ["", ""], [], 0, 0, 0
    steps = steps[:max(1, len(steps) - cut)]
    exchange = whole.feed(Started(0))[0]
    single.feed(Started(0))
    assert (exchange.window, exchange.count) == (window, count)
    answered_at = []
    for step in steps:
        now_ns += 1000
        if step == "sent":
            number += 1
            sent_at.append(now_ns)
            event = ProbeSent(now_ns, number, now_ns)
        else:
            back += 1
            answered_at.append(now_ns)
            event = ReplyArrived(now_ns, answer(back), now_ns)
        said[0] += text_of(style, single.feed(event))
    said[1] += text_of(style, whole.feed(Exchanged(now_ns, 1, tuple(sent_at), tuple(answered_at))))
    assert said[0] == said[1]
    one, other = whole._statistics.summary(0, True), single._statistics.summary(0, True)
    assert one == other and whole._statistics.in_flight == single._statistics.in_flight


def text_of(style, actions) -> str:
    return "".join(render_record(style, action.record, "")[0] for action in actions
                   if isinstance(action, Report) and not isinstance(action.record, Summary))


@given(strategies.integers(1, 40), strategies.integers(65500, 65536), strategies.booleans(), strategies.sampled_from([56, 8]),
       strategies.booleans())
def test_a_round_at_interval_0_says_what_its_answers_would(count, start, bell, size, named):
    """Line by line or as a round: the same bytes, whatever the digits of the times."""
    style = PingStyle(IPV4, audible=bell)
    many = plan(interval_ms=0, in_rounds=True, names=named, size_bytes=size)
    whole, single, said = engine_of(many), engine_of(many.replace(in_rounds=False)), ["", ""]
    times, now_ns = [], 0
    for number in range(count):
        times.append((now_ns, now_ns + 1000 * 7 ** (number % 7) + 53_000))
        now_ns = times[-1][1]
    reply = answer(start % 65536, size=size + 8)
    for engine in (whole, single):
        engine._statistics.transmitted = engine._statistics._acknowledged = start - 1
        engine.feed(Started(0))
    for number, (sent_ns, received_ns) in enumerate(times, start):
        single.feed(ProbeSent(sent_ns, number, sent_ns))
        said[0] += text_of(style, single.feed(ReplyArrived(received_ns, answer(number % 65536, size=size + 8), received_ns)))
    said[1] += text_of(style, whole.feed(Exchanged(now_ns, start, *zip(*times), reply)))
    for place, engine in enumerate((single, whole)):
        said[place] += text_of(style, engine.feed(NameFound(now_ns, TARGET, "host.example"))) if named else ""
    assert said[0] == said[1] and said[0].count("icmp_seq") == count
    assert whole._statistics.summary(0, True) == single._statistics.summary(0, True)
