"""What wires and routers of the network in memory do beyond forwarding: chance, limits, labels, faults."""

from __future__ import annotations

import pytest

from netlite.feature_errors import SceneError
from netlite.lab.memory.forwarding import Internet
from netlite.lab.scene import scene
from netlite.lab.scene.alterations import Alterations, altered
from netlite.lab.scene.parts import Node, StaticRoute, Wire
from netlite.lab.scene.topology import Topology, chain
from netlite.lab.scene.tree import tree
from netlite.packets.icmp import read_icmp_packet
from netlite.packets.templates import make_echo
from netlite.packets.transport import make_udp
from netlite.packets.wire_format import ip_packet
from netlite.records.extensions import MplsLabel

ENDS = {4: ("198.18.1.1", "198.18.2.2"), 6: ("2001:db8:1::1", "2001:db8:2::2")}
SECOND_NS = 1_000_000_000


def over(wire: dict, count: int = 200, version: int = 4, seed: int = 0, **router) -> list[list[tuple[int, bytes]]]:
    """The answers to `count` echo requests, one a microsecond, over one router and such a wire behind it."""
    topology = Topology([Node("client"), Node("r1", True, **router), Node("server")],
                        [Wire(("client", "r1")), Wire(("r1", "server"), **wire)])
    internet = Internet(topology, "client", seed=seed)
    source, destination = ENDS[version]
    request = ip_packet(source, destination, 1 if version == 4 else 58, make_echo(version, 1, 1, b"", source, destination))
    return [internet.send(request, number * 1000) for number in range(count)]


@pytest.mark.parametrize("version", (4, 6))
def test_chance_follows_the_seed(version):
    wire = {"loss": 0.3, "jitter_ns": 500, "duplicates": 0.3, "reordering": 0.3, "delay_ns": 1000}
    assert over(wire, version=version) == over(wire, version=version) != over(wire, version=version, seed=1)


def test_loss_takes_its_share():
    answered = sum(map(bool, over({"loss": 0.1}, 2000)))
    assert 1500 < answered < 1750  # 0.9 * 0.9 is 0.81
    assert not any(over({"loss": 1.0}))
    assert not any(over({"down": True}))


def test_jitter_adds_up_to_its_limit():
    times = [at_ns - number * 1000 for number, ((at_ns, _),) in enumerate(over({"delay_ns": 5000, "jitter_ns": 1000}))]
    assert 10_000 <= min(times) < 10_500 and 11_500 < max(times) < 12_000


def test_duplicates_double_in_both_directions():
    assert {len(answers) for answers in over({"duplicates": 1.0})} == {4}
    assert {len(answers) for answers in over({"duplicates": 0.5})} == {1, 2, 3, 4}


def test_reordered_packets_come_late():
    times = {at_ns - number * 1000 for number, ((at_ns, _),) in
             enumerate(over({"delay_ns": 10_000, "reordering": 0.3}))}
    assert times == {20_000, 40_000, 60_000}


def errors(at_ns: list[int], version: int, **router) -> list:
    source, destination = ENDS[version]
    topology = Topology([Node("client"), Node("r1", True, **router), Node("server")],
                        [Wire(("client", "r1")), Wire(("r1", "server"))])
    internet = Internet(topology, "client")
    probe = ip_packet(source, destination, 17, make_udp(version, source, destination, 40000, 33434, bytes(32)), ttl=1)
    return [[read_icmp_packet(packet) for _, packet in internet.send(probe, each)] for each in at_ns]


@pytest.mark.parametrize("version", (4, 6))
def test_errors_have_a_burst_and_a_rate(version):
    at_once = errors([0] * 9, version, icmp_interval_ns=SECOND_NS)
    assert [len(answers) for answers in at_once] == [1] * 6 + [0] * 3
    later = errors([0] * 7 + [SECOND_NS - 1, SECOND_NS, SECOND_NS], version, icmp_interval_ns=SECOND_NS)
    assert [len(answers) for answers in later] == [1] * 6 + [0, 0, 1, 0]


@pytest.mark.parametrize("version", (4, 6))
def test_labels_are_told_behind_the_quote(version):
    (error,), = errors([0], version, labels=(24001, 16005))
    assert (error.quote.source_port, error.quote.destination_port) == (40000, 33434)
    stack, = error.extensions
    assert stack.decoded == (MplsLabel(24001, 0, 0, 1), MplsLabel(16005, 0, 1, 1))


def test_alterations_keep_what_they_do_not_name():
    topology = chain(2)
    changed = altered(topology, Alterations((("r1", {"silent": True}),), ((("r2", "r1"), {"loss": 0.5}),)))
    assert changed.nodes["r1"].silent and not changed.nodes["r2"].silent
    assert [wire.loss for wire in changed.wires] == [0, 0.5, 0]
    assert changed.addresses("server") == topology.addresses("server")
    routed = altered(changed, Alterations(routes=(("r2", StaticRoute("server", "r1")),)))
    again = altered(routed, Alterations(routes=(("r2", StaticRoute("server", "server")),)))
    assert [route.via for route in again.nodes["r2"].routes] == ["server"]


def test_a_wire_that_is_down_is_avoided_and_a_private_one_unknown():
    ring = [Wire(("a", "r1")), Wire(("r1", "r2")), Wire(("r2", "b")), Wire(("r1", "r3")), Wire(("r3", "r2"))]
    nodes = [Node("a"), Node("b"), *(Node(f"r{number}", True) for number in (1, 2, 3))]
    assert Topology(nodes, ring).route("r1", "198.18.3.2").via == "r2"
    ring[1] = ring[1].replace(down=True)
    assert Topology(nodes, ring).route("r1", "198.18.3.2").via == "r3"
    ring[0] = ring[0].replace(private=True)
    assert Topology(nodes, ring).route("r2", "198.18.1.1") is None
    assert Topology(nodes, ring).route("r1", "198.18.1.1").via is None


def test_faults_are_named():
    loaded = scene.load("link-down")
    assert loaded.broken(()) is loaded.topology
    assert loaded.broken(("noticed",)).wires[1].down
    with pytest.raises(SceneError, match="there is no fault 'x'; faults: cut, noticed"):
        loaded.broken(("x",))


def test_a_tree_has_its_depth():
    topology = tree(1000)
    internet = Internet(topology, "client")
    server = topology.address("server")
    request = ip_packet(topology.address("client"), server, 1, make_echo(4, 1, 1))
    (_, answer), = internet.send(request, 0)
    assert read_icmp_packet(answer).ttl == 54


def test_a_switch_joins_its_wires_to_one_network():
    topology = scene.load("bridge").topology
    assert [topology.address(name) for name in ("machine", "c1", "c2")] == ["172.17.0.1", "172.17.0.2", "172.17.0.3"]
    assert topology.route("c1", "172.17.0.3").via is None
    assert (topology.route("c1", "198.18.5.2").via, topology.route("c1", "198.18.5.2").gateway) == \
        ("machine", "172.17.0.1")
    assert topology.route("isp", "172.17.0.2") is None
    assert topology.owner("172.17.0.1") == "machine"
