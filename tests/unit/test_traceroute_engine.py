"""Decisions of traceroute, in virtual time: tables of events, and what holds whatever happens."""

from __future__ import annotations

from errno import EHOSTUNREACH, EMSGSIZE, ENETUNREACH, ENOBUFS

import pytest
from engine_player import MS, Player
from hypothesis import given
from hypothesis import strategies as st

from netlite.engines.actions import Finish, Report, SendProbe
from netlite.engines.events import (
    Interrupted,
    NameFound,
    ProbeSent,
    ReplyArrived,
    SendFailed,
    Started,
)
from netlite.engines.traceroute import TracerouteEngine
from netlite.engines.traceroute_settings import Method, TracerouteSettings
from netlite.engines.traceroute_slots import DECIDED, TRANSITIONS, UNDER_WAY, Slot, State, Step
from netlite.engines.transcript import Transcript, read, replay
from netlite.records.echo_links import EchoProbe, EchoReply
from netlite.records.extensions import IcmpObject
from netlite.records.raw_links import TcpProbe, TcpReply
from netlite.records.replies import IcmpError, Origin, Quote
from netlite.records.traceroute import ProbeResult, TraceDone, TraceFailed, TraceHeader
from netlite.records.udp_links import UdpProbe, UdpReply

S = 1000 * MS
TARGET = "10.0.0.9"


def transit(hop: int, ttl: int = 64) -> IcmpError:
    return IcmpError(Origin.ICMP, f"10.0.0.{hop}", 11, 0, ttl=ttl)


def refusal(code: int, source: str = TARGET, ttl: int | None = None, info: int = 0) -> IcmpError:
    return IcmpError(Origin.ICMP, source, 3, code, info, ttl=ttl)


PORT_UNREACHABLE = refusal(3)


class Trace(Player):
    """A trace whose story a test tells, from its start."""

    def __init__(self, **settings):
        self.settings = TracerouteSettings("host", TARGET, **settings)
        self.lines: list[str] = []
        super().__init__(TracerouteEngine(self.settings), numbered=True, transcript=Transcript(self.lines.append))
        self.feed(Started(0))

    @property
    def results(self) -> list[ProbeResult]:
        return self.of(ProbeResult)

    def summary(self) -> list:
        return [(one.hop, one.query, one.source) for one in self.results]


def test_a_plain_trace():
    trace = Trace(queries=1, window=2, max_hops=5)
    assert trace.reports == [TraceHeader("host", TARGET, 5, 60)]
    assert trace.probes == [UdpProbe(1, 1, 33434, 60), UdpProbe(2, 2, 33435, 60)]
    trace.reply(1, transit(1))
    assert trace.results == [ProbeResult(1, 0, 1, "10.0.0.1", None, False, MS, 64, transit(1))]
    assert trace.probes[2:] == [UdpProbe(3, 3, 33436, 60)]
    trace.reply(2, PORT_UNREACHABLE)
    assert trace.summary() == [(1, 0, "10.0.0.1"), (2, 0, TARGET)]
    assert trace.results[1].final
    assert trace.reports[-1] == TraceDone(True)
    assert trace.finished


@pytest.mark.parametrize("source, reached", [(TARGET, True), ("10.0.0.3", False)])
def test_a_closed_port_is_the_target_when_the_target_says_so(source, reached):
    trace = Trace(queries=1, window=1, max_hops=5)
    trace.reply(1, refusal(3, source))
    assert trace.results[0].final and trace.reports[-1] == TraceDone(reached)


def test_replies_out_of_order_are_told_in_order():
    trace = Trace(queries=3, max_hops=2)
    assert len(trace.probes) == 6
    trace.reply(3, transit(1))
    trace.reply(2, transit(1))
    assert trace.results == []
    trace.reply(1, transit(7))
    assert trace.summary() == [(1, 0, "10.0.0.7"), (1, 1, "10.0.0.1"), (1, 2, "10.0.0.1")]
    assert [one.repeats for one in trace.results] == [False, False, True]


def test_nothing_is_sent_beyond_the_hop_of_a_final_answer():
    trace = Trace(queries=3, window=3)
    trace.reply(2, PORT_UNREACHABLE)
    assert len(trace.probes) == 3
    trace.reply(1, PORT_UNREACHABLE)
    trace.reply(3, PORT_UNREACHABLE)
    assert trace.finished and len(trace.probes) == 3


@pytest.mark.parametrize("here, near, answered, patience_ns", [
    (3, 10, (), 5 * S),
    (3, 10, (2,), 3 * (4 * MS + MS)),  # another probe of the hop took 4 ms
    (3, 10, (4,), 10 * (4 * MS + MS)),  # a later hop
    (3, 10, (4, 3), 3 * (4 * MS + MS)),
    (0, 10, (2,), 10 * (4 * MS + MS)),
    (0, 0, (2, 4), 5 * S),
    (3, 0, (4,), 5 * S),
    (5000, 0, (3,), 5 * S),  # never longer than MAX
])
def test_patience(here, near, answered, patience_ns):
    trace = Trace(queries=3, here=here, near=near, max_hops=2)
    trace.now_ns = 4 * MS
    for number in answered:
        trace.reply(number, transit(1), 0)
    assert trace.engine.deadline_ns == patience_ns
    trace.wait()
    assert trace.results[0] == ProbeResult(1, 0)


def test_only_the_passing_of_time_ends_the_wait():
    """Replies that were read together are all taken before anything is given up."""
    trace = Trace(queries=3, max_hops=1)
    trace.now_ns = 8 * MS
    first, second = (ReplyArrived(trace.now_ns, transit(1), MS // 10, number=number) for number in (1, 2))
    trace.feed(first)  # from now on 3.3 ms is the limit
    trace.feed(second)
    assert [one.rtt_ns for one in trace.results] == [MS // 10, MS // 10]


def test_a_late_reply_is_not_counted():
    trace = Trace(queries=1, max_hops=1)
    trace.wait()
    assert trace.finished and trace.results == [ProbeResult(1, 0)]
    assert trace.engine.feed(ReplyArrived(6 * S, transit(1), 6 * S, number=1)) == []


def test_a_reply_counts_once():
    trace = Trace(queries=2, max_hops=1)
    trace.reply(1, transit(1))
    trace.reply(1, transit(2))
    assert trace.summary() == [(1, 0, "10.0.0.1")]


def test_gap_between_sends():
    trace = Trace(queries=1, max_hops=3, gap_ns=20 * MS)
    assert len(trace.probes) == 1 and trace.engine.deadline_ns == 20 * MS
    trace.reply(1, transit(1), 5 * MS)
    assert len(trace.probes) == 1 and trace.engine.deadline_ns == 20 * MS
    trace.wait()
    assert len(trace.probes) == 2


def test_first_hop_and_ports():
    trace = Trace(first_hop=3, max_hops=4, queries=2, port=65535)
    assert [(one.ttl, one.port) for one in trace.probes] == [(3, 65535), (3, 0), (4, 1), (4, 2)]
    assert [one.port for one in Trace(max_hops=1, port=53, port_step=0).probes] == [53, 53, 53]


def test_methods_make_their_probes():
    echo = Trace(method=Method.ICMP, port=7, max_hops=1, queries=1).probes[0]
    assert echo == EchoProbe(1, 7, 1, 32)
    tcp = Trace(method=Method.TCP, port=80, port_step=0, max_hops=1, queries=2, seed=0x1234).probes
    assert [type(one) for one in tcp] == [TcpProbe, TcpProbe]
    assert tcp[0].sequence != tcp[1].sequence and tcp[0].port == tcp[1].port == 80


def test_replies_are_known_without_a_number():
    trace = Trace(queries=1, max_hops=3)
    quote = Quote(None, TARGET, 17, destination_port=33435)
    trace.reply(None, transit(2).replace(quote=quote))
    trace.reply(None, UdpReply(TARGET, 33436, 20))
    trace.reply(None, transit(2).replace(quote=quote.replace(destination_port=9)))
    trace.reply(1, transit(1))
    assert trace.summary() == [(1, 0, "10.0.0.1"), (2, 0, "10.0.0.2"), (3, 0, TARGET)]
    echo = Trace(method=Method.ICMP, port=65535, queries=1, max_hops=2)
    echo.reply(None, transit(1).replace(quote=Quote(None, TARGET, 1, identifier=1, sequence=65535)))
    echo.reply(None, EchoReply(TARGET, 1, 0, 40, ttl=60))
    assert echo.summary() == [(1, 0, "10.0.0.1"), (2, 0, TARGET)]


def test_source_quench_and_redirects_decide_nothing():
    trace = Trace(queries=1, max_hops=1)
    trace.reply(1, IcmpError(Origin.ICMP, "10.0.0.1", 5, 1))
    trace.reply(1, IcmpError(Origin.ICMP, "10.0.0.1", 4, 0))
    assert trace.results == []


def test_tcp_flags_are_noted_when_asked_for():
    for show, flags in ((True, 0x12), (False, None)):
        trace = Trace(method=Method.TCP, queries=1, max_hops=1, show_flags=show)
        trace.reply(1, TcpReply(TARGET, 80, 40000, 0x12, 60))
        assert trace.results[0].tcp_flags == flags and trace.results[0].final


def test_back_tells_other_ways_apart():
    for back in (False, True):
        trace = Trace(queries=2, max_hops=1, back=back)
        trace.reply(1, transit(1, ttl=64))
        trace.reply(2, transit(1, ttl=63))
        assert trace.results[1].repeats is not back


@pytest.mark.parametrize("extensions", [False, True])
def test_other_extensions_make_another_answer_where_they_are_shown(extensions):
    labels = IcmpObject(1, 1, bytes.fromhex("05dc2bfe"))
    trace = Trace(queries=2, window=2, max_hops=2, extensions=extensions)
    trace.reply(1, transit(1))
    trace.reply(2, transit(1).replace(extensions=(labels,)))
    assert trace.results[1].repeats is not extensions


# refused sends

@pytest.mark.parametrize("errno", [EMSGSIZE, EHOSTUNREACH])
def test_some_refused_sends_count_as_sent(errno):
    settings = TracerouteSettings("host", TARGET, queries=1, max_hops=1)
    engine = TracerouteEngine(settings)
    engine.feed(Started(0))
    engine.feed(SendFailed(0, 1, errno))
    assert engine.deadline_ns == 5 * S
    local = IcmpError(Origin.LOCAL, None, 0, 0, 1500, EMSGSIZE)
    actions = engine.feed(ReplyArrived(MS, local, MS))
    assert actions[0].record == ProbeResult(1, 0, 1, None, rtt_ns=MS, error=local, final=True)


def test_a_refused_send_ends_the_run():
    engine = TracerouteEngine(TracerouteSettings("host", TARGET))
    engine.feed(Started(0))
    assert engine.feed(SendFailed(0, 1, ENETUNREACH)) == [Report(TraceFailed("send", ENETUNREACH)), Finish()]


def test_full_buffers_wait_while_something_is_under_way():
    engine = TracerouteEngine(TracerouteSettings("host", TARGET, queries=2, max_hops=1))
    engine.feed(Started(0))
    engine.feed(ProbeSent(0, 1, 0))
    assert engine.feed(SendFailed(0, 2, ENOBUFS)) == []
    actions = engine.feed(ReplyArrived(MS, transit(1), MS, number=1))
    assert SendProbe(UdpProbe(3, 1, 33436, 60)) in actions
    assert engine.feed(SendFailed(MS, 3, ENOBUFS)) == [Report(TraceFailed("send probe", ENOBUFS)), Finish()]


def test_local_errors_other_than_size_end_the_run():
    trace = Trace(queries=1, max_hops=1)
    trace.reply(1, IcmpError(Origin.LOCAL, None, 0, 0, 0, ENETUNREACH))
    assert trace.reports[-1] == TraceFailed("local recverr", ENETUNREACH)


# --mtu

def test_probes_become_smaller():
    trace = Trace(queries=2, window=1, max_hops=2, discover_mtu=True, size_bytes=65000)
    trace.reply(1, IcmpError(Origin.LOCAL, None, 0, 0, 1500, EMSGSIZE))
    assert trace.probes == [UdpProbe(1, 1, 33434, 65000), UdpProbe(2, 1, 33435, 1500)]
    trace.reply(2, transit(1))
    assert trace.results == [ProbeResult(1, 0, 2, "10.0.0.1", rtt_ns=MS, ttl=64, error=transit(1), path_mtu_bytes=1500)]
    trace.reply(3, transit(1))
    assert trace.results[1].path_mtu_bytes is None
    trace.reply(4, refusal(4, "10.0.0.1", info=1400))
    assert trace.probes[-1] == UdpProbe(5, 2, 33438, 1400)
    trace.reply(5, refusal(4, "10.0.0.1", info=1400))  # not smaller: no further try
    assert trace.results[-1].final


# answers for the latest only

def test_a_refusal_of_the_same_hop_moves_forward():
    trace = Trace(queries=3, max_hops=2, window=3)
    trace.reply(3, refusal(1))
    trace.wait()
    assert trace.summary() == [(1, 0, TARGET), (1, 1, None), (1, 2, None)] and trace.finished


def test_a_reached_target_does_not_move():
    trace = Trace(queries=3, max_hops=2, window=3)
    trace.reply(3, PORT_UNREACHABLE)
    trace.wait()
    assert trace.summary() == [(1, 0, None), (1, 1, None), (1, 2, TARGET)]


def test_a_refusal_moves_to_the_hop_it_comes_from():
    trace = Trace(queries=1, max_hops=9, window=9, here=0)
    trace.reply(1, transit(1))
    trace.reply(2, transit(2))
    trace.reply(5, refusal(1, "10.0.0.2"))  # who was on transit already: hops 3 and 4 are silent
    trace.wait()
    assert trace.summary()[2] == (3, 0, "10.0.0.2") and trace.finished


@pytest.mark.parametrize("ttl, moves", [(62, True), (60, False), (64, True)])
def test_a_refusal_moves_where_its_ttl_says(ttl, moves):
    trace = Trace(queries=1, max_hops=9, window=9, here=0)
    trace.reply(1, transit(1, ttl=64))
    trace.reply(2, transit(2, ttl=63))
    trace.reply(6, refusal(1, TARGET, ttl=ttl))
    trace.wait()
    assert trace.summary()[2] == (3, 0, TARGET if moves else None)


def test_what_was_on_transit_later_forbids_the_move():
    trace = Trace(queries=1, max_hops=4, window=4)
    trace.reply(2, transit(2))
    trace.reply(4, refusal(1))
    trace.wait()
    assert trace.summary()[0] == (1, 0, None)


# names

def test_names_are_asked_once_and_waited_for():
    trace = Trace(queries=2, max_hops=2, window=4, resolve=True)
    trace.reply(1, transit(1))
    trace.reply(2, transit(1))
    assert trace.asked == ["10.0.0.1"] and trace.results == []
    trace.reply(3, PORT_UNREACHABLE)
    assert trace.asked == ["10.0.0.1", TARGET]
    trace.feed(NameFound(trace.now_ns, TARGET, None))
    assert trace.results == []
    trace.feed(NameFound(trace.now_ns, "10.0.0.1", "router"))
    assert [(one.source, one.name, one.repeats) for one in trace.results] == [
        ("10.0.0.1", "router", False), ("10.0.0.1", None, True), (TARGET, None, False)]


def test_a_dead_name_server_holds_nobody_up():
    trace = Trace(queries=1, max_hops=1, resolve=True, name_patience_ns=S)
    trace.reply(1, transit(1))
    assert trace.engine.deadline_ns == MS + S
    trace.wait()
    assert trace.results[0].name is None and trace.finished


def test_paths_of_autonomous_systems_come_with_the_names():
    trace = Trace(queries=1, max_hops=2, as_paths=True, name_patience_ns=S)
    trace.reply(1, transit(1))
    trace.feed(NameFound(trace.now_ns, "10.0.0.1", None, "AS64500"))
    trace.reply(2, transit(2))
    trace.wait()
    assert [one.as_path for one in trace.results] == ["AS64500", "*"]


def test_an_interrupt_ends_the_run():
    trace = Trace()
    trace.feed(Interrupted(0))
    assert trace.finished and trace.engine.deadline_ns is None


# whatever happens

REPLIES = st.sampled_from([transit(1), transit(2, ttl=250), PORT_UNREACHABLE, refusal(1), refusal(13, "10.0.0.2", 62),
                           refusal(4, "10.0.0.1", info=1400), UdpReply(TARGET, 1, 20)])


@given(queries=st.integers(1, 4), window=st.integers(0, 20), hops=st.integers(1, 6), first=st.integers(1, 6),
       mtu=st.booleans(), resolve=st.booleans(), gap=st.sampled_from([0, 3 * MS]), data=st.data())
def test_whatever_happens(queries, window, hops, first, mtu, resolve, gap, data):
    trace = Trace(queries=queries, window=window, max_hops=hops, first_hop=min(first, hops), discover_mtu=mtu,
                  resolve=resolve, gap_ns=gap, size_bytes=1500)
    answered = set()
    for _ in range(400):
        open_numbers = [one.number for one in trace.probes if one.number not in answered]
        if trace.finished:
            break
        choice = data.draw(st.integers(0, 5))
        if choice < 3 and open_numbers:
            number = data.draw(st.sampled_from(open_numbers))
            trace.reply(number, data.draw(REPLIES), data.draw(st.integers(0, 30 * MS)))
            answered.add(number)
        elif choice == 3 and trace.asked:
            trace.feed(NameFound(trace.now_ns, data.draw(st.sampled_from(trace.asked)), "name"))
        else:
            trace.wait()
        under_way = sum(slot.state in UNDER_WAY for slot in trace.engine._slots)
        assert under_way <= max(1, window)
    assert trace.finished
    order = [(one.hop, one.query) for one in trace.results]
    assert order == [(hop, query) for hop in range(min(first, hops), hops + 1) for query in range(queries)][:len(order)]
    assert len(order) % queries == 0
    numbers = [one.number for one in trace.results if one.number is not None]
    assert len(numbers) == len(set(numbers))
    entries = read(trace.lines)
    taken = [entry for entry in entries if type(entry).__module__.endswith("actions")]
    assert replay(TracerouteEngine(trace.settings), entries) == taken


def test_the_life_of_a_probe():
    """From PLANNED every state is reached, and from every state a decision; a probe never lives otherwise."""
    states = {value for name, value in vars(State).items() if name.isupper()}
    ahead = {state: {after for (before, _), after in TRANSITIONS.items() if before == state} for state in states}

    def reached_from(state: str) -> set:
        found, new = set(), {state}
        while new:
            found |= new
            new = set().union(*(ahead[each] for each in new)) - found
        return found

    assert reached_from(State.PLANNED) == states == {State.PLANNED, *UNDER_WAY, *DECIDED}
    assert all(reached_from(state) & set(DECIDED) for state in states)
    assert {step for _, step in TRANSITIONS} == {value for name, value in vars(Step).items() if name.isupper()}


@pytest.mark.parametrize("step", [Step.LEFT, Step.LATE, Step.ANSWER, Step.LOSE, Step.HELD])
def test_nothing_happens_to_a_probe_that_was_not_sent(step):
    slot = Slot(1, 0)
    with pytest.raises(KeyError):
        slot.go(step)
    assert slot.state is State.PLANNED
