"""The DHCP client and server: every state of RFC 2131 section 4.4, whatever the other side says."""

from __future__ import annotations

import pytest
from engine_player import Player
from hypothesis import given
from hypothesis import strategies as some
from test_dhcp_messages import MESSAGES

from netlite.engines.dhcp.client import SELECT_NS, DhcpClient, DhcpClientConfig
from netlite.engines.dhcp.leases import lease_of
from netlite.engines.dhcp.relay import MOST_HOPS, destination_of, on_wire, relayed
from netlite.engines.dhcp.server import OFFER_NS, DhcpServer, Pool
from netlite.engines.events import Interrupted
from netlite.records.dhcp import FOREVER_S, DhcpBound, DhcpFailed, DhcpKind, DhcpLost, DhcpMessage, DhcpReply, DhcpSilence, DhcpTold

S, MS = 1_000_000_000, 1_000_000
CARD, OTHER = "02:00:00:00:01:01", "02:00:00:00:02:01"
OWN = "198.18.1.1"
POOL = Pool("198.18.1.0/24", "198.18.1.100", "198.18.1.101", 600, (OWN,), ("198.18.4.2",))


def server_fate(server: DhcpServer, own: str = OWN, until_ns: int = 1 << 62, change=lambda said: said):
    """A server one millisecond away, which is there until `until_ns`."""
    def fate(probe, at_ns):
        said = server.hear(at_ns, probe.message, own) if at_ns < until_ns else None
        said = None if said is None else change(said)
        return [] if said is None else [(MS, DhcpReply(said, own, on_wire(said)))]

    return fate


def played(fate, **more) -> Player:
    return Player(DhcpClient(DhcpClientConfig(CARD, 0xFFFFFFFF, **more)), fate).run()


def story(run: Player) -> list[str]:
    """"SELECTING DISCOVER" for what is sent, in small letters for what came."""
    return [f"{each.state} {each.message.name if each.sent else each.message.name.lower()}" for each in run.of(DhcpTold)]


def test_four_messages_give_an_address():
    run = played(server_fate(DhcpServer([POOL])))
    assert story(run) == ["SELECTING DISCOVER", "SELECTING offer", "REQUESTING REQUEST", "REQUESTING ack"]
    discover, request = run.probes
    assert (discover.source, discover.destination) == (request.source, request.destination) == ("0.0.0.0", "255.255.255.255")
    assert discover.message.transaction == request.message.transaction == 0xFFFFFFFF
    assert (request.message.requested, request.message.server, request.message.client) == ("198.18.1.100", OWN, "0.0.0.0")
    lease = run.of(DhcpBound)[0].lease
    assert tuple(lease) == ("198.18.1.100", "255.255.255.0", (OWN,), ("198.18.4.2",), OWN, 600, 300, 525)
    assert run.finished and run.sent[1][0] == MS + SELECT_NS


def test_silence_is_waited_for_longer_and_longer():
    run = played(lambda probe, at_ns: [], tries=4)
    assert [at_ns // S for at_ns, _ in run.sent] == [0, 4, 12, 28] and run.now_ns == 60 * S
    assert [(each.waited_s, each.last) for each in run.of(DhcpSilence)] == [(4, False), (8, False), (16, False), (32, True)]
    assert [probe.message.seconds for probe in run.probes] == [0, 4, 12, 28]


def test_renewal_at_t1_is_to_the_server_alone():
    run = played(server_fate(DhcpServer([POOL])), stay_ns=700 * S, release=True)
    renewals = [(at_ns, probe) for at_ns, probe in run.sent if probe.message.client == "198.18.1.100" and probe.message.kind == DhcpKind.REQUEST]
    bound_ns = run.sent[1][0]
    assert [at_ns - bound_ns for at_ns, _ in renewals] == [300 * S, 600 * S]
    assert {(probe.source, probe.destination, probe.message.server, probe.message.requested) for _, probe in renewals} == {("198.18.1.100", OWN, None, None)}
    assert [each.renewed for each in run.of(DhcpBound)] == [False, True, True]
    last = run.probes[-1]
    assert (last.message.name, last.destination, last.message.client, last.message.server) == ("RELEASE", OWN, "198.18.1.100", OWN)
    assert run.of(DhcpLost)[0].why == "released"
    assert len({probe.message.transaction for probe in run.probes}) == 4  # one an exchange; DISCOVER and REQUEST share theirs


def test_a_server_that_is_gone_means_rebinding_expiry_and_a_new_beginning():
    run = played(server_fate(DhcpServer([POOL]), until_ns=10 * S), stay_ns=2000 * S)
    states = [each.split()[0] for each in story(run)]
    assert [state for place, state in enumerate(states) if place == 0 or states[place - 1] != state] == [
        "SELECTING", "REQUESTING", "RENEWING", "REBINDING", "SELECTING"]
    bound_ns = run.sent[1][0]
    first = {state: next(each.at_ns for each in run.of(DhcpTold) if each.state == state) for state in ("RENEWING", "REBINDING")}
    assert (first["RENEWING"] - bound_ns, first["REBINDING"] - bound_ns) == (300 * S, 525 * S)
    assert {probe.destination for _, probe in run.sent if probe.message.client != "0.0.0.0"} == {OWN, "255.255.255.255"}
    lost = run.of(DhcpLost)
    assert [(each.why, each.at_ns - bound_ns) for each in lost] == [("expired", 600 * S)]
    for destination in (OWN, "255.255.255.255"):
        asked = [at_ns for at_ns, probe in run.sent if probe.message.client != "0.0.0.0" and probe.destination == destination]
        assert asked and all(later - earlier >= 60 * S for earlier, later in zip(asked, asked[1:]))


def test_a_client_with_an_address_asks_for_it():
    server = DhcpServer([POOL])
    played(server_fate(server))
    run = played(server_fate(server), address="198.18.1.100")
    assert story(run) == ["REBOOTING REQUEST", "REBOOTING ack"] and run.probes[0].message.requested == "198.18.1.100"
    assert run.probes[0].message.server is None


def test_an_address_of_another_network_is_denied():
    run = played(server_fate(DhcpServer([POOL])), address="192.168.7.7")
    assert story(run) == ["REBOOTING REQUEST", "REBOOTING nak", "SELECTING DISCOVER", "SELECTING offer", "REQUESTING REQUEST", "REQUESTING ack"]
    assert [(each.address, each.why) for each in run.of(DhcpLost)] == [("192.168.7.7", "nak")]
    assert run.of(DhcpTold)[1].message.said


def test_an_address_that_no_server_knows_is_asked_for_twice():
    run = played(server_fate(DhcpServer([POOL])), address="198.18.1.77")
    assert story(run)[:3] == ["REBOOTING REQUEST"] * 2 + ["SELECTING DISCOVER"] and run.of(DhcpBound)


def test_the_first_of_two_offers_is_taken_and_the_other_withdrawn():
    near, far = DhcpServer([POOL]), DhcpServer([POOL.replace(first="198.18.1.150", last="198.18.1.150")])

    def fate(probe, at_ns):
        return [(after, reply) for after, server, own in ((MS, near, OWN), (3 * MS, far, "198.18.1.2"))
                for _, reply in server_fate(server, own)(probe, at_ns)]

    run = played(fate)
    assert [each.use for each in run.of(DhcpTold) if not each.sent] == ["taken", "left", "taken"]
    assert run.of(DhcpBound)[0].lease.address == "198.18.1.100" and not far.bindings and len(near.bindings) == 1


def test_naks_for_ever_end():
    run = played(server_fate(DhcpServer([POOL]), change=lambda said: said.replace(kind=DhcpKind.NAK) if said.kind == DhcpKind.ACK else said))
    assert run.finished and not run.of(DhcpBound) and not run.of(DhcpSilence) and len(run.sent) == 6
    assert [each.use for each in run.of(DhcpTold) if each.message.kind == DhcpKind.NAK] == ["taken", "taken", "last"]


def test_a_refusal_ends_it_but_not_a_renewal():
    run = played(lambda probe, at_ns: (100, []))
    assert [each.errno for each in run.of(DhcpFailed)] == [100] and run.finished
    server = server_fate(DhcpServer([POOL]))
    run = played(lambda probe, at_ns: (101, []) if probe.message.client != "0.0.0.0" else server(probe, at_ns), stay_ns=400 * S)
    assert run.of(DhcpBound) and not run.of(DhcpFailed) and run.now_ns >= 400 * S


def test_an_interrupt_gives_the_address_back_or_not():
    for release in (True, False):
        player = Player(DhcpClient(DhcpClientConfig(CARD, 7, None, 1000 * S, release)), server_fate(DhcpServer([POOL])))
        player.at(100 * S, Interrupted)
        run = player.run()
        assert run.finished and run.now_ns == 100 * S and (run.probes[-1].message.name == "RELEASE") == release


STRANGE = ({"yours": "0.0.0.0"}, {"yours": "224.0.0.1"}, {"yours": "127.0.0.1"}, {"yours": "255.255.255.255"}, {"lease_s": None}, {"lease_s": 0},
           {"server": None}, {"netmask": "255.0.255.0"}, {"netmask": "0.0.0.0"}, {"netmask": "255.255.255.255"}, {"transaction": 1}, {"hardware": OTHER})


@pytest.mark.parametrize("fields", STRANGE, ids=str)
def test_what_no_server_should_say_is_not_taken(fields):
    run = played(server_fate(DhcpServer([POOL]), change=lambda said: said.replace(**fields)))
    assert not run.of(DhcpBound) and run.of(DhcpSilence)[-1].last


def test_times_that_fit_not_together_are_those_of_the_rfc():
    offer = DhcpMessage(DhcpKind.ACK, 7, CARD, yours="10.0.0.9", server="10.0.0.1", lease_s=800, renew_s=900, rebind_s=100, routers=("0.0.0.0", "10.0.0.1"))
    assert tuple(lease_of(offer)) == ("10.0.0.9", "255.0.0.0", ("10.0.0.1",), (), "10.0.0.1", 800, 400, 700)
    assert lease_of(offer.replace(lease_s=1, renew_s=None, rebind_s=None)).renew_s == 1


def test_a_lease_for_ever_is_not_renewed():
    run = played(server_fate(DhcpServer([POOL.replace(lease_s=FOREVER_S)])), stay_ns=10 ** 6 * S)
    assert len(run.sent) == 2 and run.of(DhcpBound)[0].lease.seconds == FOREVER_S


@given(some.lists(some.tuples(some.integers(0, 5 * S), MESSAGES), max_size=4), some.booleans(), some.none() | some.just("10.0.0.5"))
def test_any_messages_at_any_time(said, fitting, address):
    def fate(probe, at_ns):
        return [(after, DhcpReply(each.replace(transaction=probe.message.transaction, hardware=CARD) if fitting else each, "10.0.0.1", "255.255.255.255"))
                for after, each in said]

    run = Player(DhcpClient(DhcpClientConfig(CARD, 5, address, 3000 * S, True)), fate).run(20_000)
    assert run.finished and len(run.sent) < 20_000


# the server


def asks(kind: int, hardware: str = CARD, **more) -> DhcpMessage:
    return DhcpMessage(kind, 7, hardware, **more)


def test_the_pool_is_given_out_and_then_silence():
    server = DhcpServer([POOL])
    offers = [server.hear(0, asks(DhcpKind.DISCOVER, f"02:00:00:00:00:0{number}"), OWN) for number in range(3)]
    assert [each and each.yours for each in offers] == ["198.18.1.100", "198.18.1.101", None]
    assert server.hear(OFFER_NS + 1, asks(DhcpKind.DISCOVER, OTHER), OWN).yours == "198.18.1.100"  # an offer is not kept for ever


def test_a_client_gets_what_it_had_or_would_like():
    server = DhcpServer([POOL])
    assert server.hear(0, asks(DhcpKind.DISCOVER, requested="198.18.1.101"), OWN).yours == "198.18.1.101"
    assert server.hear(0, asks(DhcpKind.DISCOVER, requested="198.18.1.100"), OWN).yours == "198.18.1.101"
    assert server.hear(0, asks(DhcpKind.DISCOVER, OTHER, requested="192.168.1.1"), OWN).yours == "198.18.1.100"


def test_a_release_and_the_end_of_a_lease_free_an_address():
    server = DhcpServer([POOL.replace(last="198.18.1.100")])
    server.hear(0, asks(DhcpKind.DISCOVER), OWN)
    assert server.hear(0, asks(DhcpKind.REQUEST, requested="198.18.1.100", server=OWN), OWN).kind == DhcpKind.ACK
    assert server.hear(599 * S, asks(DhcpKind.DISCOVER, OTHER), OWN) is None
    assert server.hear(599 * S, asks(DhcpKind.RELEASE, OTHER, client="198.18.1.100"), OWN) is None  # somebody else's
    assert server.hear(599 * S, asks(DhcpKind.DISCOVER, OTHER), OWN) is None
    assert server.hear(601 * S, asks(DhcpKind.DISCOVER, OTHER), OWN).yours == "198.18.1.100"
    server.hear(601 * S, asks(DhcpKind.REQUEST, OTHER, requested="198.18.1.100", server=OWN), OWN)
    server.hear(602 * S, asks(DhcpKind.RELEASE, OTHER, client="198.18.1.100"), OWN)
    assert server.hear(602 * S, asks(DhcpKind.DISCOVER), OWN).yours == "198.18.1.100"


def test_requests_that_are_denied_and_those_that_are_others_business():
    server = DhcpServer([POOL])
    server.hear(0, asks(DhcpKind.DISCOVER, OTHER), OWN)
    server.hear(0, asks(DhcpKind.REQUEST, OTHER, requested="198.18.1.100", server=OWN), OWN)
    assert server.hear(0, asks(DhcpKind.REQUEST, requested="192.168.7.7"), OWN).said == "that address is not of this network"
    assert server.hear(0, asks(DhcpKind.REQUEST, requested="198.18.1.100"), OWN).kind == DhcpKind.NAK      # has another one
    assert server.hear(0, asks(DhcpKind.REQUEST, OTHER, requested="198.18.1.101"), OWN).kind == DhcpKind.NAK  # has another
    assert server.hear(0, asks(DhcpKind.REQUEST, requested="198.18.1.101"), OWN) is None                 # knows nothing of it
    assert server.hear(0, asks(DhcpKind.REQUEST), OWN) is None and server.hear(0, asks(DhcpKind.INFORM), OWN) is None
    assert server.hear(0, asks(DhcpKind.ACK), OWN) is None and server.hear(0, asks(DhcpKind.DISCOVER), "10.0.0.1") is None


def test_an_address_that_is_in_use_is_not_given_again():
    server = DhcpServer([POOL])
    server.hear(0, asks(DhcpKind.DISCOVER), OWN)
    server.hear(0, asks(DhcpKind.DECLINE, OTHER, requested="198.18.1.100", server=OWN), OWN)  # not its
    assert server.bindings["198.18.1.100"].hardware == CARD
    server.hear(0, asks(DhcpKind.DECLINE, requested="198.18.1.100", server=OWN), OWN)
    assert server.hear(0, asks(DhcpKind.DISCOVER), OWN).yours == "198.18.1.101"


def test_the_relay_says_which_pool():
    far = Pool("10.1.0.0/16", "10.1.2.1", "10.1.2.9")
    server = DhcpServer([POOL, far])
    carried = relayed(asks(DhcpKind.DISCOVER), "10.1.0.1")
    said = server.hear(0, carried, OWN)
    assert (said.yours, said.relay, destination_of(said), on_wire(said)) == ("10.1.2.1", "10.1.0.1", "10.1.0.1", "10.1.2.1")
    assert relayed(carried, "10.9.9.9").relay == "10.1.0.1" and relayed(carried, OWN).hops == 2
    assert relayed(carried.replace(hops=MOST_HOPS), OWN) is None and relayed(said, OWN) is None
    denied = server.hear(0, relayed(asks(DhcpKind.REQUEST, requested="192.168.7.7"), "10.1.0.1"), OWN)
    assert (denied.kind, destination_of(denied), on_wire(denied), denied.broadcast) == (DhcpKind.NAK, "10.1.0.1", "255.255.255.255", True)


@given(some.lists(MESSAGES, max_size=12))
def test_the_server_bears_any_messages(said):
    server = DhcpServer([POOL, Pool("0.0.0.0/0", "10.0.0.1", "10.0.0.3")])
    for at_ns, message in enumerate(said):
        answer = server.hear(at_ns, message, OWN)
        assert answer is None or not answer.is_request
    assert len(server.bindings) <= 5
