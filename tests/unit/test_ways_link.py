"""Several links as one, flows of TCP, and how many probes a flow of UDP remembers."""

from __future__ import annotations

import select
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlite.errors import KernelRefused
from netlite.links.flows import SentProbes
from netlite.links.link import Arrival, Link
from netlite.links.network import Network
from netlite.links.tcp_flows import SentSegments
from netlite.links.ways import WaysLink
from netlite.packets.steering import steer_udp
from netlite.records.echo_links import EchoProbe, EchoReply
from netlite.records.family import IPV4, IPV6
from netlite.records.raw_links import TcpLinkSettings, TcpProbe
from netlite.records.multipath import flow_checksum
from netlite.records.replies import IcmpError, Origin, Quote


class Kept(Link):
    """A link that keeps what it is asked to send."""

    def __init__(self, refusal: Exception | None = None):
        self.sent, self.arrived, self.closed, self._refusal = [], [], 0, refusal

    def send(self, probe):
        if self._refusal:
            raise self._refusal
        self.sent.append(probe)
        return probe.number

    def receive(self):
        arrived, self.arrived = self.arrived, []
        return arrived

    def close(self):
        self.closed += 1


def test_a_number_says_its_way_and_arrivals_say_their_number():
    links = [Kept(), Kept(), Kept()]
    ways = WaysLink(links)
    for number in range(3, 30):
        assert ways.send(EchoProbe(number, number // 3 & 0xFFFF, 1)) == number
    assert [[probe.number % 3 for probe in link.sent] for link in links] == [[0] * 9, [1] * 9, [2] * 9]
    quote = Quote(None, "192.0.2.1", 1, identifier=7, sequence=5)
    links[0].arrived = [Arrival(30, EchoReply("192.0.2.1", 7, 4, 64))]
    links[1].arrived = [Arrival(10, IcmpError(Origin.ICMP, "192.0.2.2", 11, 0, quote=quote)), Arrival(20, EchoReply("192.0.2.1", 7, 999, 64))]
    links[2].arrived = [Arrival(15, EchoReply("192.0.2.1", 7, 1, 64), None, 77, "192.0.2.9")]
    assert [(each.received_ns, each.number) for each in ways.receive()] == [(10, 16), (15, 77), (20, None), (30, 12)]
    ways.close()
    assert [link.closed for link in links] == [1, 1, 1]


def test_numbers_go_on_behind_16_bits():
    link = Kept()
    ways = WaysLink([link])
    for number in range(1, 70_000):
        ways.send(EchoProbe(number, number & 0xFFFF, 1))
    link.arrived = [Arrival(1, EchoReply("192.0.2.1", 7, 5, 64)), Arrival(2, EchoReply("192.0.2.1", 7, 60_000, 64))]
    assert [each.number for each in ways.receive()] == [0x10005, 60_000]


def test_a_way_that_is_refused_is_an_error_of_that_probe():
    with pytest.raises(OSError) as refused:
        WaysLink([Kept(KernelRefused(101, "connect"))]).send(EchoProbe(1, 1, 1))
    assert refused.value.errno == 101 and not isinstance(refused.value, KernelRefused)


def test_what_a_flow_of_udp_remembers_is_bounded():
    sent = SentProbes()
    for number in range(1, 200_000):
        sent.add(number, steer_udp("192.0.2.1", "192.0.2.2", 4000, 33434, bytes(32), flow_checksum(number)))
    assert len(sent._open) <= 65536 and len(sent._by_checksum) <= 65536 and len(sent._by_word) <= 65536


@given(st.integers(0, 2**32 - 1))
def test_a_host_acknowledges_one_more(sequence):
    sent = SentSegments(2)
    sent.add(TcpProbe(9, 1, 80, 60, 4000, sequence))
    assert sent.quoted(4000, sequence) == 9 == sent.answered(4000, 0x12, sequence + 1 & 0xFFFFFFFF)
    assert sent.answered(4000, 0x12, sequence) is None is sent.quoted(4000, sequence + 1 & 0xFFFFFFFF)


@pytest.mark.parametrize("family", (IPV4, IPV6))
@pytest.mark.parametrize("listens", (True, False))
def test_tcp_in_one_flow_on_loopback(family, listens):
    try:
        link = Network().open_tcp_link(TcpLinkSettings(family, family.loopback, flows=True))
    except PermissionError:
        pytest.skip("raw sockets need CAP_NET_RAW")
    server = socket.socket(family.af)
    server.bind((family.loopback, 0))
    if listens:
        server.listen(16)
    port = server.getsockname()[1]
    found, ports = {}, set()
    with link, server:
        for number in range(1, 6):
            link.send(TcpProbe(number, 64, port, 60, link.identifier, number * 0x10000))
            for _ in range(1000):
                for arrival in link.receive():
                    found[arrival.number] = arrival.reply
                    ports.add(arrival.reply.destination_port)
                if number in found:
                    break
                select.select([link], [], [], 0.05)
    assert set(found) == set(range(1, 6)) and ports == {link.identifier}
    assert {reply.flags & 0x16 for reply in found.values()} == {0x12 if listens else 0x14}
