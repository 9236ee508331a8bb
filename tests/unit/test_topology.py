"""Topologies: addresses, routes, rules, and what they complain about."""

from __future__ import annotations

import pickle
from ipaddress import ip_network

import pytest

from netlite.feature_errors import SceneError
from netlite.lab.scene.parts import REJECT_CODES, Action, Node, Route, Rule, StaticRoute, Wire
from netlite.lab.scene.topology import Topology, chain, diamond


def path(topology: Topology, source: str, target: str, most: int = 12) -> list[str]:
    """The nodes a packet visits on its way to an address."""
    visited, here = [], source
    while topology.owner(target) != here and len(visited) < most:
        route = topology.route(here, target)
        if route is None:
            return visited + ["unreachable"]
        here = route.via or topology.owner(target) or "nobody"
        visited.append(here)
    return visited


def test_addresses_follow_the_numbers_of_the_wires():
    topology = chain(2)
    assert topology.addresses("client") == ("198.18.1.1", "2001:db8:1::1")
    assert topology.addresses("r1", 4) == ("198.18.1.2", "198.18.2.1")
    assert topology.address("server", 6) == "2001:db8:3::2"
    assert [port.device for port in topology.interfaces("r2")] == ["eth0", "eth1"]
    assert topology.name_of("198.18.2.1") == "r1.lab"
    assert topology.name_of("192.0.2.1") is None


def test_given_prefixes_are_used():
    wire = Wire(("a", "b"), ipv4="192.0.2.8/30", ipv6="2001:db8:77::/64")
    topology = Topology([Node("a"), Node("b")], [wire])
    assert topology.addresses("b") == ("192.0.2.10", "2001:db8:77::2")


@pytest.mark.parametrize("version", [4, 6])
def test_every_node_reaches_every_address(version):
    topology = chain(10)
    for source in topology.nodes:
        for target in topology.nodes:
            for address in topology.addresses(target, version):
                assert source == target or path(topology, source, address)[-1] == target


def test_neighbouring_prefixes_are_merged():
    routes = [route for route in chain(40).table("r1", 4) if route.gateway]
    assert len(routes) < 12
    assert all(route.via == "r2" for route in routes)


def test_a_host_has_a_default_route_and_a_router_has_none():
    topology = chain(1)
    assert Route("0.0.0.0/0", "eth0", "r1", "198.18.1.2") in topology.table("client", 4)
    assert topology.route("r1", "198.19.200.1") is None
    assert path(topology, "client", "198.19.200.1") == ["r1", "unreachable"]


def test_the_longest_prefix_comes_first():
    lengths = [ip_network(route.prefix).prefixlen for route in chain(9).table("r3", 6)]
    assert lengths == sorted(lengths, reverse=True)


def test_hosts_do_not_forward():
    wires = [Wire(("r1", "dual")), Wire(("dual", "r2"))]
    topology = Topology([Node("r1", True), Node("dual"), Node("r2", True)], wires)
    assert topology.route("r1", topology.address("r2")) is None


def test_a_static_route_to_a_node_makes_a_loop():
    nodes = list(chain(3).nodes.values())
    nodes[3] = nodes[3].replace(routes=(StaticRoute("server", via="r2"),))
    topology = Topology(nodes, chain(3).wires)
    assert path(topology, "client", topology.address("server"), 6) == ["r1", "r2", "r3", "r2", "r3", "r2"]
    assert path(topology, "client", topology.address("server", 6), 6) == ["r1", "r2", "r3", "r2", "r3", "r2"]


@pytest.mark.parametrize("version", [4, 6])
def test_several_routes_to_one_destination_are_equal_ways(version):
    topology = diamond(3)
    route = topology.route("r1", topology.address("server", version))
    assert [each.via for each in (route, *route.others)] == ["m1", "m2", "m3"]
    assert len({each.gateway for each in (route, *route.others)}) == 3
    assert topology.route("m2", topology.address("server", version)).others == ()


def test_rules_decide_in_order():
    rules = (Rule(Action.REJECT, 17, 53, "server", REJECT_CODES["admin-prohibited"]), Rule(Action.DROP, 17),
             Rule(Action.DROP, 1, destination="2001:db8:2::/64"))
    topology = Topology([Node("client"), Node("r1", True, rules=rules), Node("server")], chain(1).wires)
    assert topology.verdict("r1", 17, 53, topology.address("server")) == rules[0]
    assert topology.verdict("r1", 17, 53, topology.address("client")) == rules[1]
    assert topology.verdict("r1", 6, 80, topology.address("server")) is None
    assert topology.verdict("r1", 58, None, topology.address("server", 6)) == rules[2]
    assert topology.verdict("client", 17, 53, topology.address("server")) is None


def test_the_hosts_file_names_every_address():
    lines = chain(1).hosts_file().splitlines()
    assert "127.0.0.1 localhost" in lines
    assert "198.18.2.2 server.lab server" in lines
    assert "2001:db8:2::1 r1.lab r1" in lines


def test_two_wires_between_the_same_nodes():
    topology = Topology([Node("a", True), Node("b", True)], [Wire(("a", "b"))] * 2)
    assert topology.addresses("b", 4) == ("198.18.1.2", "198.18.2.2")
    assert [route.gateway for route in topology.table("a", 4)] == [None, None]
    assert topology.interfaces("a")[1].wire is topology.wires[1] is not topology.wires[0]


def test_a_topology_can_be_sent_to_another_process():
    copy = pickle.loads(pickle.dumps(chain(2)))
    assert copy.table("r1", 6) == chain(2).table("r1", 6)


@pytest.mark.parametrize("nodes, wires, words", [
    ([Node("a"), Node("a")], [], "two nodes are called 'a'"),
    ([Node("a")], [Wire(("a", "b"))], "there is no node 'b'; nodes: a"),
    ([Node("a")], [Wire(("a", "a"))], "both ends are the same node"),
    ([Node("a"), Node("b")], [Wire(("a", "b"), mtu_bytes=576)], "not from 1280"),
    ([Node("a"), Node("b")], [Wire(("a", "b"), ipv4="2001:db8::/64")], "not an IPv4 prefix"),
    ([Node("a"), Node("b")], [Wire(("a", "b"), ipv4="192.0.2.1/24")], "has host bits set"),
    ([Node("a"), Node("b")], [Wire(("a", "b"), ipv4="192.0.2.0/31")], "room for two addresses"),
    ([Node("a"), Node("b")], [Wire(("a", "b"), ipv4="192.0.2.0/24")] * 2, "a has 192.0.2.1 already"),
    ([Node("a b")], [], "letters, digits and hyphens"),
    ([Node("a", routes=(StaticRoute("default", "b"),)), Node("b")], [], "not next to it"),
    ([Node("a", routes=(StaticRoute("c", "b"),)), Node("b")], [Wire(("a", "b"))], "neither a node"),
    ([Node("a", rules=(Rule(Action.DROP, destination="nowhere"),))], [], "neither a node, nor a prefix"),
    ([Node("a", rules=(Rule(Action.DROP, port=53),))], [], "needs protocol tcp or udp"),
])
def test_contradictions_are_told(nodes, wires, words):
    with pytest.raises(SceneError, match=words):
        Topology(nodes, wires)


def test_an_unknown_node_is_told():
    with pytest.raises(SceneError, match="there is no node 'r9'"):
        chain(1).addresses("r9")
