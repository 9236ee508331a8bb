"""The diagnosis as a machine: made-up facts in, questions and verdicts out; no network, no time."""

from __future__ import annotations

import pytest

from netlite.engines.actions import Finish, Report
from netlite.engines.events import Interrupted, Started
from netlite.engines.inquiries import Ask, Learned
from netlite.engines.transcript import Transcript, read, replay
from netlite.engines.why.causes import CAUSES
from netlite.engines.why.engine import Why
from netlite.engines.why.facts import WhyConfig
from netlite.engines.why.rules import NAME_RULES, RULES
from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.topology import chain
from netlite.records.diagnosis import Diagnosis
from netlite.records.facts import (
    Connected,
    Device,
    EchoFact,
    Echoes,
    Flows,
    Gateway,
    Holders,
    Hop,
    Machine,
    Names,
    OwnSocket,
    Path,
    ServerAnswer,
    Sockets,
    Way,
)
from netlite.records.questions import Echo, FindWay, LookUp, Trace, TryFlows, WhoHas

HOST, ROUTER, OWN = "192.0.2.1", "198.18.1.2", "198.18.1.1"
ETH0 = Device("eth0", True, True, 1500, (f"{OWN}/24",))
HERE = Machine((ETH0,), (Gateway(4, ROUTER, "eth0"),))
THERE = Way(None, "eth0", ROUTER, OWN, "unicast", "0.0.0.0/0", 0, None, "eth0")


def answers(question: object, **facts: object) -> object:
    """A network where all is well, but for `facts`: by the name of the question, a fact or a function of the question."""
    name = type(question).__name__
    if name in facts:
        given = facts[name]
        return given(question) if callable(given) else given
    if isinstance(question, Echo):
        return EchoFact(tuple([Echoes(each, question.count, question.count, (1_000_000,) * question.count, ttl=63)
                               for each in question.addresses]))
    if isinstance(question, Trace):
        return Path((Hop(1, ROUTER), Hop(2, question.address, reached=True)), True, question.method)
    plain = {"LookAtMachine": HERE, "LookUp": Names((HOST,), "files"), "FindWay": THERE, "Connect": Connected("open"),
             "TryFlows": Flows((1, 2, 3), ()), "LookAtSockets": Sockets(), "WhoHas": Holders()}
    return plain[name]


def diagnose(config: WhyConfig | None = None, **facts: object) -> tuple[Diagnosis, list[object]]:
    """The diagnosis, and all questions that were asked."""
    engine, asked = Why(config or WhyConfig("host")), []
    actions = engine.feed(Started(0))
    while True:
        assert all(type(each) in (Ask, Report, Finish) for each in actions)
        ask = next((each for each in actions if type(each) is Ask), None)
        if ask is None:
            break
        asked += ask.questions
        actions = engine.feed(Learned(0, tuple([(each, answers(each, **facts)) for each in ask.questions]), 1))
    assert type(actions[-1]) is Finish and engine.feed(Interrupted(0)) == []
    return actions[-2].record, asked


def causes(**facts: object) -> list[str]:
    return [each.cause for each in diagnose(**facts)[0].verdicts]


def silence(neighbour: str | None = "REACHABLE", **more: object):
    return lambda question: EchoFact(tuple([Echoes(each, question.count, 0, neighbour=neighbour, **more)
                                            for each in question.addresses]))


NOTHING = {"Trace": lambda question: Path((), False, question.method), "TryFlows": Flows((), (1, 2))}


def test_a_device_that_goes_down_before_the_route_is_looked_up():
    """The first look shows it up; its routes are gone when they are asked for."""
    down = Machine((ETH0.replace(is_up=False, has_carrier=False),), ())
    assert causes(LookAtMachine=lambda look: down if look.again else HERE, FindWay=Way(101)) == ["interface-down"]
    assert causes(LookAtMachine=HERE, FindWay=Way(101)) == ["no-route"]



def test_where_all_is_well_little_is_asked():
    found, asked = diagnose()
    assert found.is_well and not [each for each in asked if isinstance(each, Trace)]
    assert [type(each).__name__ for each in asked[:4]] == ["LookAtMachine", "LookUp", "FindWay", "LookAtSockets"]


@pytest.mark.parametrize("cause, facts", [
    ("policy-rule", {"FindWay": Way(113, kind="prohibit", rule="100: from all prohibit")}),
    ("route-refuses", {"FindWay": Way(22, kind="blackhole", prefix="192.0.2.0/24")}),
    ("no-route", {"FindWay": Way(101)}),
    ("wrong-address", {"FindWay": THERE.replace(gateway="203.0.113.1"), "Echo": silence(), **NOTHING}),
    ("neighbour-failed", {"Echo": silence("FAILED"), **NOTHING}),
    ("gateway-silent", {"Echo": silence(), **NOTHING}),
    ("host-silent", {"FindWay": THERE.replace(gateway=None), "Echo": silence(), **NOTHING}),
    ("local-firewall", {"Echo": silence(errno=1), **NOTHING}),
    ("local-firewall", {"Echo": silence(dropped=3), **NOTHING}),
    ("retransmissions", {"LookAtSockets": Sockets((OwnSocket("ESTABLISHED", 40000, 80, 0, 5000, 4),))}),
    ("name-no-server", {"LookUp": Names((), "system", (), 0, "Name or service not known")}),
    ("name-unknown", {"LookAtMachine": Machine((ETH0,), HERE.gateways, ("198.18.1.9",)),
                      "LookUp": Names((), "system", (ServerAnswer("198.18.1.9", 4, 3),), 0, "Name or service not known")}),
    ("cannot-tell", {"Echo": EchoFact((Echoes(HOST, 0, 0, errno=13),)), "Trace": lambda question: Path((), False, "udp", 13),
                     "TryFlows": Flows((), ())}),
])
def test_what_the_lab_in_memory_cannot_make(cause, facts):
    found = causes(**facts)
    assert found[0] == cause, found


def test_what_does_not_fit_into_a_datagram_is_not_nothing():
    """A server that cuts its answers (TC), and cannot be asked by TCP: that the name has no address is not known."""
    answers = tuple([ServerAnswer("198.18.1.9", version, 0, (), 0, None, True) for version in (4, 6)])
    here = Machine((ETH0,), HERE.gateways, ("198.18.1.9",))
    found, _ = diagnose(LookAtMachine=here, LookUp=Names((), "system", answers, 0, "Temporary failure in name resolution"))
    assert [each.cause for each in found.verdicts] == ["name-server-refuses"]
    assert "does not say it by TCP" in found.verdicts[0].sentence and "A: too much for a datagram" in found.verdicts[0].evidence[0]
    assert causes(LookAtMachine=here, LookUp=Names((HOST,), "system", answers)) == ["well"]


def test_a_gateway_that_answers_for_all_is_no_twin_as_long_as_all_is_well():
    proxied = Holders(("02:00:00:00:00:02",), "02:00:00:00:00:02")
    found, _ = diagnose(WhoHas=proxied)
    assert found.is_well and any("proxy ARP" in note for note in found.notes)
    assert diagnose(WhoHas=proxied, Echo=silence(), **NOTHING)[0].verdict.confidence == 70
    found, _ = diagnose(WhoHas=Holders(("02:00:00:00:00:03",), "02:00:00:00:00:02"))
    assert (found.verdict.cause, found.verdict.confidence) == ("duplicate-address", 90)


def test_who_has_no_rights_asks_nobody():
    assert not [each for each in diagnose(LookAtMachine=HERE.replace(raw=False))[1] if isinstance(each, WhoHas)]
    assert [each for each in diagnose()[1] if isinstance(each, WhoHas)] == [WhoHas("eth0", OWN, ROUTER)]


def test_a_full_queue_of_this_machine_is_told():
    sockets = Sockets((OwnSocket("LISTEN", 80, 0, 6, 5, 0),))
    found, _ = diagnose(WhyConfig("host", 80), FindWay=Way(None, "lo", None, HOST, "local"), LookAtSockets=sockets,
                        Connect=Connected("silent"))
    assert found.verdict.cause == "backlog-full" and found.verdict.evidence == ("LISTEN :80 Recv-Q 6 of 5",)


def test_no_more_is_asked_than_the_limits_allow():
    engine = Why(WhyConfig("host", limit_ns=5_000_000_000))
    engine.feed(Started(0))
    actions = engine.feed(Learned(1_500_000_000, (), 0))
    assert type(actions[-1]) is Finish
    few = Why(WhyConfig("host", most_packets=50))
    few.feed(Started(0))
    assert type(few.feed(Learned(0, (), 30))[-1]) is Finish


def test_interrupted_it_tells_what_is_known():
    engine = Why(WhyConfig("host"))
    engine.feed(Started(0))
    actions = engine.feed(Interrupted(7))
    assert type(actions[-1]) is Finish and isinstance(actions[0].record, Diagnosis)


def test_each_rule_has_a_cause_and_each_cause_a_rule():
    used = {rule.cause for rule in (*RULES, *NAME_RULES)}
    assert used | {"well", "cannot-tell", "not-finished"} == set(CAUSES)


@pytest.mark.parametrize("cause", CAUSES.values(), ids=lambda cause: cause.name)
def test_each_cause_says_what_to_do(cause):
    assert cause.name == "well" or cause.next_step
    assert cause.sentence.endswith(".") and len(cause.sentence) < 160


def test_the_same_facts_give_the_same_questions():
    from netlite import diagnose as whole

    world = SimulatedEnvironment("why", chain(2), "client")
    lines: list[str] = []
    world.transcript = Transcript(lines.append)
    whole("server", 81, world=world)
    own = [line for line in lines if '"Learned"' in line or '"Ask"' in line]
    assert own
    entries = read(line for line in own)
    learned = [each for each in entries if type(each) is Learned]
    taken = replay(Why(WhyConfig("server", 81)), [Started(learned[0].at_ns), *learned])
    assert [each for each in taken if type(each) is Ask] == [each for each in entries if type(each) is Ask]


def test_questions_are_hashable_values():
    assert {FindWay("a"): 1}[FindWay("a")] == 1 and LookUp("a") != LookUp("b")


def lossy(question):
    """A host that loses a tenth, behind a router that answers a third of the echo requests, and one that is well."""
    lost = {HOST: 0.1, ROUTER: 0.66}
    return EchoFact(tuple([Echoes(each, question.count, round(question.count * (1 - lost.get(each, 0))),
                                  (1_000_000,) * question.count, ttl=62) for each in question.addresses]))


def test_a_router_that_limits_its_answers_is_not_where_packets_get_lost():
    path = Path((Hop(1, ROUTER), Hop(2, "198.18.2.2"), Hop(3, HOST, reached=True)), True, "icmp")
    found, _ = diagnose(WhyConfig("host", most_packets=400), Echo=lossy, Trace=path)
    assert (found.verdict.cause, found.verdict.hop) == ("loss", 2), found.verdicts


def test_a_diagnosis_that_ends_early_is_never_well():
    engine, now_ns = Why(WhyConfig("host", 80, limit_ns=4_450_000_000)), 0
    actions = engine.feed(Started(0))
    while type(actions[-1]) is Ask:
        now_ns += 100_000_000
        actions = engine.feed(Learned(now_ns, tuple([(each, answers(each)) for each in actions[-1].questions]), 1))
    assert actions[0].record.verdict.cause == "not-finished"
    assert "the time (4.45 s) was over before connecting" in actions[0].record.verdict.sentence


def test_of_one_broken_way_over_both_versions_the_nearer_end_counts():
    """A flow that is seen further is lost on its way back."""
    other = "2001:db8::1"

    def path(question):
        hops = (Hop(1, ROUTER), Hop(2, "198.18.2.2"), Hop(3, "198.18.3.2"))
        return Path(hops[:1 if question.address == HOST else 3], False, question.method)

    found, _ = diagnose(LookUp=Names((HOST, other), "files"), TryFlows=Flows((1, 2, 3), (4, 5, 6)), Trace=path,
                        LookAtMachine=Machine((ETH0.replace(addresses=(f"{OWN}/24", "2001:db8:1::1/64")),), HERE.gateways),
                        FindWay=lambda question: THERE if question.address == HOST else
                        THERE.replace(gateway="fe80::1", source="2001:db8:1::1"))
    assert [(each.cause, each.hop) for each in found.verdicts] == [("one-way-broken", 1)]


def test_of_connections_that_alone_are_not_answered_is_said_so():
    """A trace by other flows reached the port, and all flows that were tried did."""
    found, asked = diagnose(WhyConfig("host", 81), Connect=Connected("silent"), TryFlows=lambda question: Flows(
        tuple(range(question.count)), (), question.port))
    assert [each.count for each in asked if isinstance(each, TryFlows)] == [6, 12]
    assert [(each.cause, each.hop) for each in found.verdicts] == [("port-unsteady", None)] and not found.is_well
    assert found.verdict.evidence == (f"{HOST}:81: 2 connections unanswered", "18 of 18 other flows: answered")


def test_a_router_that_passes_for_clean_behind_one_that_loses_is_asked_again():
    """10 of 10 behind 5 of 10 is chance, or a limit: which, more packets tell."""
    counts = {HOST: 0.5, ROUTER: 0.5, "198.18.2.2": 1.0}

    def echo(question):
        second = question.round and question.addresses == ("198.18.2.2",)
        return EchoFact(tuple([Echoes(each, question.count, int(question.count * (0.5 if second else counts.get(each, 1))),
                                      (1_000_000,) * question.count, ttl=62) for each in question.addresses]))

    path = Path((Hop(1, ROUTER), Hop(2, "198.18.2.2"), Hop(3, HOST, reached=True)), True, "icmp")
    found, asked = diagnose(Echo=echo, Trace=path)
    assert [each for each in asked if isinstance(each, Echo) and each.addresses == ("198.18.2.2",)]
    assert [(each.cause, each.hop) for each in found.verdicts] == [("loss", 0)]


def losing(lost: int):
    """Of the host so many of all small echo requests, of its first three none."""
    def echo(question):
        missing = lost if question.count > 3 and not question.full else 0
        return EchoFact(tuple([Echoes(each, question.count, question.count - (missing if each == HOST else 0), (1_000_000,) * question.count,
                                      ttl=62) for each in question.addresses]))
    return echo


@pytest.mark.parametrize("lost, sure", [(6, 90), (5, 90), (4, 70)])
def test_few_that_get_lost_are_less_sure(lost, sure):
    path = Path((Hop(1, ROUTER), Hop(2, HOST, reached=True)), True, "icmp")
    found, _ = diagnose(WhyConfig("host", most_packets=600), Echo=lambda question: losing(lost)(question) if not question.round else
                        losing(0)(question), Trace=path)
    assert [(each.cause, each.confidence) for each in found.verdicts] == [("loss", sure)]


def test_a_host_on_the_wire_behind_somebody_who_speaks_is_not_silent_on_the_wire():
    there = THERE.replace(gateway=None)
    assert causes(FindWay=there, Echo=silence(), **NOTHING) == ["host-silent"]
    path = Path((Hop(1, "198.18.1.9"),), False, "icmp")
    assert causes(FindWay=there, Echo=silence(), TryFlows=NOTHING["TryFlows"], Trace=path) == ["lost-behind"]


def test_full_size_is_no_black_hole_where_the_kernel_refuses_it():
    """A packet that the own kernel does not send (EMSGSIZE) says nothing about the way."""
    def echo(question):
        return EchoFact(tuple([Echoes(each, 0 if question.full else question.count, 0 if question.full else question.count,
                                      () if question.full else (1_000_000,) * question.count, errno=90 if question.full else None, ttl=63)
                               for each in question.addresses]))

    found, asked = diagnose(Echo=echo)
    assert found.is_well and not [each for each in asked if type(each).__name__ == "SearchMtu"]


def test_an_own_address_of_a_link_needs_no_device():
    own = Way(None, "lo", None, "fe80::1", "local")
    assert "wrong-zone" not in causes(LookUp=Names(("fe80::1",), "number"), FindWay=own, Echo=silence(), **NOTHING)
