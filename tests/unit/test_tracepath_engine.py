"""The decisions of tracepath, told as events and the lines they cause."""

from errno import ECONNREFUSED, EHOSTDOWN, EHOSTUNREACH, EINVAL, EMSGSIZE

import pytest
from engine_player import Player
from hypothesis import given
from hypothesis import strategies as st

from netlite.engines.actions import LookUpName, SendProbe
from netlite.engines.events import NameFound, ProbeSent, ReplyArrived, SendFailed, Started, TimePassed
from netlite.engines.tracepath import SECOND_NS, Tracepath, TracepathConfig
from netlite.records.replies import IcmpError, Origin, Quote
from netlite.records.tracepath import PathAnswer, PathSummary, Verdict
from netlite.records.tracepath_mishaps import PathSendFailed, PathSilence, PathTooLong, PathUdpReply
from netlite.records.udp_links import STAMP, ProbeStamp, UdpReply

ROUTER, TARGET = "192.0.2.1", "192.0.2.9"


def error_about(probe, sent_ns, errno, kind=3, code=0, source=ROUTER, ttl=64, info=0, payload=None, origin=Origin.ICMP):
    """An ICMP error about a probe; it quotes the probe's whole stamp unless told."""
    stamp = ProbeStamp(probe.ttl, sent_ns).to_wire() if payload is None else payload
    quote = Quote(None, TARGET, 17, destination_port=probe.port, payload=stamp)
    return IcmpError(origin, source, kind, code, info, errno, ttl, quote)


def time_exceeded(probe, sent_ns, **more):
    return error_about(probe, sent_ns, EHOSTUNREACH, 11, 0, **more)


def play(answer, names=False, **config):
    """The probes sent and the records reported, when `answer(probe, sent_ns)` gives a reply, which arrives 1 us later,
    an errno for a refused send, or None."""
    def fate(probe, at_ns):
        reply = answer(probe, at_ns)
        return reply if isinstance(reply, int) else [] if reply is None else [(1000, reply)]

    engine = Tracepath(TracepathConfig(**{"size_bytes": 1500, "names": names, **config}))
    run = Player(engine, fate, {ROUTER: (0, "r1.lab")}, start_ns=SECOND_NS).run()
    return run.probes, run.reports


def test_two_hops_and_the_target():
    sent, reports = play(lambda p, at: time_exceeded(p, at) if p.ttl < 3 else
                         error_about(p, at, ECONNREFUSED, 3, 3, source=TARGET, ttl=62))
    assert [(p.number, p.ttl, p.port, p.size_bytes) for p in sent] == [
        (1, 1, 44444, 1500), (2, 2, 44445, 1500), (3, 3, 44446, 1500)]
    assert reports[0] == PathAnswer(1, True, ROUTER, None, 1000, False, Verdict.NEXT_HOP, EHOSTUNREACH, 1)
    assert reports[2].verdict == Verdict.REACHED
    assert reports[3] == PathSummary(1500, 3, 3)


def test_three_probes_then_silence_and_the_last_hop():
    sent, reports = play(lambda p, at: None, maximum_hops=2)
    assert [p.ttl for p in sent] == [1, 1, 1, 2, 2, 2]
    assert reports == [PathSilence(1), PathSilence(2), PathTooLong(1500), PathSummary(1500)]


def test_a_smaller_mtu_probes_the_same_hop_anew():
    sent, reports = play(lambda p, at: time_exceeded(p, at) if p.size_bytes == 1400 else
                         error_about(p, at, EMSGSIZE, 3, 4, info=1400), maximum_hops=1)
    assert [p.size_bytes for p in sent] == [1500, 1400]
    assert [r.pmtu_bytes for r in reports] == [1400, None, 1400, 1400]


def test_the_end_counts_only_when_the_mtu_stands():
    """The original's restart: an answer from the target is asked for again after a new MTU."""
    engine = Tracepath(TracepathConfig(size_bytes=65536, names=False))
    probe = engine.feed(Started(0))[0].probe
    assert engine.feed(SendFailed(0, 1, EMSGSIZE)) == []
    assert engine.deadline_ns == 0
    local = error_about(probe, 0, EMSGSIZE, origin=Origin.LOCAL, source=None, ttl=None, info=65535, payload=b"")
    engine.feed(ReplyArrived(0, local, 0))
    again = engine.feed(TimePassed(0))[-1].probe
    assert (again.size_bytes, again.port) == (65535, probe.port)
    engine.feed(ProbeSent(1, 2, 1))
    reached = error_about(again, 1, ECONNREFUSED, 3, 3, source=TARGET)
    third = engine.feed(ReplyArrived(2, reached, 2))[-1]
    assert type(third) is SendProbe and third.probe.port == probe.port + 1


def test_an_answer_stamped_before_its_probe_came_when_it_was_read():
    """By a wall clock that was set meanwhile; of a probe that a router says leaves later the time is below nothing, as there."""
    for stamp_ns, rtt_ns in ((5 * SECOND_NS, SECOND_NS), (9 * SECOND_NS, -8 * SECOND_NS)):
        engine = Tracepath(TracepathConfig(size_bytes=1500, names=False))
        probe = engine.feed(Started(0))[0].probe
        engine.feed(ProbeSent(5 * SECOND_NS, 1, 5 * SECOND_NS))
        told = engine.feed(ReplyArrived(6 * SECOND_NS, time_exceeded(probe, stamp_ns), SECOND_NS))
        assert told[0].record.rtt_ns == rtt_ns


def test_ten_refused_sends_end_the_run():
    sent, reports = play(lambda p, at: EINVAL)
    assert len(sent) == 10 and {p.port for p in sent} == {44444}
    assert reports == [PathSendFailed(1), PathSummary(1500)]


def test_a_udp_answer_ends_the_run():
    _, reports = play(lambda p, at: UdpReply(TARGET, p.port, 3))
    assert reports == [PathUdpReply(1), PathSummary(1500)]


def test_other_errors_keep_their_errno():
    _, reports = play(lambda p, at: error_about(p, at, EHOSTDOWN, 3, 8))
    assert (reports[0].verdict, reports[0].errno) == (Verdict.OTHER_ERROR, EHOSTDOWN)
    assert len(reports) == 2


def test_hop_of_an_answer_without_stamp_is_known_by_its_port():
    _, reports = play(lambda p, at: time_exceeded(p, at, payload=b"short"), maximum_hops=1)
    assert (reports[0].ttl_hops, reports[0].certain, reports[0].rtt_ns) == (1, True, 1000)


def test_zeroed_stamp_is_a_broken_router():
    _, reports = play(lambda p, at: time_exceeded(p, at, payload=bytes(24)), maximum_hops=1)
    assert reports[0].corrupted and reports[0].rtt_ns == 1000


@pytest.mark.parametrize("hops, shown, certain", [(7, 7, True), (1 << 31, 1, False), (4057595936, 1, False), ((1 << 31) - 1, (1 << 31) - 1, True)])
def test_a_stamp_below_0_leaves_the_hop_uncertain(hops, shown, certain):
    _, reports = play(lambda p, at: time_exceeded(p, at, payload=ProbeStamp(hops, 2_000_000_000).to_wire()), maximum_hops=1)
    assert (reports[0].ttl_hops, reports[0].certain, reports[0].corrupted) == (shown, certain, False)


@pytest.mark.parametrize("seconds, nanoseconds, corrupted", [(0, 1 << 40, True), (-1, -1, False), (-1, 1 << 40, False), (5, 0, False)])
def test_a_stamp_without_seconds_is_a_broken_router(seconds, nanoseconds, corrupted):
    payload = STAMP.pack(1, seconds, nanoseconds)
    _, reports = play(lambda p, at: time_exceeded(p, at, payload=payload), maximum_hops=1)
    assert (reports[0].corrupted, reports[0].ttl_hops) == (corrupted, 1)


def test_unknown_port_leaves_the_hop_uncertain():
    def answer(probe, at):
        error = time_exceeded(probe, at, payload=b"")
        return error.replace(quote=error.quote.replace(destination_port=0))

    _, reports = play(answer, maximum_hops=1)
    assert (reports[0].ttl_hops, reports[0].certain, reports[0].rtt_ns) == (1, False, None)


def test_ports_wrap_behind_65535():
    sent, _ = play(lambda p, at: None, maximum_hops=1, first_port=65535)
    assert [p.port for p in sent] == [65535, 0, 1]


def test_slots_are_used_again():
    sent, _ = play(lambda p, at: None, maximum_hops=22)
    assert [p.port - 44444 for p in sent[62:]] == [62, 63, 0, 1]


def test_lines_wait_for_names():
    _, reports = play(time_exceeded, names=True, maximum_hops=1)
    assert reports[0].name == "r1.lab"


def test_a_dead_name_server_does_not_stall():
    engine = Tracepath(TracepathConfig(size_bytes=1500, maximum_hops=1, name_wait_ns=5))
    probe = engine.feed(Started(0))[0].probe
    engine.feed(ProbeSent(0, 1, 0))
    assert engine.feed(ReplyArrived(7, time_exceeded(probe, 0), 7)) == [LookUpName(ROUTER)]
    assert engine.deadline_ns == 12
    reports = engine.feed(TimePassed(12))
    assert reports[0].record.name is None


def test_an_old_deadline_does_not_end_the_wait_for_a_name():
    engine = Tracepath(TracepathConfig(size_bytes=1500, maximum_hops=1))
    probe = engine.feed(Started(0))[0].probe
    engine.feed(ProbeSent(0, 1, 0))
    assert engine.feed(ReplyArrived(SECOND_NS, time_exceeded(probe, 0), 7)) == [LookUpName(ROUTER)]
    assert engine.feed(TimePassed(SECOND_NS)) == []
    assert engine.feed(NameFound(SECOND_NS, ROUTER, "r1.lab"))[0].record.name == "r1.lab"


def test_what_arrived_before_a_send_is_told_after_it():
    engine = Tracepath(TracepathConfig(size_bytes=1500, names=False))
    probe = engine.feed(Started(0))[0].probe
    engine.feed(ProbeSent(0, 1, 0))
    engine.feed(ReplyArrived(1, error_about(probe, 0, EMSGSIZE, 3, 4, info=1400), 1))
    again = engine.feed(ReplyArrived(1, error_about(probe, 0, ECONNREFUSED, 3, 3), 1))[-1]
    assert type(again) is SendProbe and again.probe.size_bytes == 1400
    assert engine.feed(ReplyArrived(1, time_exceeded(probe, 0), 1)) == []
    assert engine.feed(TimePassed(1)) == []
    reports = engine.feed(ProbeSent(1, 2, 1))
    assert [action.record.verdict for action in reports] == [Verdict.NEXT_HOP]


@given(st.lists(st.sampled_from(["silent", "next", "big", "local", "refused", "end"]), min_size=1, max_size=40),
       st.integers(0, 8))
def test_always_ends_with_one_summary(script, maximum_hops):
    """Whatever happens: hops in order, probes numbered from 1, one summary, at the end."""
    steps = iter(script)

    def answer(probe, at):
        step = next(steps, "end")
        if step == "big":
            return error_about(probe, at, EMSGSIZE, 3, 4, info=probe.size_bytes - 8)
        return {"silent": None, "next": time_exceeded(probe, at), "refused": EINVAL, "local": EMSGSIZE,
                "end": error_about(probe, at, ECONNREFUSED, 3, 3)}[step]

    sent, reports = play(answer, maximum_hops=maximum_hops)
    assert [p.number for p in sent] == list(range(1, len(sent) + 1))
    assert [type(r) is PathSummary for r in reports] == [False] * (len(reports) - 1) + [True]
    hops = [p.ttl for p in sent]
    assert hops == sorted(hops) and max(hops, default=0) <= maximum_hops
