"""All ways to a host: when enough is enough, who is followed, and that the search ends."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product
from random import Random

import pytest
from engine_player import Player
from hypothesis import given
from hypothesis import strategies as st
from icmp_errors import error

from netlite.engines.actions import Finish, SendProbe
from netlite.engines.events import Interrupted, ProbeSent, ReplyArrived, Started
from netlite.engines.mda import Mda
from netlite.engines.mda_graph import StoppingRule, unseen
from netlite.engines.mda_settings import MdaSettings
from netlite.records.extensions import IcmpObject, InterfaceInformation, MplsLabel
from netlite.records.multipath import MultipathDone, MultipathHop, NextHop
from netlite.records.traceroute import TraceFailed
from netlite.render.multipath import MultipathText, extension_words


def test_the_table_of_the_stopping_rule():
    rule = StoppingRule(95)
    assert [rule.enough(known) for known in range(1, 17)] == [6, 11, 16, 21, 27, 33, 38, 44, 51, 57, 63, 70, 76, 83,
                                                              90, 96]
    assert [StoppingRule(99).enough(known) for known in (1, 2, 3)] == [8, 15, 21]


@pytest.mark.parametrize("ways, flows", [(2, 5), (3, 6), (4, 5)])
def test_unseen_is_counted_right(ways, flows):
    counted = sum(len(set(case)) < ways for case in product(range(ways), repeat=flows))
    assert unseen(ways, flows) == counted
    assert Fraction(unseen(2, 6), 2 ** 6) <= Fraction(5, 100) < Fraction(unseen(2, 5), 2 ** 5)


def run_mda(answer, **settings) -> tuple:
    """All probes sent, all reports; `answer(probe)` gives a reply, which comes at once, an errno or None."""
    def fate(probe, at_ns):
        outcome = answer(probe)
        return outcome if isinstance(outcome, int) else [] if outcome is None else [(0, outcome)]

    run = Player(Mda(MdaSettings("host", "198.51.100.9", 40000, **settings)), fate, numbered=True, start_ns=1).run()
    return run.probes, run.reports


def chain_of(probe):
    return error("198.51.100.9", None, 3, 3) if probe.ttl == 3 else error(f"192.0.2.{probe.ttl}", None)


def test_a_port_that_is_taken_is_a_flow_less():
    sent, reports = run_mda(lambda probe: 98 if probe.source_port in (40001, 40003) else chain_of(probe))
    hops = [each for each in reports if type(each) is MultipathHop]
    assert [[each.flows for each in hop.next_hops] for hop in hops] == [[(0, 2, 4, 5, 6, 7)]] * 3
    assert reports[-1] == MultipathDone(True, len(sent), 6)


def test_room_for_no_probe_at_all_is_the_end():
    sent, reports = run_mda(lambda probe: 105)
    assert reports[-1] == TraceFailed("send probe", 105) and len(sent) < 1000


def test_room_for_some_probes_is_enough():
    turn = iter(range(10_000))
    _, reports = run_mda(lambda probe: 105 if next(turn) % 50 else chain_of(probe))
    assert reports[-1].reached


def test_no_more_sockets_end_the_search_for_more():
    def answer(probe):
        flow = probe.source_port - 40000
        if flow >= 8:
            return 24
        return chain_of(probe) if probe.ttl != 1 else error(f"192.0.2.{100 + flow}", None)

    _, reports = run_mda(answer)
    assert [each.complete for each in reports if type(each) is MultipathHop] == [False, False, True]
    assert reports[-1].reached and reports[-1].flows <= 8


def test_the_number_of_flows_is_bounded():
    _, reports = run_mda(lambda probe: error(f"192.0.2.{probe.source_port % 200}", None), max_flows=50, max_hops=2)
    assert not reports[1].complete and reports[-1].flows == 50


@pytest.mark.parametrize("spoken", [1, 2, 5])
def test_a_target_that_falls_silent_is_the_end(spoken):
    """It answers its first flows; the silence of the others is no other way."""
    said = []

    def answer(probe):
        if probe.ttl < 3:
            return error(f"192.0.2.{probe.ttl}", None)
        said.append(probe)
        return error("198.51.100.9", None, 3, 3) if len(said) <= spoken else None

    sent, reports = run_mda(answer, patience_ns=1000)
    hops = [each for each in reports if type(each) is MultipathHop]
    assert [[each.source for each in hop.next_hops] for hop in hops] == [
        ["192.0.2.1"], ["192.0.2.2"], ["198.51.100.9", None]]
    assert reports[-1].reached and reports[-1].flows <= 11 and max(probe.ttl for probe in sent) == 3


def test_a_target_that_speaks_late_is_the_end_too():
    """Silence at its own hop, where nobody knows it yet; then it answers one flow, a hop later."""
    def answer(probe):
        if probe.ttl < 3:
            return error(f"192.0.2.{probe.ttl}", None)
        return error("198.51.100.9", None, 3, 3) if (probe.ttl, probe.source_port) == (4, 40002) else None

    sent, reports = run_mda(answer, patience_ns=1000)
    assert max(probe.ttl for probe in sent) == 4 and reports[-1].reached


@pytest.mark.parametrize("limited, spoken", [(1, 2), (1, 5), (2, 1), (2, 4), (3, 3)])
@pytest.mark.parametrize("ways", [1, 2])
def test_routers_that_fall_silent_cost_few_flows(limited, spoken, ways):
    """The routers of a hop answer so many probes and no more; what lies behind is found all the same."""
    said = []

    def answer(probe):
        if probe.ttl == 5:
            return error("198.51.100.9", None, 3, 3)
        way = probe.source_port % ways if probe.ttl in (2, 3) else 0
        if probe.ttl == limited:
            said.append(probe)
            if len(said) > spoken:
                return None
        return error(f"192.0.{way}.{probe.ttl}", None)

    sent, reports = run_mda(answer, patience_ns=1000)
    hops = {each.hop: each for each in reports if type(each) is MultipathHop}
    assert reports[-1].reached and reports[-1].flows <= 60 and len(sent) <= 400
    assert {one.source for one in hops[4].next_hops} == {"192.0.0.4"}
    assert not hops[limited + 1].complete


def test_a_silent_way_beside_others_is_looked_behind():
    """Every other flow meets a router that never answers; that is no limit, and its neighbour is asked enough."""
    def answer(probe):
        if probe.ttl == 2 and probe.source_port & 1:
            return None
        return error("198.51.100.9", None, 3, 3) if probe.ttl == 4 else error(f"192.0.2.{probe.ttl}", None)

    _, reports = run_mda(answer, patience_ns=1000)
    hops = [each for each in reports if type(each) is MultipathHop]
    assert all(each.complete for each in hops) and reports[-1].reached


def test_routers_beside_the_target_are_still_followed():
    """Odd flows have a longer way, with a router of its own at the target's hop."""
    def answer(probe):
        odd = probe.source_port & 1
        if probe.ttl < 2 or odd and probe.ttl < 4:
            return error(f"192.0.2.{probe.ttl + 100 * odd if probe.ttl > 1 else 1}", None)
        return error("198.51.100.9", None, 3, 3) if probe.source_port % 4 < 2 else None

    _, reports = run_mda(answer, patience_ns=1000)
    hops = {each.hop: {one.source for one in each.next_hops} for each in reports if type(each) is MultipathHop}
    assert hops == {1: {"192.0.2.1"}, 2: {"192.0.2.102", "198.51.100.9", None}, 3: {"192.0.2.103"},
                    4: {"198.51.100.9", None}}


def test_a_port_that_a_router_calls_closed_is_not_reached():
    _, reports = run_mda(lambda probe: error(f"192.0.2.{probe.ttl}", None, *((3, 3) if probe.ttl == 2 else (11, 0))))
    assert not reports[-1].reached and reports[-2].hop == 2
def made_up(probe):
    """Every answer from an address of its own."""
    return error(f"203.{probe.number >> 16}.{probe.number >> 8 & 255}.{probe.number & 255}", None)


@pytest.mark.parametrize("window", (1, 16, 300))
def test_answers_from_made_up_addresses_are_not_followed(window):
    sent, reports = run_mda(made_up, window=window)
    hops = [each for each in reports if type(each) is MultipathHop]
    flows = 128 + max(1, window)
    assert [each.hop for each in hops] == list(range(1, 31)) and len(sent) <= 30 * flows
    assert all(each.crowded and not each.complete and 128 < len(each.next_hops) <= flows for each in hops)
    text = MultipathText(numeric=True).render(hops[0])
    assert text.count("\n") == len(hops[0].next_hops) + 1
    assert text.endswith("    (too many answer here to look for more; some addresses may be made up)\n")


def test_made_up_addresses_behind_a_router_and_lost_answers():
    def answer(probe):
        if probe.ttl == 1:
            return error("192.0.2.1", None)
        return None if probe.number % 3 == 0 else made_up(probe) if probe.ttl < 5 else error("198.51.100.9", None, 3, 3)

    sent, reports = run_mda(answer)
    hops = [each for each in reports if type(each) is MultipathHop]
    assert [each.crowded for each in hops][:5] == [False, True, True, True, False]
    assert hops[0].complete and hops[4].next_hops[0].source == "198.51.100.9"
    assert reports[-1].reached and reports[-1].flows <= 128 + 32


@pytest.mark.parametrize("pool", [60, 1 << 16])
@pytest.mark.parametrize("answered", [0.5, 0.1])
def test_a_search_that_is_held_up_ends(pool, answered):
    """Every hop answers late, seldom and with addresses drawn at random, so that each probe shows a way that is to be
    looked for behind, and sets how long the next ones are awaited."""
    chance, second_ns = Random(7), 1_000_000_000

    def fate(probe, at_ns):
        made_up = chance.randrange(pool)
        answer = error(f"203.{probe.ttl}.{made_up >> 8}.{made_up & 255}", None)
        return [(chance.randrange(second_ns), answer)] if chance.random() < answered else []

    settings = MdaSettings("host", "198.51.100.9", 40000)
    run = Player(Mda(settings), fate, numbered=True, start_ns=1).run()
    done, patience_ns = run.reports[-1], settings.patience_ns
    assert done.gave_up and not done.reached and len(run.probes) == done.probes <= settings.all_probes
    assert run.now_ns <= (settings.all_patiences + 1) * patience_ns
    assert MultipathText().render(done).endswith(" flows, and no more: the search has taken as long as it may\n")
    hops = run.of(MultipathHop)
    assert len({each.hop for each in hops}) >= 3 and not any(each.complete for each in hops)


def test_no_hop_and_no_search_takes_more_probes_than_it_may():
    def answer(probe):
        return error("198.51.100.9", None, 3, 3) if probe.ttl == 5 else \
            error(f"192.0.{probe.ttl}.{probe.source_port % 100 if probe.ttl in (2, 3) else 1}", None)

    sent, reports = run_mda(answer, hop_probes=200)
    hops = {each.hop: each for each in reports if type(each) is MultipathHop}
    assert [hops[hop].complete for hop in range(1, 6)] == [True, False, False, False, True]
    assert reports[-1].reached and not reports[-1].gave_up
    assert max(Counter(probe.ttl for probe in sent).values()) <= 2 * 200
    sent, reports = run_mda(answer, hop_probes=200, all_probes=300)
    assert reports[-1] == MultipathDone(False, 300, reports[-1].flows, True) and len(sent) == 300


def test_pauses_that_were_asked_for_are_no_part_of_the_time():
    run = Player(Mda(MdaSettings("host", "198.51.100.9", 40000, gap_ns=9_000_000_000)),
                 lambda probe, at_ns: [(1, chain_of(probe))], numbered=True, start_ns=1).run()
    assert run.reports[-1] == MultipathDone(True, len(run.probes), 6) and all(each.complete for each in run.of(MultipathHop))


def test_a_hundred_next_hops_are_all_found():
    def answer(probe):
        return chain_of(probe) if probe.ttl != 2 else error(f"192.0.3.{probe.source_port % 100}", None)

    _, reports = run_mda(answer)
    hops = [each for each in reports if type(each) is MultipathHop]
    assert [len(each.next_hops) for each in hops] == [1, 100, 1]
    assert all(each.complete and not each.crowded for each in hops)


def test_the_bounds_fit_each_other():
    """With as many next hops as are looked at, the flows there are could not show that they are all."""
    settings = MdaSettings("host", "198.51.100.9", 40000)
    rule = StoppingRule(settings.confidence_percent)
    assert rule.enough(settings.max_next_hops - 1) <= settings.max_flows < rule.enough(settings.max_next_hops)


@given(st.integers(0, 2**32), st.integers(1, 20), st.integers(1, 4), st.integers(1, 12))
def test_mda_ends_whoever_answers(seed, window, max_hops, most):
    """Addresses drawn at random from few or many, losses and ends: bounded probes, every hop told, one end."""
    chance = Random(seed)

    def answer(probe):
        kind = chance.choice(("few", "many", "lost", "end"))
        if kind == "lost":
            return None
        return error(f"192.0.2.{chance.randrange(3 if kind == 'few' else 250)}", None, *((3, 3) if kind == "end" else (11, 0)))

    sent, reports = run_mda(answer, window=window, max_hops=max_hops, max_flows=60, max_next_hops=most)
    assert len(sent) <= max_hops * 60 * 3
    assert [type(each) is MultipathDone for each in reports].index(True) == len(reports) - 1
    last = {each.hop: each for each in reports if type(each) is MultipathHop}
    assert list(last) == list(range(1, len(last) + 1))
    for hop in last.values():
        assert hop.crowded == (len({each.source for each in hop.next_hops} - {None}) > most)
        assert not (hop.crowded and hop.complete)


@given(st.lists(st.sampled_from(["transit", "other", "end", "silent", "lost"]), min_size=1, max_size=60),
       st.integers(1, 20), st.integers(1, 4))
def test_mda_always_ends(script, window, max_hops):
    """Whatever happens: never more under way than allowed, hops in order, one end."""
    steps = iter(script * 20)

    def answer(probe):
        step = next(steps, "end")
        if step in ("silent", "lost"):
            return None
        last = "99" if step == "end" else "2" if step == "other" else "1"
        return error(f"192.0.{probe.ttl}.{last}", None, *((3, 3) if step == "end" else (11, 0)))

    sent, reports = run_mda(answer, window=window, max_hops=max_hops, max_flows=60)
    assert [probe.number for probe in sent] == list(range(1, len(sent) + 1))
    hops = [each.hop for each in reports if type(each) is MultipathHop]
    told = len(set(hops))
    assert hops[:told] == list(range(1, told + 1)) and told <= max_hops
    assert hops[told:] == sorted(set(hops[told:]))  # told once more: later flows met others there
    assert [type(each) is MultipathDone for each in reports].index(True) == len(reports) - 1


def test_extensions_in_words():
    interface = InterfaceInformation(0, 3, "192.0.2.1", "eth1", 1500)
    label = IcmpObject(1, 1, bytes.fromhex("05dc2bfe"), (MplsLabel(24002, 5, 1, 254),))
    objects = (IcmpObject(2, 15, b"", interface), IcmpObject(2, 0x48, b"", InterfaceInformation(2, 7, None, None, None)))
    assert [extension_words(each) for each in (*objects, label)] == [
        "came in by eth1, index 3, 192.0.2.1, mtu 1500", "would leave by index 7", "MPLS:L=24002,E=5,S=1,T=254"]
    hop = MultipathHop(2, (NextHop("192.0.2.1", (0, 1, 4), 1_500_000, extensions=objects[1:]), NextHop(None, (2,))), False)
    assert MultipathText(numeric=True).render(hop) == (
        " 2  192.0.2.1 <would leave by index 7>  1.500 ms  flows 0-1,4\n"
        "    *  flows 2\n"
        "    (there may be more: not all flows were tried)\n")


@given(st.integers(1, 40), st.sets(st.integers(1, 200)))
def test_mda_claims_nothing_of_probes_under_way_at_its_end(fed, silent):
    """A flow whose answer was still awaited is neither seen nor silent, and its hop may have more routers."""
    engine, asked, answered, count = Mda(MdaSettings("host", "198.51.100.9", 40000)), {}, set(), 0
    events = [Started(1)]
    while count < fed:
        if not events:
            return  # it has ended by itself
        event, count = events.pop(0), count + 1
        for action in engine.feed(event):
            if action == Finish():
                return  # it has ended by itself
            if type(action) is SendProbe:
                probe = action.probe
                asked[probe.number] = probe.ttl, probe.source_port - 40000
                events.append(ProbeSent(1, probe.number, 1))
                if probe.number not in silent:
                    events.append(ReplyArrived(1, chain_of(probe), 1, None, probe.number))
        if type(event) is ReplyArrived:
            answered.add(event.number)
    *told, done, finish = [getattr(action, "record", action) for action in engine.feed(Interrupted(2))]
    assert type(done) is MultipathDone and finish == Finish()
    flows = {(hop.hop, flow) for hop in told if type(hop) is MultipathHop for each in hop.next_hops for flow in each.flows}
    assert flows <= {asked[number] for number in answered}
    awaited = {asked[number][0] for number in asked.keys() - answered}
    assert not any(hop.complete for hop in told if type(hop) is MultipathHop and hop.hop in awaited)
