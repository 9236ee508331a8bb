"""No verdict of netlite why, and no sentence of its --explain, contradicts what is broken, or what packets did.

The situations are made by chance; in each all is known (why_situations.py), and so is what each sentence claims
(why_claims.py).
"""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from contradictions import expect_none
from situations import changed
from why_claims import problems
from why_situations import KINDS, Situation, play, situations

from netlite.lab.scene.manners import Service
from netlite.lab.scene.parts import REJECT_CODES, Action, Node, Rule, StaticRoute, Wire
from netlite.lab.scene.topology import Topology, chain

PER_KIND = 5


@pytest.fixture(scope="module")
def told():
    """(situation, number of claims, what is wrong) of each."""
    return [(situation, *problems(play(situation, number))) for number, situation in enumerate(situations(PER_KIND * len(KINDS)))]


def test_no_sentence_contradicts_what_happened(told, record_property):
    expect_none(told, record_property, lambda situation: situation.ask)


def test_each_kind_of_situation_is_told_of(told):
    claims = Counter()
    for situation, count, _ in told:
        claims[situation.kind.partition(",")[0]] += count
    assert len(claims) >= 18 and min(claims.values()) > PER_KIND


def situations_of(kind: str, seed: int, most: int):
    """Those of one kind, as they stood in the list of kinds when this was found."""
    chance, kinds = Random(seed), KINDS[:20]
    for number in range(most * len(kinds)):
        situation = kinds[number % len(kinds)](chance)
        if situation.kind == kind:
            yield situation


def said(nodes, ask: str, wires=None) -> tuple[list[tuple[str, int | None]], str, list[str]]:
    """(cause, hop) of each verdict, the first sentence, and the story."""
    wires = wires or [Wire(pair) for pair in zip([node.name for node in nodes], [node.name for node in nodes][1:])]
    truth = play(Situation("by hand", Topology(nodes, wires), ask))
    verdicts = truth.document["verdicts"]
    return [(each["cause"], each["hop"]) for each in verdicts], verdicts[0]["sentence"], truth.items


def routers(count: int, **server) -> list[Node]:
    return changed(list(chain(count).nodes.values()), "server", **server)


@pytest.mark.parametrize("ask", ["-4 server:8080", "-6 server:8080"])
def test_a_router_that_speaks_of_nothing_does_not_accuse_this_machine(ask):
    """It is not seen at hop 1 of other packets either."""
    nodes = changed(routers(1, services=(Service(8080, "full"),)), "r1", silent=True)
    causes, sentence, _ = said(nodes, ask)
    assert [cause for cause, _ in causes] == ["port-silent"] and "this machine" not in sentence


def test_answers_that_an_own_filter_drops_are_no_silence_of_the_port():
    nodes = changed(routers(2), "client", rules=(Rule(Action.DROP, 6),))
    causes, sentence, _ = said(nodes, "-4 server:81")
    assert causes == [("local-firewall", 0)] and sentence == "A firewall on this machine itself drops what comes for it."


def test_a_port_that_resets_other_flows_is_not_said_to_be_silent():
    """Of two equal ways one is broken, and both connections took it."""
    situation = list(situations_of("equal ways", 73, 24))[-1]
    truth = play(situation, 470)
    said = [(each["cause"], each["hop"], each["version"]) for each in truth.document["verdicts"]]
    assert problems(truth)[1] == [] and ("one-way-broken", 2, 6) in said and "neither yes nor no" not in truth.text


@pytest.mark.parametrize("ask, cause", [("-4 server", "prohibited"), ("-4 server:81", "port-prohibited"), ("-6 server:81", "port-prohibited")])
def test_who_refuses_connections_is_heard_where_nothing_else_passes(ask, cause):
    """Nearer somebody drops echo requests and UDP: but something does come back from behind it."""
    nodes = changed(routers(3), "r1", rules=(Rule(Action.DROP, 1, destination="server"), Rule(Action.DROP, 17)))
    nodes = changed(nodes, "r2", rules=(Rule(Action.REJECT, 6, codes=REJECT_CODES["admin-prohibited"]),))
    causes, sentence, _ = said(nodes, ask)
    assert causes == [(cause, 2)] and "forbids" in sentence


def diamond(**a) -> tuple[list[Node], list[Wire]]:
    nodes = [Node("client"), Node("r1", True, routes=(StaticRoute("server", "a"), StaticRoute("server", "b"))), Node("a", True, **a),
             Node("b", True), Node("r2", True, routes=(StaticRoute("client", "b"),)), Node("server", services=(Service(80),))]
    pairs = (("client", "r1"), ("r1", "a"), ("r1", "b"), ("a", "r2"), ("b", "r2"), ("r2", "server"))
    return nodes, [Wire(pair) for pair in pairs]


@pytest.mark.parametrize("protocol, ask", [(6, "-4 server:80"), (6, "-6 server:81"), (17, "-4 server")])
def test_flows_that_one_of_two_ways_refuses_are_not_all_well_nor_all_forbidden(protocol, ask):
    nodes, wires = diamond(rules=(Rule(Action.REJECT, protocol, codes=REJECT_CODES["admin-prohibited"]),))
    causes, sentence, _ = said(nodes, ask, wires)
    assert causes[0] == ("flows-refused", 2) and "refuses some flows to server" in sentence and "and others are answered" in sentence
    assert not [cause for cause, _ in causes if cause == "port-prohibited"]


def test_who_refuses_some_of_several_flows_is_at_the_hop_of_one_flow():
    """What the trace of many flows met at hop 2 was another router."""
    nodes, wires = diamond(rules=(Rule(Action.REJECT, 6, codes=REJECT_CODES["net-unreachable"]),))
    for seed in range(6):
        truth = play(Situation("by hand", Topology(changed(nodes, "r2", rules=(Rule(Action.DROP, 1),)), wires), "-4 server:80"), seed)
        assert problems(truth)[1] == [], seed


@pytest.mark.parametrize("ask", ["-4 server:81", "-6 server:81"])
def test_where_traces_lose_packets_the_hop_of_the_host_is_none_that_was_made_up(ask):
    """Half is lost on the last wire: a trace often meets the host a hop or two too late."""
    wires = [Wire(("client", "r1")), Wire(("r1", "r2")), Wire(("r2", "server"), loss=0.3)]
    for seed in range(12):
        truth = play(Situation("lossy", Topology(routers(2), wires), ask), seed)
        at = [each for each in truth.document["verdicts"] if each["cause"] == "port-refused"]
        assert all(each["hop"] in (3, None) for each in at), seed
        guesses = [each["evidence"][-1] for each in at if each["hop"] is None]
        assert all("perhaps at hop 3, by the TTL" in each or "answered 0 of 3" in truth.items[4] for each in guesses), seed


def test_a_longer_way_back_does_not_move_the_host():
    nodes = [*changed(routers(2), "r2", routes=(StaticRoute("client", "b1"),)), Node("b1", True, routes=(StaticRoute("client", "r1"),))]
    wires = [Wire(pair) for pair in (("client", "r1"), ("r1", "r2"), ("r2", "server"), ("r2", "b1"), ("b1", "r1"))]
    assert said(nodes, "server:81", wires)[0] == [("port-refused", 3)]


def test_a_host_that_refuses_is_no_last_router():
    nodes = routers(2, rules=(Rule(Action.REJECT, 1, codes=REJECT_CODES["host-unreachable"]),))
    causes, sentence, items = said(nodes, "-4 server")
    assert causes == [("prohibited", 3)] and "server forbids it (Host Unreachable)" in sentence
    assert any("198.18.3.2, which refuses them." in item for item in items)


def test_a_router_whose_name_nobody_told_is_not_this_machine():
    nodes = changed(routers(2), "r1", black_hole=True)
    nodes = changed(nodes, "r2", silent=True)
    wires = [Wire(("client", "r1")), Wire(("r1", "r2"), mtu_bytes=1280), Wire(("r2", "server"))]
    causes, sentence, _ = said(nodes, "-6 server", wires)
    assert causes == [("black-hole", 1)] and "behind a router that says nothing (hop 1)" in sentence


def test_what_was_not_sent_was_not_left_unanswered():
    nodes = changed(routers(1), "client", rules=(Rule(Action.DROP, 1, outgoing=True),))
    _, _, items = said(nodes, "-4 server")
    assert any("To 198.18.2.2 nothing could be sent: errno 1." in item for item in items) and not any("0 of 3" in item for item in items)


def servers(*manners: str, loss: float = 0.0) -> tuple[list[Node], list[Wire]]:
    nodes = [Node("client"), Node("r1", True), Node("server"), *[Node(f"ns{number}", names=manner) for number, manner in enumerate(manners, 1)]]
    return nodes, [Wire(("client", "r1")), Wire(("r1", "server")), *[Wire(("r1", f"ns{number}"), loss=loss) for number in range(1, len(manners) + 1)]]


def test_a_name_server_that_answers_before_a_silent_one_is_no_next_one():
    nodes, wires = servers("answers", "silent")
    causes, sentence, _ = said(nodes, "server.lab", wires)
    assert causes[0][0] == "name-server-silent" and sentence.endswith("198.18.4.2 does not answer; another one does.")


@pytest.mark.parametrize("manner, code", [("fails", "SERVFAIL"), ("refuses", "REFUSED")])
def test_a_failure_is_not_called_a_refusal(manner, code):
    nodes, wires = servers(manner)
    assert said(nodes, "server.lab", wires)[1] == f"The name server 198.18.3.2 answers with an error: {code}."


def test_a_lost_question_is_asked_again():
    """One packet of twenty that gets lost makes no server silent."""
    nodes, wires = servers("answers", "answers", loss=0.05)
    for seed in range(12):
        truth = play(Situation("by hand", Topology(nodes, wires), "server.lab"), seed)
        assert not [each for each in truth.document["verdicts"] if each["cause"].startswith("name")], seed


def test_names_that_servers_deny_are_not_said_not_to_exist():
    nodes, wires = servers("denies")
    assert said(nodes, "server.lab", wires)[1] == "Nobody who was asked knows the name server.lab."


def test_only_what_was_asked_is_well():
    """A filter of other packets than those that were tried."""
    nodes = changed(routers(1), "r1", rules=(Rule(Action.DROP, 6, 443),))
    assert said(nodes, "server")[1] == "Nothing wrong was found with server."


def test_one_version_of_ip_without_a_gateway_is_noted():
    nodes = routers(1)
    truth = play(Situation("by hand", Topology(nodes, [Wire(("client", "r1")), Wire(("r1", "server"))]), "",
                           done=(("client", "route del default"),)))
    assert truth.document["well"] and "no IPv4 default route: by IPv4 it reaches its own networks alone." in truth.document["notes"][0]
    truth = play(Situation("by hand", Topology(nodes, [Wire(("client", "r1")), Wire(("r1", "server"))]), ""))
    assert not truth.document["notes"]
