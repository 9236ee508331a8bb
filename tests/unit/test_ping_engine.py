"""The decisions of ping in virtual time: when probes leave, what counts, when it ends."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies
from played_ping import EAGAIN, EMSGSIZE, ENOBUFS, EPERM, MS, TARGET, answer, icmp_error, plan, play

from netlite.engines.actions import Report
from netlite.engines.events import Interrupted, ProbeSent, ReplyArrived, Started, StatusAsked, TimePassed
from netlite.engines.ping import Ping
from netlite.records.family import IPV4, IPV6
from netlite.records.ping import Answer, PingPlan, Summary
from netlite.records.ping_mishaps import (
    ForeignMessage,
    LocalError,
    NoAnswerYet,
    ProbeError,
    SendRefused,
    WrongByte,
)
from netlite.records.ping_rounds import ProbeLeft, Progress
from netlite.records.replies import IcmpError, IcmpMessage, Origin


def silence(number):
    return []


def test_a_probe_a_second_and_the_summary_at_the_last_answer():
    world = play(plan(count=3))
    assert world.sent_ms == [0, 1000, 2000]
    assert [record.rtt_ns for record in world.of(Answer)] == [MS, MS, MS]
    assert world.now_ns == 2001 * MS
    assert (world.summary.transmitted, world.summary.received, world.summary.elapsed_ns) == (3, 3, 2000 * MS)


@pytest.mark.parametrize("left_ns, received_ns, rtt_ns", [
    (None, 5_000, 5_000), (1_000, 5_000, 4_000),
    (7_000, 5_000, 5_000),  # the looped copy of a multicast packet is answered before the packet itself leaves
    (None, -1, 0)])
def test_a_round_trip_begins_with_the_stamp_of_departure_unless_that_came_later(left_ns, received_ns, rtt_ns):
    engine = Ping(plan(count=1))
    engine.feed(Started(0))
    engine.feed(ProbeSent(0, 1, 0))
    reports = [action.record for action in engine.feed(ReplyArrived(9_000, answer(1), received_ns, left_ns))
               if type(action) is Report]
    assert reports[0].rtt_ns == rtt_ns


def test_hints_of_the_error_queue_are_errors_only_for_iputils():
    def hint_and_answer(number):
        return [(1, icmp_error(number, 5, 1, 121)), (20, answer(number))]

    classic, ours = (play(plan(count=1, queued_hints_count=count), hint_and_answer) for count in (True, False))
    assert (classic.summary.errors, classic.summary.received) == (1, 0)
    assert (ours.summary.errors, ours.summary.received) == (0, 1)
    assert [record.counted for record in classic.of(ProbeError) + ours.of(ProbeError)] == [True, False]


@pytest.mark.parametrize("changes, sent_ms, end_ms", [
    (dict(count=1, linger_ms=500), [0], 500),
    (dict(count=2, linger_ms=500), [0, 1000], 1500),
    (dict(count=1), [0], 10_000),
    (dict(count=3, deadline_s=2), [0, 1000], 2000),
    (dict(deadline_s=2), [0, 1000], 2000),
    (dict(count=3, preload=3, linger_ms=1000), [0, 0, 0], 1000),
    (dict(count=4, preload=3, linger_ms=1000), [0, 0, 0, 1000], 2000),
    (dict(count=4, interval_ms=0, flood=True, linger_ms=1000), [0, 10, 20, 30], 1030),
    (dict(count=4, interval_ms=0, preload=3, linger_ms=1000), [0, 0, 0, 10], 1010),
    (dict(count=2, interval_ms=2, linger_ms=20), [0, 2], 22),
])
def test_pace_and_end_without_answers(changes, sent_ms, end_ms):
    world = play(plan(**changes), silence)
    assert world.sent_ms == sent_ms
    assert world.now_ns == end_ms * MS
    assert world.summary.received == 0


def test_after_the_last_probe_twice_the_longest_round_trip_is_waited_or_the_interval():
    late = play(plan(count=2), lambda number: [(900, answer(1))] if number == 1 else [])
    assert late.now_ns == 2800 * MS
    quick = play(plan(count=2), lambda number: [(1, answer(1))] if number == 1 else [])
    assert quick.now_ns == 2000 * MS


def test_the_end_is_decided_at_the_last_send_even_when_an_answer_comes_later():
    world = play(plan(count=2, linger_ms=3000), lambda number: [(1500, answer(1))] if number == 1 else [])
    assert world.now_ns == 4000 * MS


def test_linger_0_waits_for_ever_and_no_round_trip_time_does_not():
    world = play(plan(count=1, linger_ms=0), silence, asked=[(99_999, Interrupted)])
    assert world.now_ns == 99_999 * MS
    untimed = play(plan(count=2, size_bytes=8, interval_ms=0),
                   lambda number: [(0, answer(1, size=16))] if number == 1 else [])
    assert untimed.summary.received == 1


def test_with_a_deadline_more_than_count_probes_leave_until_count_answers_came():
    world = play(plan(count=2, deadline_s=9), lambda number: [(1, answer(number))] if number in (2, 4) else [])
    assert (world.summary.transmitted, world.summary.received, world.now_ns) == (4, 2, 3001 * MS)


def test_with_a_deadline_the_first_error_ends_the_run():
    world = play(plan(deadline_s=9, interval_ms=50), lambda number: [(1, icmp_error(number))])
    assert (world.summary.transmitted, world.summary.errors, world.now_ns) == (1, 1, MS)


def test_errors_use_up_the_count():
    world = play(plan(count=2), lambda number: [(1, icmp_error(number))])
    assert world.now_ns == 1001 * MS
    assert [report.sequence for report in world.of(ProbeError)] == [1, 2]
    assert (world.summary.errors, world.summary.received) == (2, 0)


def test_a_late_send_does_not_shift_the_schedule():
    engine = Ping(plan())
    engine.feed(Started(0))
    engine.feed(ProbeSent(0, 1, 0))
    assert engine.deadline_ns == 1000 * MS
    engine.feed(TimePassed(1003 * MS))
    engine.feed(ProbeSent(1003 * MS, 2, 1003 * MS))
    assert engine.deadline_ns == 2000 * MS
    engine.feed(TimePassed(9000 * MS))       # stopped for a while: no catching up
    engine.feed(ProbeSent(9000 * MS, 3, 9000 * MS))
    assert engine.deadline_ns == 10_000 * MS


def test_adaptive_sends_a_round_trip_apart():
    world = play(plan(count=4, adaptive=True), lambda number: [(5, answer(number))])
    assert world.sent_ms == [0, 5, 10, 15]
    fast = play(plan(count=3, adaptive=True, floor_ms=2), lambda number: [(0.05, answer(number))])
    assert fast.sent_ms == [0, 2, 4]
    assert fast.summary.gap_us == 2000
    assert fast.summary.weighted_us == 50


def test_flood_sends_at_once_on_an_answer():
    world = play(plan(count=3, interval_ms=0, flood=True), lambda number: [(0.2, answer(number))])
    assert world.sent_ms == [0, 0.2, 0.4]
    assert [type(record) for record in world.reports] == [ProbeLeft, Answer] * 3 + [Summary]
    assert not play(plan(count=3, interval_ms=0, flood=True, quiet=True)).of(ProbeLeft)


def test_duplicates_count_for_the_times_but_not_as_received():
    world = play(plan(count=2), lambda number: [(1, answer(number)), (3, answer(number))])
    assert [record.duplicate for record in world.of(Answer)] == [False, True, False]
    assert (world.summary.received, world.summary.duplicates) == (2, 1)
    assert world.summary.round_trips.average_us == (1000 + 3000 + 1000) // 3
    hushed = play(plan(count=1, deadline_s=1, hush_duplicates=True),
                  lambda number: [(1, answer(number)), (1, answer(number))])
    assert not any(record.duplicate for record in hushed.of(Answer))


def test_sequence_numbers_wrap_and_an_old_answer_is_forgotten():
    world = play(plan(count=65_540, interval_ms=1, preload=100, quiet=True))
    assert (world.summary.received, world.summary.duplicates) == (65_540, 0)


def test_an_answer_after_the_next_probe_is_in_the_pipe():
    world = play(plan(count=3), lambda number: [(2500, answer(number))])
    assert world.summary.pipe == 3
    assert [record.rtt_ns for record in world.of(Answer)] == [2500 * MS] * 3


def test_marks_of_an_answer():
    def fate(number):
        return [(1, {
            1: answer(1, source="192.0.2.5"),
            2: answer(2, size=48),
            3: answer(3).replace(payload=bytes(20) + b"\xee" + bytes(35)),
            4: answer(4, checksum_ok=False),
            5: answer(5, size=74),
        }[number])]

    world = play(plan(count=5, linger_ms=1000), fate)
    strange, short, wrong, corrupted, longer = world.of(Answer)
    assert strange.different_address and not longer.different_address
    assert short.truncated and short.rtt_ns == MS and short.wrong_byte is None
    assert wrong.wrong_byte == WrongByte(16, 0x10, 0)
    assert corrupted.bad_checksum
    assert longer.size_bytes == 74 and longer.wrong_byte is None
    assert (world.summary.received, world.summary.corrupted) == (4, 1)


def test_any_address_may_answer_a_multicast():
    world = play(plan(count=1, any_source=True), lambda number: [(1, answer(1, source="192.0.2.5"))])
    assert not world.of(Answer)[0].different_address


def test_zones_do_not_make_an_address_different():
    link_local = PingPlan(IPV6, "fe80::1", count=1)
    world = play(link_local, lambda number: [(1, answer(1, source="fe80::1%e0"))])
    assert not world.of(Answer)[0].different_address


def test_an_answer_to_nothing_is_ignored():
    world = play(plan(count=1, linger_ms=100), lambda number: [(1, answer(99)), (2, icmp_error(99))])
    assert (world.summary.received, world.summary.errors) == (0, 0)


def test_what_a_reply_holds_is_not_believed():
    world = play(plan(count=1), lambda number: [(7, answer(1).replace(payload=b"\xff" * 56))])
    assert world.of(Answer)[0].rtt_ns == 7 * MS


def test_outstanding_is_told_when_the_next_probe_is_due():
    world = play(plan(count=3, outstanding=True, linger_ms=1000), lambda number: [(1, answer(1))] if number == 1 else [])
    assert [(at_ms, record.sequence) for at_ms, record in world.told_ms if isinstance(record, NoAnswerYet)] == [(2000, 2)]


@pytest.mark.parametrize("changes, counted, reports", [
    (dict(), 0, 1), (dict(flood=True, interval_ms=100), 0, 0), (dict(quiet=True), 0, 0)])
def test_a_redirect_from_a_raw_socket_is_a_hint(changes, counted, reports):
    world = play(plan(count=1, linger_ms=100, **changes), lambda number: [(1, icmp_error(1, 5, 1, None, gateway="192.0.2.7"))])
    assert world.summary.errors == counted
    assert len(world.of(ProbeError)) == reports
    assert all(not record.counted for record in world.of(ProbeError))


def test_a_redirect_from_the_error_queue_counts():
    world = play(plan(count=1), lambda number: [(1, icmp_error(1, 5, 1, 113))])
    assert world.summary.errors == 1


def test_an_error_on_a_raw_socket_is_left_to_the_error_queue():
    world = play(plan(count=1), lambda number: [(1, icmp_error(1, 3, 1, None)), (2, icmp_error(1, 3, 1, 113))])
    assert (world.summary.errors, len(world.of(ProbeError))) == (1, 1)


def test_errors_of_ipv6_leave_the_pipe_alone():
    late = [(2500, None)]
    for family, pipe in ((IPV4, 3), (IPV6, -1)):
        world = play(PingPlan(family, TARGET, count=3), lambda number: [(late[0][0], icmp_error(number))])
        assert world.summary.pipe == pipe


def test_too_long_is_a_local_error_that_quiet_does_not_count():
    def too_long(number):
        return EMSGSIZE, [(0, IcmpError(Origin.LOCAL, None, 0, 0, info=1400, errno=EMSGSIZE))]

    world = play(plan(count=2, interval_ms=100), too_long)
    assert world.of(LocalError) == [LocalError(EMSGSIZE, 1400)] * 2
    assert (world.summary.errors, world.now_ns) == (2, 100 * MS)
    hushed = play(plan(count=2, interval_ms=100, quiet=True), too_long)
    assert (hushed.summary.errors, hushed.now_ns) == (0, 10_100 * MS)


def test_a_refusal_is_told_only_beside_an_icmp_error():
    silent = play(plan(count=2, linger_ms=50), lambda number: EPERM)
    assert not silent.of(SendRefused) and silent.summary.transmitted == 2
    rejected = play(plan(count=2), lambda number: (EPERM, [(0, icmp_error(number))]))
    assert [type(record) for record in rejected.reports] == [ProbeError, SendRefused] * 2 + [Summary]


def test_no_buffers_is_tried_again_and_given_up_in_the_end():
    tries = iter([ENOBUFS, ENOBUFS])
    world = play(plan(count=1), lambda number: next(tries, None) or [(1, answer(1))])
    assert world.sent_ms == [0, 1000, 2000]
    assert world.summary.transmitted == 1
    stuck = play(plan(count=1, linger_ms=1200, interval_ms=500), lambda number: ENOBUFS)
    assert stuck.of(SendRefused) == [SendRefused(ENOBUFS)]


def test_a_full_socket_buffer_is_tried_again_after_a_tick():
    tries = iter([EAGAIN])
    world = play(plan(count=1), lambda number: next(tries, None) or [(1, answer(1))])
    assert world.sent_ms == [0, 10]


def test_interrupt_ends_and_status_does_not():
    world = play(plan(), asked=[(1500, StatusAsked), (2500, Interrupted)])
    assert world.of(Progress)[0].transmitted == 2
    assert (world.summary.transmitted, world.now_ns) == (3, 2500 * MS)


def test_foreign_messages_are_told_on_demand():
    message = IcmpMessage("192.0.2.3", 40, 0, 20)
    for foreign, told in ((True, 1), (False, 0)):
        world = play(plan(count=1, foreign=foreign, linger_ms=100), lambda number: [(1, message)])
        assert len(world.of(ForeignMessage)) == told


REPLIES = strategies.tuples(
    strategies.floats(0, 5000, allow_nan=False),
    strategies.one_of(
        strategies.builds(answer, strategies.integers(0, 20), strategies.sampled_from([TARGET, "192.0.2.5"]),
                          strategies.sampled_from([8, 16, 24, 64, 74]),
                          checksum_ok=strategies.sampled_from([None, True, False]),
                          options=strategies.one_of(strategies.just(b""), strategies.binary(max_size=40))),
        strategies.builds(icmp_error, strategies.integers(0, 20), strategies.integers(0, 20),
                          strategies.integers(0, 20), strategies.sampled_from([None, 113])),
        strategies.just(IcmpMessage("192.0.2.3", 40, 0, 20)),
        strategies.just(IcmpError(Origin.LOCAL, None, 0, 0, info=1400, errno=EMSGSIZE)),
        strategies.just(IcmpError(Origin.ICMP, "192.0.2.9", 3, 1, errno=113))))
OUTCOMES = strategies.one_of(strategies.lists(REPLIES, max_size=4), strategies.sampled_from([ENOBUFS, EPERM, EAGAIN]))
PLANS = strategies.builds(
    plan, count=strategies.integers(1, 12), interval_ms=strategies.sampled_from([0, 1, 200, 1000]),
    preload=strategies.integers(1, 5), linger_ms=strategies.sampled_from([1, 500, 10_000]),
    deadline_s=strategies.sampled_from([0, 0, 1, 7]), adaptive=strategies.booleans(), flood=strategies.booleans(),
    quiet=strategies.booleans(), outstanding=strategies.booleans(), names=strategies.booleans(),
    foreign=strategies.booleans(), size_bytes=strategies.sampled_from([0, 8, 16, 56]))


@given(PLANS, strategies.lists(OUTCOMES, max_size=40), strategies.one_of(strategies.none(), strategies.integers(0, 9000)))
def test_whatever_comes_back_the_counts_add_up_and_the_run_ends(plan, fates, interrupt_ms):
    fates = iter(fates)
    asked = [] if interrupt_ms is None else [(interrupt_ms, Interrupted)]
    world = play(plan, lambda number: next(fates, []), asked, {"192.0.2.5": (30, "five")})
    summary, answers = world.summary, world.of(Answer)
    assert len(world.of(Summary)) == 1 and isinstance(world.reports[-1], Summary)
    assert 0 <= summary.received <= summary.transmitted
    if not plan.deadline_s:
        assert summary.transmitted <= plan.count
    if not plan.quiet:
        assert summary.received + summary.duplicates + summary.corrupted == len(answers)
        assert summary.errors == len(world.of(LocalError)) + sum(report.counted for report in world.of(ProbeError))
    assert world.sent_ms == sorted(world.sent_ms)


ONE_VERDICT = {"count": 3, "interval_ms": 100, "verdict_a_probe": True}


@pytest.mark.parametrize("first", [
    [(1, icmp_error(1)), (20, answer(1))], [(1, icmp_error(1)), (2, icmp_error(1, 3, 0))],
    [(20, answer(1)), (30, icmp_error(1))], [(1, icmp_error(1)), (20, answer(1)), (21, answer(1)), (30, icmp_error(1))]])
def test_an_error_and_an_answer_are_one_verdict(first):
    """A probe that has several things said about it does not take the place of others."""
    world = play(plan(**ONE_VERDICT), lambda number: first if number == 1 else [(1, answer(number))])
    assert world.sent_ms == [0, 100, 200] and world.now_ns == 201 * MS
    classic = play(plan(count=3, interval_ms=100), lambda number: first if number == 1 else [(1, answer(number))])
    assert len(classic.sent_ms) < 3  # as the original


@pytest.mark.parametrize("outcome", [EPERM, (EMSGSIZE, [(0, IcmpError(Origin.LOCAL, None, 0, 0, 1400, EMSGSIZE))])])
def test_a_refusal_is_a_verdict(outcome):
    world = play(plan(**ONE_VERDICT), lambda number: outcome if number < 3 else [(1, answer(3))])
    assert world.sent_ms == [0, 100, 200] and world.now_ns == 201 * MS and world.summary.received == 1


def test_verdicts_of_more_probes_than_there_are_numbers():
    world = play(plan(count=65600, interval_ms=1, verdict_a_probe=True), lambda number: [(0.1, answer(number % 65536))])
    assert (world.summary.transmitted, world.summary.received) == (65600, 65600)
