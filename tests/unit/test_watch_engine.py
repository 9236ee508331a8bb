"""Watched paths: the decisions of `engines.watch`, in virtual time, on paths that change."""

from __future__ import annotations

from collections import Counter, defaultdict
from errno import ENETUNREACH

import pytest
from engine_player import MS, Player
from hypothesis import given
from hypothesis import strategies as st

from netlite.engines import watch as watch_module
from netlite.engines.events import Interrupted, NameFound, ReceiveFailed, ReplyArrived, Started
from netlite.engines.requests import PauseAsked, ResetAsked
from netlite.engines.watch import Watch
from netlite.engines.watch_config import WatchConfig
from netlite.engines.watched_probes import REMEMBERED
from netlite.engines.watched_path import REACHED, REFUSED, ROUTER, Path
from netlite.records.echo_links import EchoReply
from netlite.records.extensions import IcmpObject, MplsLabel
from netlite.records.ping_mishaps import ReceiveRefused
from netlite.records.raw_links import TcpReply
from netlite.records.replies import IcmpError, Origin
from netlite.records.udp_links import UdpReply
from netlite.records.watch import HopProbe, PathChanged, PathState, Way

SECOND = 1000 * MS
HOST = "192.0.2.99"
VERDICTS = {"router", "reached", "refused", "lost", "unsent"}


def router(hop, ttl=60, extensions=()):
    return IcmpError(Origin.ICMP, f"192.0.2.{hop}", 11, 0, ttl=ttl, extensions=extensions)


def reached(probe):
    return EchoReply(HOST, 7, getattr(probe, "sequence", 0), 64, ttl=60)


def path_of(length, silent=()):
    """The fate of probes on a path of so many hops: an answer after as many ms as the hop is far away."""
    def fate(probe, at_ns):
        if probe.ttl in silent:
            return []
        return [(min(probe.ttl, length) * MS, reached(probe) if probe.ttl >= length else router(probe.ttl))]

    return fate


def config(ways=1, **more):
    return WatchConfig(tuple(Way(f"host{flow}", HOST, flow, 40000 + flow, 60) for flow in range(ways)), **{"count": 3, **more})


def play(fate, ways=1, **more):
    return Player(Watch(config(ways, **more)), fate, numbered=True)


def hops_of(player, place=0):
    return {hop.hop: hop for hop in player.of(PathState)[place].hops}


def test_a_path_grows_until_the_host_answers():
    player = play(path_of(4)).run()
    state, = player.of(PathState)
    assert (state.last_hop, state.reached, state.changes, len(state.hops)) == (4, True, 0, 4)
    for hop in state.hops:
        assert (hop.sent, hop.received, hop.lost, hop.loss, hop.undecided) == (3, 3, 0, 0.0, 0)
        assert hop.source == (HOST if hop.hop == 4 else f"192.0.2.{hop.hop}")
        assert hop.last_ns == hop.best_ns == hop.worst_ns == hop.avg_ns == hop.p50_ns == hop.hop * MS
    assert {probe.ttl for probe in player.probes} == {1, 2, 3, 4}  # the host answered before a fifth hop was due
    assert state.sent == len(player.probes) == 12


def test_what_was_under_way_beyond_the_end_is_no_hop():
    def slow(probe, at_ns):
        return [(90 * MS, reached(probe) if probe.ttl >= 2 else router(1))]

    player = play(slow, count=5).run()
    state, = player.of(PathState)
    assert [hop.hop for hop in state.hops] == [1, 2] and state.last_hop == 2
    assert {probe.ttl for probe in player.probes} == {1, 2, 3, 4, 5}  # found 115 ms after the start
    assert state.sent == len(player.probes) == 13 and not player.of(PathChanged)


def test_each_hop_has_a_schedule_of_its_own():
    player = play(path_of(5), count=4, interval_ns=300 * MS).run()
    times = defaultdict(list)
    for at_ns, probe in player.sent:
        times[probe.ttl].append(at_ns)
    for hop, at_ns in times.items():
        assert at_ns == [(hop - 1) * watch_module.GROW_NS + turn * 300 * MS for turn in range(4)]


def test_silence_ends_the_growth_and_one_silent_hop_is_shown():
    player = play(path_of(40, silent=range(3, 41)), max_unknown=4, count=2).run()
    state, = player.of(PathState)
    assert state.last_hop is None and not state.reached
    assert [(hop.hop, hop.loss, hop.source) for hop in state.hops] == [
        (1, 0.0, "192.0.2.1"), (2, 0.0, "192.0.2.2"), (3, 1.0, None)]
    assert max(probe.ttl for probe in player.probes) == 6


def test_an_answer_behind_silence_lets_it_grow_on():
    player = play(path_of(9, silent=(2, 3, 4, 6, 7)), max_unknown=4).run()
    state, = player.of(PathState)
    assert state.last_hop == 9 and state.reached
    assert [hop.loss for hop in state.hops] == [0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0]


def test_a_refusal_on_the_way_ends_it_there():
    def fate(probe, at_ns):
        return [(MS, IcmpError(Origin.ICMP, "192.0.2.2", 3, 13) if probe.ttl > 2 else router(probe.ttl))]

    player = play(fate).run()
    state, = player.of(PathState)
    assert (state.last_hop, state.reached) == (3, False)
    assert (state.hops[2].kind, state.hops[2].icmp_type, state.hops[2].icmp_code) == ("refused", 3, 13)


UNREACHABLE = IcmpError(Origin.ICMP, "192.0.2.66", 3, 1)


@pytest.mark.parametrize("until_s", [1, 1000])
@pytest.mark.parametrize("silent", [(), (3, 4)])
def test_a_refusal_before_anybody_from_behind_answered_is_taken_back_by_who_does(silent, until_s):
    """Made up about the probes to a router that is silent, one of them or each: nobody can know better yet."""
    def fate(probe, at_ns):
        return [(MS, UNREACHABLE)] if probe.ttl == 2 and at_ns < until_s * SECOND else path_of(5, (2, *silent))(probe, at_ns)

    player = play(fate, count=20).run()
    state, = player.of(PathState)
    assert (state.last_hop, state.reached) == (5, True)
    assert [hop.kind for hop in state.hops] == [ROUTER, REFUSED, *[None if hop in silent else ROUTER for hop in (3, 4)], REACHED]


def test_a_refusal_that_is_meant_ends_it_and_costs_few_probes_more():
    player = play(lambda probe, at_ns: [(MS, UNREACHABLE if probe.ttl > 2 else router(probe.ttl))], count=20, max_unknown=4).run()
    state, = player.of(PathState)
    assert (state.last_hop, state.reached, [hop.sent for hop in state.hops]) == (3, False, [20] * 3)
    behind = [probe for probe in player.of(HopProbe) if probe.hop > 3]
    assert {probe.hop for probe in behind} == {4, 5, 6, 7} and len(behind) <= 4 * 3


def test_one_refusal_on_the_way_ends_no_path_that_others_answer_from_behind():
    """Somebody on the way makes up an error about one probe; the host goes on answering."""
    def fate(probe, at_ns):
        forged = probe.ttl == 2 and 2 * SECOND < at_ns < 3 * SECOND
        return [(MS, UNREACHABLE)] if forged else path_of(5)(probe, at_ns)

    player = play(fate, count=6).run()
    state, = player.of(PathState)
    assert (state.last_hop, state.reached) == (5, True) and [hop.sent for hop in state.hops] == [6] * 5
    assert {each.kind for each in player.of(PathChanged)} == {"address"}


def test_who_refuses_each_probe_to_a_hop_ends_no_path_as_long_as_the_host_answers():
    player = play(lambda probe, at_ns: [(MS, UNREACHABLE)] if probe.ttl == 2 and at_ns > SECOND else path_of(5)(probe, at_ns), count=6).run()
    state, = player.of(PathState)
    assert (state.last_hop, state.reached) == (5, True) and state.hops[1].kind == "refused"
    assert not [each for each in player.of(PathChanged) if each.kind != "address"]


def test_a_path_that_is_refused_from_now_on_ends_where_it_is():
    """All probes that get so far are refused, and nobody behind answers any more."""
    def fate(probe, at_ns):
        refused = at_ns > 2 * SECOND and probe.ttl >= 3
        return [(MS, UNREACHABLE)] if refused else path_of(5)(probe, at_ns)

    player = play(fate, count=8).run()
    state, = player.of(PathState)
    assert (state.last_hop, state.reached) == (3, False) and state.hops[2].kind == "refused"
    shorter, = [each for each in player.of(PathChanged) if each.kind == "shorter"]
    assert (shorter.hop, shorter.before, shorter.after) == (3, 5, 3)


def test_the_same_where_those_behind_fall_silent():
    player = play(lambda probe, at_ns: [] if at_ns > 2 * SECOND and probe.ttl > 3 else [(MS, UNREACHABLE)] if at_ns > 2 * SECOND and probe.ttl == 3
                  else path_of(5)(probe, at_ns), count=8).run()
    assert [(state.last_hop, state.reached) for state in player.of(PathState)] == [(3, False)]


def test_the_host_itself_that_refuses_is_the_end_at_once():
    def fate(probe, at_ns):
        own = IcmpError(Origin.ICMP, HOST, 3, 10)
        return [(MS, own)] if at_ns > 2 * SECOND and probe.ttl == 2 else path_of(5)(probe, at_ns)

    shorter = [each for each in play(fate, count=4).run().of(PathChanged) if each.kind == "shorter"]
    assert [(each.hop, each.before) for each in shorter] == [(2, 5)]


def test_the_host_that_answers_from_behind_a_refusal_is_the_end():
    """The refusal comes first, when probes to farther hops are under way."""
    path = Path(0, Way("host", HOST), 1, 30, 12)
    hops = [path.grow() for _ in range(4)]
    path.answered(hops[1], "192.0.2.66", REFUSED, 20, 0)
    assert path.last_hop == 2
    path = Path(0, Way("host", HOST), 1, 30, 12)
    hops = [path.grow() for _ in range(4)]
    path.answered(hops[2], "192.0.2.3", ROUTER, 30, 0)
    path.answered(hops[1], "192.0.2.66", REFUSED, 40, 0)
    assert path.last_hop is None
    path.answered(hops[1], "192.0.2.66", REFUSED, 50, 0)
    assert path.last_hop == 2
    changed = path.answered(hops[2], HOST, REACHED, 60, 0)
    assert [(each.kind, each.before, each.after) for each in changed if each.kind == "longer"] == [("longer", 2, 3)] and path.last_hop == 3


def test_a_late_answer_stays_lost_and_is_counted_as_late():
    player = play(lambda probe, at_ns: [(MS if probe.number > 1 else 4 * SECOND, reached(probe))], count=6).run()
    hop = hops_of(player)[1]
    assert (hop.sent, hop.received, hop.lost, hop.late, hop.duplicates) == (6, 5, 1, 1, 0)
    of_first = [told.kind for told in player.of(HopProbe) if told.sequence == 1]
    assert of_first == ["lost", "late"]


def test_by_the_stamp_of_the_kernel_not_by_when_we_look():
    engine = Watch(config())
    player = Player(engine, numbered=True)
    player.feed(Started(0))
    player.now_ns = 10 * SECOND  # nobody looked; the answer came in time
    player.feed(ReplyArrived(player.now_ns, reached(player.probes[0]), 2 * SECOND, number=player.probes[0].number))
    assert [told.kind for told in player.of(HopProbe)] == ["reached"]
    player = Player(Watch(config()), numbered=True)
    player.feed(Started(0))
    player.now_ns = 10 * SECOND
    player.feed(ReplyArrived(player.now_ns, reached(player.probes[0]), 5 * SECOND, number=player.probes[0].number))
    assert [told.kind for told in player.of(HopProbe)] == ["lost", "late"]


def test_duplicates_are_counted_and_change_nothing():
    player = play(lambda probe, at_ns: [(MS, reached(probe)), (2 * MS, reached(probe)), (3 * MS, reached(probe))]).run()
    hop = hops_of(player)[1]
    assert (hop.sent, hop.received, hop.lost, hop.duplicates, hop.worst_ns) == (3, 3, 0, 4, MS)  # those of the last came after the end


def test_what_our_kernel_refuses_is_unsent_and_the_run_goes_on():
    player = play(lambda probe, at_ns: ENETUNREACH if at_ns < 2 * SECOND else [(MS, reached(probe))], count=4,
                  max_unknown=1).run()
    state, = player.of(PathState)
    hop, = state.hops
    assert (hop.sent, hop.received, hop.unsent, hop.lost, hop.loss) == (4, 2, 2, 0, 0.5)
    assert state.errno == ENETUNREACH and state.sent == 2


def test_another_router_is_a_change():
    def fate(probe, at_ns):
        source = 7 if at_ns > 3 * SECOND and probe.ttl == 1 else probe.ttl
        return [(MS, router(source) if probe.ttl < 2 else reached(probe))]

    player = play(fate, count=6).run()
    changed, = player.of(PathChanged)
    assert (changed.hop, changed.kind, changed.before, changed.after) == (1, "address", "192.0.2.1", "192.0.2.7")
    hop = hops_of(player)[1]
    assert dict(hop.sources) == {"192.0.2.1": 4, "192.0.2.7": 2} and hop.source == "192.0.2.7" and hop.changes == 1


def test_a_path_becomes_longer_and_shorter_again():
    def fate(probe, at_ns):
        return path_of(5 if 3 * SECOND < at_ns < 6 * SECOND else 3)(probe, at_ns)

    player = play(fate, count=12).run()
    state, = player.of(PathState)
    kinds = [(each.kind, each.hop) for each in player.of(PathChanged)]
    assert kinds[:2] == [("address", 3), ("longer", 3)] and ("shorter", 3) in kinds or ("shorter", 4) in kinds
    assert state.last_hop == 3 and state.reached and len(state.hops) == 3
    for hop in (1, 2, 3):
        sent = [at_ns for at_ns, probe in player.sent if probe.ttl == hop]
        assert len(sent) == 12 and all(later - earlier >= SECOND for earlier, later in zip(sent, sent[1:]))


def test_answers_of_the_time_before_do_not_make_it_longer():
    """The host is found at hop 2 while a router's answer from hop 4 is still under way: another way, long ago."""
    def fate(probe, at_ns):
        if probe.ttl == 4:
            return [(500 * MS, router(4))]
        return [(100 * MS, reached(probe) if probe.ttl >= 2 else router(1))]

    player = play(fate, count=4).run()
    assert player.of(PathState)[0].last_hop == 2 and not player.of(PathChanged)


def test_a_pause_sends_nothing_and_a_reset_counts_anew():
    player = Player(Watch(config(count=None)), path_of(2), numbered=True)
    player.at(2500 * MS, lambda now_ns: PauseAsked(now_ns, True))
    player.at(9 * SECOND, lambda now_ns: ResetAsked(now_ns))
    player.at(9 * SECOND, lambda now_ns: PauseAsked(now_ns, False))
    player.at(11900 * MS, Interrupted)
    player.run()
    times = [at_ns for at_ns, _ in player.sent]
    assert not [at_ns for at_ns in times if 2500 * MS < at_ns < 9 * SECOND] and max(times) > 10 * SECOND
    state, = player.of(PathState)
    assert [(hop.sent, hop.received) for hop in state.hops] == [(3, 3), (3, 3)] and state.sent == 6


def test_an_answer_from_before_a_reset_is_not_counted_after_it():
    player = Player(Watch(config(count=None)), lambda probe, at_ns: [(500 * MS, reached(probe))], numbered=True)
    player.at(100 * MS, lambda now_ns: ResetAsked(now_ns))
    player.at(900 * MS, Interrupted)
    player.run()
    hop = hops_of(player)[1]
    assert (hop.sent, hop.received, hop.undecided, hop.source) == (0, 0, 0, HOST)


def test_names_are_looked_up_once_and_awaited_at_the_end():
    names = {"192.0.2.1": (5 * SECOND, "r1.example"), HOST: (MS, None)}
    player = Player(Watch(config(names=True)), path_of(2), names, numbered=True).run()
    assert sorted(player.asked) == ["192.0.2.1", HOST]
    assert [hop.name for hop in player.of(PathState)[0].hops] == ["r1.example", None]
    assert player.now_ns >= 5 * SECOND
    silent = Player(Watch(config(names=True)), path_of(2), {}, numbered=True).run()  # no name server answers
    assert silent.now_ns < 10 * SECOND and [hop.name for hop in silent.of(PathState)[0].hops] == [None, None]


def test_made_up_names_are_not_taken():
    engine = Watch(config(names=True))
    engine.feed(Started(0))
    engine.feed(NameFound(0, "203.0.113.1", "evil"))
    assert engine.states()[0].hops[0].name is None


def test_mpls_labels_are_told():
    stack = IcmpObject(1, 1, b"", (MplsLabel(1234, 0, 0, 1), MplsLabel(56, 0, 1, 1)))
    player = play(lambda probe, at_ns: [(MS, router(1, extensions=(stack,)) if probe.ttl == 1 else reached(probe))]).run()
    assert hops_of(player)[1].labels == (1234, 56) and hops_of(player)[2].labels == ()


def test_hints_and_errors_of_our_own_kernel_are_no_answers():
    def fate(probe, at_ns):
        return [(MS, IcmpError(Origin.ICMP, "192.0.2.1", 5, 1)), (2 * MS, IcmpError(Origin.LOCAL, None, 0, 0, 1400, 90)),
                (3 * MS, EchoReply(HOST, 7, 1, 64, checksum_ok=False)), (4 * MS, reached(probe))]

    hop = hops_of(play(fate).run())[1]
    assert (hop.received, hop.duplicates, hop.best_ns, hop.kind) == (3, 0, 4 * MS, "reached")


def test_udp_and_tcp_answers_of_the_host_end_the_path():
    for method, reply in (("udp", IcmpError(Origin.ICMP, HOST, 3, 3)), ("udp", UdpReply(HOST, 33434, 9, 60)),
                          ("tcp", TcpReply(HOST, 80, 40000, 0x12, 60))):
        player = play(lambda probe, at_ns, reply=reply: [(MS, reply if probe.ttl > 1 else router(1))], method=method, port=80).run()
        state, = player.of(PathState)
        assert (state.last_hop, state.reached) == (2, True)
        assert {(probe.port, probe.source_port, probe.size_bytes) for probe in player.probes} == {(80, 40000, 60)}
        if method == "tcp":
            assert len({probe.sequence for probe in player.probes}) == len(player.probes)
    firewall = play(lambda probe, at_ns: [(MS, IcmpError(Origin.ICMP, "192.0.2.1", 3, 3))], method="udp").run()
    assert not firewall.of(PathState)[0].reached


def test_several_flows_are_paths_of_their_own_under_one_rate():
    player = play(lambda probe, at_ns: path_of(2 + probe.number % 3)(probe, at_ns), ways=3, rate=50.0).run()
    states = player.of(PathState)
    assert [(state.flow, state.last_hop) for state in states] == [(0, 2), (1, 3), (2, 4)]
    assert all(hop.sent == 3 for state in states for hop in state.hops)
    assert_rate(player, 50.0)


def test_nothing_can_be_received():
    player = Player(Watch(config()), numbered=True)
    player.feed(Started(0), ReceiveFailed(MS, 5))
    assert player.finished and player.of(ReceiveRefused) and player.of(PathState)


def test_what_is_remembered_is_bounded():
    player = Player(Watch(config(count=None, interval_ns=10 * MS, max_unknown=3)), numbered=True)
    player.at(120 * SECOND, Interrupted)
    player.run()
    engine = player.engine
    assert len(player.sent) > 29_000 and len(engine._probes._settled) == REMEMBERED
    assert len(engine._probes._open) + len(engine._probes._order) < 3000 and len(engine._due) <= 3


def assert_rate(player, rate):
    times = [at_ns for at_ns, _ in player.sent]
    spacing_ns = round(1e9 / rate)
    for place in range(0, len(times), 7):
        for later in range(place + 1, min(place + 60, len(times))):
            assert times[later] - times[place] >= (later - place - 1) * spacing_ns


@given(st.data())
def test_whatever_happens_each_probe_has_one_verdict_and_all_counts_agree(data):
    ways = data.draw(st.integers(1, 3))
    length = data.draw(st.integers(1, 8))
    silent = data.draw(st.sets(st.integers(1, 8), max_size=3))
    rate, count = data.draw(st.sampled_from([20.0, 250.0])), data.draw(st.integers(1, 5))
    shift = data.draw(st.integers(-3, 3))

    def fate(probe, at_ns):
        now = max(1, length + shift) if at_ns > 2 * SECOND else length
        if probe.ttl in silent:
            return []
        what = data.draw(st.sampled_from(["answer"] * 6 + ["lost", "late", "twice", "unsent", "both", "other", "refused"]))
        answer = reached(probe) if probe.ttl >= now else router(probe.ttl)
        delay = data.draw(st.integers(0, 200)) * MS
        if what == "unsent":
            return ENETUNREACH
        return {"answer": [(delay, answer)], "lost": [], "late": [(3500 * MS, answer)],
                "twice": [(delay, answer), (delay + MS, answer)], "both": [(delay, router(9)), (delay, answer)],
                "other": [(delay, router(100 + probe.number % 3))],
                "refused": [(delay, IcmpError(Origin.ICMP, "192.0.2.50", 3, 1))]}[what]

    player = play(fate, ways, count=count, rate=rate, max_unknown=4, max_hops=9).run(20_000)
    told = defaultdict(list)
    for each in player.of(HopProbe):
        told[each.host, each.sequence].append(each.kind)
    assert len(told) == len(player.sent)
    for kinds in told.values():
        assert kinds[0] in VERDICTS and set(kinds[1:]) <= {"late", "duplicate"}
        assert kinds.count("late") <= (kinds[0] == "lost") and ("duplicate" not in kinds or "lost" != kinds[-1])
    for state in player.of(PathState):
        mine = [each for each in player.of(HopProbe) if each.host == state.host]
        assert state.sent == len({each.sequence for each in mine}) - sum(each.kind == "unsent" for each in mine)
        assert [hop.hop for hop in state.hops] == list(range(1, len(state.hops) + 1))
        assert state.changes == sum(each.host == state.host for each in player.of(PathChanged))
        for hop in state.hops:
            assert hop.sent == hop.received + hop.lost + hop.unsent and hop.undecided == 0
            assert hop.late <= hop.lost and hop.sent <= count
            kinds = Counter(each.kind for each in mine if each.hop == hop.hop)
            assert hop.lost <= kinds["lost"] and hop.late <= kinds["late"] and hop.duplicates <= kinds["duplicate"]
    assert_rate(player, rate)


def test_no_hop_is_left_out_where_a_router_answers_from_behind_the_end():
    """Refusals end the path at hop 1, and hop 2, which nobody answered from, is forgotten; hop 3 is not."""
    path = Path(0, Way("host", HOST), 1, 30, 12)
    first, _, third = path.grow(), path.grow(), path.grow()
    path.answered(third, "192.0.2.3", "router", 0, 0)
    path.answered(first, "192.0.2.50", "refused", 10, 0)
    path.answered(first, "192.0.2.50", "refused", 15, 0)
    assert path.last_hop == 1 and list(path.hops) == [1, 3]
    changed = path.answered(third, "192.0.2.3", "router", 20, 0)
    assert [each.kind for each in changed] == ["longer"]
    assert [path.grow().number for _ in range(3)] == [2, 3, 4] and path.hops[3] is third
    assert [hop.number for hop in path.shown()] == [1, 2, 3, 4]


def test_a_hop_that_was_forgotten_stands_between_those_that_were_not():
    path = Path(0, Way("host", HOST), 1, 30, 4)
    hops = [path.grow() for _ in range(4)]
    for hop, source, kind in ((4, "192.0.2.4", ROUTER), (2, "192.0.2.2", REFUSED), (4, "192.0.2.4", ROUTER), (4, HOST, REACHED)):
        path.answered(hops[hop - 1], source, kind, hop, 0)
    assert [(hop.hop, hop.source) for hop in path.state({}).hops] == [(1, None), (2, "192.0.2.2"), (3, None), (4, HOST)]
