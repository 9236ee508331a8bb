"""What is changed in memory has its effect on packets, and back again."""

from __future__ import annotations

import pytest

from netlite.lab.memory.lab import MemoryLab
from netlite.lab.scene.parts import Node, Wire
from netlite.lab.scene.topology import Topology, chain
from netlite.programs.simulate import simulate


class Nodes:
    """Programs on the nodes of one lab."""

    def __init__(self, topology: Topology):
        self.lab = MemoryLab(topology)

    def run(self, node: str, *commands: str) -> None:
        for command in commands:
            played = simulate(command, self.lab.topology, node, lab=self.lab)
            assert (played.status, played.stdout, played.stderr) == (0, "", ""), command

    def answers(self, node: str, address: str) -> bool:
        return simulate(f"ping -n -c1 -W1 {address}", self.lab.topology, node, lab=self.lab).status == 0


@pytest.fixture
def nodes() -> Nodes:
    return Nodes(chain(2))


CASES = {  # who is asked from the client; what ends the answers, where; what brings them back
    "address": ("198.18.2.2", "r2", ["ifconfig eth0 0.0.0.0"], ["ifconfig eth0 198.18.2.2 netmask 255.255.255.0",
                                                          "route add -net 198.18.1.0/24 gw 198.18.2.1"]),
    "alias": ("198.18.3.9", "server", [], ["ifconfig eth0:1 198.18.3.9 netmask 255.255.255.0"]),
    "address6": ("2001:db8:3::9", "server", [], ["ifconfig eth0 add 2001:db8:3::9/64"]),
    "device": ("198.18.3.2", "r1", ["ifconfig eth1 down"], ["ifconfig eth1 up", "route add -net 198.18.3.0/24 gw 198.18.2.2"]),
    "route": ("198.18.3.2", "r1", ["route del -net 198.18.3.0/24"], ["route add -net 198.18.3.0/24 gw 198.18.2.2"]),
    "route6": ("2001:db8:3::2", "r1", ["route -6 del 2001:db8:3::/64 metric 1024"],
               ["route -6 add 2001:db8:3::/64 gw 2001:db8:2::2"]),
    "reject": ("198.18.3.2", "client", ["route add -host 198.18.3.2 reject"], ["route del -host 198.18.3.2 reject"]),
    "neighbour": ("198.18.3.2", "client", ["arp -s 198.18.1.2 02:00:00:00:00:77"], ["arp -d 198.18.1.2"]),
    "arp": ("198.18.3.2", "client", ["ifconfig eth0 -arp"], ["ifconfig eth0 arp"]),
}


@pytest.mark.parametrize("name", CASES)
def test_it_ends_the_answers_and_brings_them_back(nodes, name):
    address, node, ends, begins = CASES[name]
    assert nodes.answers("client", address) == bool(ends)
    nodes.run(node, *ends)
    assert not nodes.answers("client", address)
    nodes.run(node, *begins)
    assert nodes.answers("client", address)


def test_a_smaller_mtu_is_told(nodes):
    topology = nodes.lab.topology
    nodes.run("r1", "ifconfig eth1 mtu 1300")
    played = simulate("ping -n -c1 -W1 -M do -s 1400 198.18.3.2", topology, "client", lab=nodes.lab)
    assert played.status == 1 and "Frag needed and DF set (mtu = 1300)" in played.stdout
    nodes.run("r1", "ifconfig eth1 mtu 1500")
    assert simulate("ping -n -c1 -W1 -M do -s 1400 198.18.3.2", topology, "client", lab=nodes.lab).status == 0


def test_a_new_hardware_address_is_learned(nodes):
    assert nodes.answers("client", "198.18.1.2")
    nodes.run("r1", "ifconfig eth0 hw ether 02:00:00:00:00:99")
    nodes.run("client", "arp -d 198.18.1.2")
    assert nodes.answers("client", "198.18.1.2")
    shown = simulate("arp -n", nodes.lab.topology, "client", lab=nodes.lab).stdout
    assert "198.18.1.2" in shown and "02:00:00:00:00:99" in shown


def test_the_source_of_packets_follows_the_address(nodes):
    nodes.run("client", "ifconfig eth0 198.18.1.77 netmask 255.255.255.0")
    nodes.run("client", "route add default gw 198.18.1.2")
    played = simulate("ping -n -c1 198.18.3.2", nodes.lab.topology, "client", lab=nodes.lab)
    assert played.status == 0 and played.packets[0][12:16] == bytes((198, 18, 1, 77))


def test_a_published_address_is_answered_for():
    """Proxy ARP: r1 answers for an address behind it, on whose network the client thinks it is."""
    nodes = Nodes(Topology([Node("client"), Node("r1", True), Node("server")],
                           [Wire(("client", "r1")), Wire(("r1", "server"))]))
    nodes.run("client", "route del default", "route add -host 198.18.2.2 dev eth0")
    assert not nodes.answers("client", "198.18.2.2")
    nodes.run("r1", "arp -i eth0 -Ds 198.18.2.2 eth0 pub")
    nodes.run("client", "ifconfig eth0 down", "ifconfig eth0 up", "route add -host 198.18.2.2 dev eth0")
    assert nodes.answers("client", "198.18.2.2")
