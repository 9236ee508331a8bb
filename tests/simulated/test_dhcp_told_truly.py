"""No line of netlite dhcp --explain, and no part of its document, contradicts servers, packets and the host itself.

The situations are made by chance; in each all is known (dhcp_situations.py), and so is what each line claims
(dhcp_claims.py).
"""

from __future__ import annotations

import json
from collections import Counter

import pytest
from contradictions import expect_none
from dhcp_claims import problems
from dhcp_situations import KINDS, Situation, Twists, play, situations

from netlite.engines.dhcp.server import Pool
from netlite.lab.scene.parts import Node, Wire
from netlite.lab.scene.topology import Topology

PER_KIND = 20
POOL = Pool("198.18.1.0/24", "198.18.1.100", "198.18.1.110", 600)


@pytest.fixture(scope="module")
def told():
    """(situation, number of claims, what is wrong) of each command."""
    return [(situation, *problems(truth)) for number, situation in enumerate(situations(PER_KIND * len(KINDS)))
            for truth in play(situation, number)]


def test_no_line_contradicts_what_happened(told, record_property):
    expect_none(told, record_property, lambda situation: " / ".join(situation.commands))


def test_each_kind_of_situation_is_told_of(told):
    claims = Counter()
    for situation, count, _ in told:
        claims[situation.kind] += count
    assert len(claims) == len(KINDS) and min(claims.values()) > PER_KIND


def run(*commands: str, pools=(POOL,), **twists):
    """What the last command printed, and its document, with one server on the wire."""
    topology = Topology([Node("client"), Node("r1", True, dhcp=pools)], [Wire(("r1", "client"), dhcp=("client",))])
    truth = play(Situation("by hand", topology, Twists(**twists), commands))[-1]
    return " ".join(truth.text.split()), truth.document


def test_a_host_that_keeps_what_it_was_given_by_hand_is_not_said_to_have_none():
    told, _ = run("ifconfig eth0 198.18.1.77", "dhcp --explain -t 1 eth0", pools=())
    assert told.startswith("eth0: inet 198.18.1.77") and told.endswith("no answer in 4 s; eth0 gets no address")
    assert "has none" not in told and "comes without an address (0.0.0.0)" in told


def test_what_a_client_had_before_is_not_called_free():
    told, _ = run("dhcp --explain eth0", "ifconfig eth0 0.0.0.0", "dhcp --explain eth0")  # and still has, by the server
    assert "The server 198.18.1.1 offers 198.18.1.100." in told and "100 free" not in told


def test_a_refusal_is_no_silence():
    told, document = run("dhcp --explain eth0", denies=True)
    assert told.count("and begins anew") == 2 and "(once too often: the client gives up)" in told and "no answer" not in told
    assert document["silences"] == [] and document["datagrams"][-1]["use"] == "last" and json.dumps(document)


@pytest.mark.parametrize("changes", [{"lease_s": None}, {"server": None}, {"netmask": "255.0.255.0"}, {"yours": "127.0.0.1"}])
def test_an_offer_that_nobody_could_use_is_an_answer(changes):
    told, document = run("dhcp --explain -t 1 eth0", changes=changes)
    assert "(no lease that a host could use: left)" in told and told.endswith("no answer of use in 4 s; eth0 gets no address")
    assert [(each["use"], each["sent"]) for each in document["datagrams"]] == [(None, True), ("odd", False)]
    assert document["silences"][0]["left"] == 1


def test_t1_is_what_the_server_says():
    told, _ = run("dhcp --explain --keep 20 eth0", changes={"renew_s": 7, "rebind_s": 9})
    assert "T1 after 7 s" in told and "T1, half of the lease or what the server says, is over" in told
    told, _ = run("dhcp --explain --keep 20 eth0", changes={"renew_s": 7, "rebind_s": 9, "lease_s": 0xFFFFFFFF})
    assert "for ever; T1 after 7 s, T2 after 9 s" in told and "for ever;" not in run("dhcp --explain eth0", changes={"lease_s": 0xFFFFFFFF, "renew_s": None, "rebind_s": None})[0]


def test_a_renewal_is_denied_to_all_on_the_wire():
    told, _ = run("dhcp --explain --keep 400 eth0", moves_s=100)
    assert "RENEWING <== NAK 198.18.1.1 > 255.255.255.255" in told and "198.18.1.100 may not be used here" in told
