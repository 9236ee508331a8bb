"""Address translation in memory: what a masquerading node makes of packets, and what stays right in them."""

import pytest

from netlite.lab.memory.transit import Transit, check_sum
from netlite.lab.memory.translation import Translations, readdressed
from netlite.packets.checksum import is_valid
from netlite.packets.ip import read_packet
from netlite.packets.templates import make_echo
from netlite.packets.transport import make_tcp, make_udp
from netlite.packets.wire_format import icmp_error, ip_packet
from netlite.records.family import IpProtocol

ENDS = {4: ("198.18.1.1", "198.18.2.1", "198.18.3.2"), 6: ("2001:db8:1::1", "2001:db8:2::1", "2001:db8:3::2")}
ECHO = {4: IpProtocol.ICMP, 6: IpProtocol.ICMP6}


def message(version: int, kind: str, source: str, destination: str, reply: bool = False) -> bytes:
    """A packet of a flow from port 40000 to 53, or its answer."""
    ports = (53, 40000) if reply else (40000, 53)
    if kind == "echo":
        data = make_echo(version, 77, 1, b"data", source, destination, "reply" if reply else "request")
        return ip_packet(source, destination, ECHO[version], data)
    if kind == "tcp":
        return ip_packet(source, destination, IpProtocol.TCP, make_tcp(version, source, destination, *ports, flags=2))
    return ip_packet(source, destination, IpProtocol.UDP, make_udp(version, source, destination, *ports, b"data"))


def is_right(packet: bytes) -> bool:
    """Whether all sums are; `check_sum` raises where not."""
    header, data = read_packet(packet)
    check_sum(header, data)
    return header.version == 6 or is_valid(packet[:header.header_bytes])


@pytest.mark.parametrize("kind", ["echo", "udp", "tcp"])
@pytest.mark.parametrize("version", [4, 6])
def test_a_flow_leaves_with_the_address_of_the_node_and_its_answers_come_home(version, kind):
    inside, outside, server = ENDS[version]
    table, packet = Translations(), message(version, kind, inside, server)
    going = Transit("gate", packet, 0, len(packet))
    table.leave(going, outside)
    assert (going.header.source, going.header.destination) == (outside, server) and is_right(going.packet)
    answer = message(version, kind, server, outside, reply=True)
    for node, home in (("gate", inside), ("other", outside)):
        coming = Transit(node, answer, 0, len(answer))
        table.enter(coming)
        assert (coming.header.source, coming.header.destination) == (server, home) and is_right(coming.packet)


@pytest.mark.parametrize("kind", ["echo", "udp", "tcp"])
@pytest.mark.parametrize("version, told", [(4, (11, 0)), (6, (3, 0))])
def test_an_error_comes_home_with_the_packet_as_it_was(version, told, kind):
    inside, outside, server = ENDS[version]
    table, packet = Translations(), message(version, kind, inside, server)
    going = Transit("gate", packet, 0, len(packet))
    table.leave(going, outside)
    error = icmp_error(server, outside, *told, going.packet)
    coming = Transit("gate", error, 0, len(error))
    table.enter(coming)
    assert coming.header.destination == inside and is_right(coming.packet) and coming.data[8:] == packet


@pytest.mark.parametrize("version", [4, 6])
def test_who_did_not_begin_is_not_let_in(version):
    _, outside, server = ENDS[version]
    packet = message(version, "udp", server, outside)
    for arrived in (packet, icmp_error(server, outside, 3, 1, packet), icmp_error(server, outside, 3, 1, packet[:10])):
        coming = Transit("gate", arrived, 0, len(arrived))
        Translations().enter(coming)
        assert coming.packet == arrived


def test_a_datagram_without_a_sum_stays_so():
    packet = bytearray(message(4, "udp", *ENDS[4][::2]))
    packet[26:28] = bytes(2)
    assert readdressed(bytes(packet), source="192.0.2.1")[26:28] == bytes(2)
