"""Watching the network in memory changes nothing of it, and misses nothing."""

from __future__ import annotations

import pytest

from netlite.lab.memory.forwarding import Internet
from netlite.lab.memory.witness import WitnessedInternet
from netlite.lab.scene.parts import Node, Wire
from netlite.lab.scene.topology import Topology, chain
from netlite.packets.transport import make_udp
from netlite.packets.wire_format import ip_packet

ROUGH = Topology([Node("client"), Node("r1", True), Node("r2", True), Node("server")],
                 [Wire(("client", "r1"), loss=0.2), Wire(("r1", "r2"), duplicates=0.5, jitter_ns=1000),
                  Wire(("r2", "server"), reordering=0.5, delay_ns=500)])


def probes(count: int):
    for number in range(count):
        datagram = make_udp(4, "198.18.1.1", "198.18.3.2", 40000, 33434 + number, bytes(32))
        yield ip_packet("198.18.1.1", "198.18.3.2", 17, datagram, 1 + number % 5, dont_fragment=True)


@pytest.mark.parametrize("topology", [chain(2), ROUGH], ids=["chain", "rough"])
def test_the_same_happens_as_unseen(topology):
    told = []
    seen, unseen = WitnessedInternet(told.append, topology, "client"), Internet(topology, "client")
    for number, packet in enumerate(probes(60)):
        assert seen.send(packet, number) == unseen.send(packet, number)
    assert {each.probe for each in told} == set(range(1, 61))


@pytest.mark.parametrize("topology", [chain(2), ROUGH], ids=["chain", "rough"])
def test_every_journey_hangs_together_and_ends_once(topology):
    told = []
    internet = WitnessedInternet(told.append, topology, "client")
    arrived = [answer for number, packet in enumerate(probes(60)) for answer in internet.send(packet, number)]
    ways: dict[int, list] = {}
    for each in told:
        ways.setdefault(each.journey, []).append(each)
    for way in ways.values():
        assert [each.to is None for each in way] == [False] * (len(way) - 1) + [True]
        assert all(before.to == after.node and before.arrives_ns == after.at_ns for before, after in zip(way, way[1:]))
        ttls = [each.packet[8] for each in way[:-1]]
        assert ttls == list(range(ttls[0], ttls[0] - len(ttls), -1)) if ttls else way[0].end
        assert way[-1].end
    assert sorted(arrived) == sorted((way[-1].at_ns, way[-1].packet) for way in ways.values()
                                     if way[-1].node == "client" and way[-1].end == "arrived")
