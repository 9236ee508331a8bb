"""Routers and hosts in memory: bytes in, bytes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlite.feature_errors import MalformedPacket
from netlite.lab.memory.forwarding import Internet
from netlite.lab.memory.lab import MemoryLab
from netlite.lab.memory.transit import Transit, check_sum
from netlite.lab.scene.parts import Node, Wire
from netlite.lab.scene.topology import Topology, chain, diamond
from netlite.packets.checksum import is_valid
from netlite.packets.icmp import read_icmp_packet
from netlite.packets.ip import MOST_REMEMBERED, Remembered, read_header, read_packet
from netlite.packets.templates import make_echo
from netlite.packets.transport import make_tcp, make_udp, read_tcp
from netlite.packets.wire_format import icmp_error, ip_packet, with_ttl
from netlite.programs.simulate import simulate

CLIENT, SERVER = ("198.18.1.1", "2001:db8:1::1"), ("198.18.3.2", "2001:db8:3::2")
CHAIN = chain(2, mtus={3: 1400})


def udp(version: int, ttl: int = 64, size_bytes: int = 60, port: int = 33434) -> bytes:
    source, destination = CLIENT[version == 6], SERVER[version == 6]
    header_bytes = 20 if version == 4 else 40
    datagram = make_udp(version, source, destination, 40000, port, bytes(size_bytes - header_bytes - 8))
    return ip_packet(source, destination, 17, datagram, ttl, dont_fragment=True)


def only_answer(packet: bytes, topology=CHAIN, **circumstances) -> bytes:
    (_, answer), = Internet(topology, "client", **circumstances).send(packet, 0)
    return answer


@given(st.integers(1, 255), st.integers(0, 255), st.booleans(), st.binary(max_size=60))
def test_headers_are_what_was_asked_for(ttl, traffic_class, dont_fragment, payload):
    for source, destination in (CLIENT[0], SERVER[0]), (CLIENT[1], SERVER[1]):
        packet = ip_packet(source, destination, 17, payload, ttl, traffic_class, dont_fragment)
        header, data = read_packet(packet)
        assert (header.source, header.destination, header.protocol, data) == (source, destination, 17, payload)
        assert (header.ttl, header.traffic_class) == (ttl, traffic_class)
        sent_on = with_ttl(packet, ttl - 1)
        assert read_header(sent_on).ttl == ttl - 1
        assert header.version == 6 or is_valid(packet[:20]) and is_valid(sent_on[:20])


@pytest.mark.parametrize("version", (4, 6))
def test_every_hop_reports_its_turn(version):
    first_bytes = 8 if version == 4 else 40
    for ttl, expected in ((1, (11, 0) if version == 4 else (3, 0)), (3, (3, 3) if version == 4 else (1, 4))):
        packet = udp(version, ttl)
        error = read_icmp_packet(only_answer(packet))
        assert (error.type, error.code) == expected
        assert error.ttl == 65 - ttl
        assert error.quote.destination == SERVER[version == 6]
        assert (error.quote.source_port, error.quote.destination_port) == (40000, 33434)
        assert error.quote.ttl == 1
        assert error.quote.payload == packet[first_bytes - 8 + (28 if version == 4 else 16):]


@pytest.mark.parametrize("version, expected", ((4, (3, 4, 1400)), (6, (2, 0, 1400))))
def test_too_big_tells_the_mtu(version, expected):
    error = read_icmp_packet(only_answer(udp(version, size_bytes=1401)))
    assert (error.type, error.code, error.info) == expected
    assert error.source == ("198.18.2.2" if version == 4 else "2001:db8:2::2")


def test_fragments_pass_narrow_wires():
    internet = Internet(CHAIN, "client")
    (_, answer), = internet.send(udp(4, size_bytes=1401), 0, piece_bytes=0)
    assert read_icmp_packet(answer).code == 3
    (_, answer), = internet.send(udp(6, size_bytes=1600), 0, piece_bytes=1500)
    assert read_icmp_packet(answer).type == 2


@pytest.mark.parametrize("version", (4, 6))
def test_echo_is_answered_with_the_same_data(version):
    source, destination = CLIENT[version == 6], SERVER[version == 6]
    request = make_echo(version, 7, 9, b"payload", source, destination)
    answer = only_answer(ip_packet(source, destination, 1 if version == 4 else 58, request, traffic_class=0x20))
    reply = read_icmp_packet(answer)
    assert (reply.source, reply.identifier, reply.sequence, reply.ttl) == (destination, 7, 9, 62)
    assert reply.payload == b"payload"
    assert read_header(answer).traffic_class == 0x20


@pytest.mark.parametrize("open_ports, flags", (((), 0x14), ((("server", 80),), 0x12)))
def test_tcp_ports(open_ports, flags):
    segment = make_tcp(4, CLIENT[0], SERVER[0], 5000, 80, sequence=41)
    answer = only_answer(ip_packet(CLIENT[0], SERVER[0], 6, segment), open_ports=open_ports)
    header, data = read_packet(answer)
    reply = read_tcp(data, header.source)
    assert (reply.source_port, reply.destination_port, reply.flags, reply.acknowledgement) == (80, 5000, flags, 42)


def test_other_protocols_are_unreachable():
    assert read_icmp_packet(only_answer(ip_packet(CLIENT[0], SERVER[0], 253, b"?"))).code == 2
    error = read_icmp_packet(only_answer(ip_packet(CLIENT[1], SERVER[1], 253, b"?")))
    assert (error.type, error.code) == (4, 1)


def test_no_errors_about_errors():
    error = icmp_error(CLIENT[0], SERVER[0], 3, 1, udp(4))
    assert Internet(CHAIN, "client").send(error[:8] + b"\x01" + error[9:], 0) == []


def test_wrong_checksums_are_noticed():
    packet = udp(4)
    assert Internet(CHAIN, "client").send(packet, 0)
    assert Internet(CHAIN, "client").send(packet[:-1] + b"\x55", 0) == []
    with pytest.raises(MalformedPacket, match="checksum"):
        check_sum(*read_packet(packet[:-1] + b"\x55"))


def test_delays_add_up():
    topology = Topology([Node("client"), Node("r1", True), Node("server")],
                        [Wire(("client", "r1"), delay_ns=5), Wire(("r1", "server"), delay_ns=70)])
    packet = ip_packet("198.18.1.1", "198.18.2.2", 1, make_echo(4, 1, 1))
    (at_ns, _), = Internet(topology, "client").send(packet, 1000)
    assert at_ns == 1150


@pytest.mark.parametrize("version", (4, 6))
def test_flows_stay_together_and_share_the_ways(version):
    topology = diamond(4)
    ends = topology.address("client", version), topology.address("server", version)

    def second_hop(source_port, internet):
        datagram = make_udp(version, *ends, source_port, 33434, b"")
        (_, answer), = internet.send(ip_packet(*ends, 17, datagram, 2), 0)
        return topology.owner(read_header(answer).source)

    internet = Internet(topology, "client", seed=1)
    routers = [second_hop(port, internet) for port in range(40000, 40200)]
    assert routers == [second_hop(port, internet) for port in range(40000, 40200)]
    assert {name: routers.count(name) > 25 for name in routers} == dict.fromkeys(("m1", "m2", "m3", "m4"), True)
    other = Internet(topology, "client", seed=2)
    assert routers != [second_hop(port, other) for port in range(40000, 40200)]


def test_losses_follow_the_seed():
    def lost(seed):
        internet = Internet(CHAIN, "client", losses={"r1-r2": 0.5}, seed=seed)
        return [not internet.send(udp(4), 0) for _ in range(50)]

    assert lost(1) == lost(1) != lost(2)
    assert 20 < sum(lost(1)) < 50


@pytest.mark.parametrize("version", (4, 6))
@pytest.mark.parametrize("protocol", (1, 6, 17, 58))
def test_what_is_cut_off_is_dropped_or_refused(version, protocol):
    ends = CHAIN.address("client", version), CHAIN.address("server", version)
    for ttl in (1, 64):
        for size in range(20):
            try:
                Internet(CHAIN, "client").send(ip_packet(*ends, protocol, bytes(size), ttl), 0)
            except MalformedPacket:
                assert size < 20


def test_fragments_stay_as_small_as_the_narrowest_wire_made_them():
    """A host with an MTU of 1400 takes what a wire of 1400 before it had cut."""
    narrow = chain(2, mtus={2: 1400})
    for topology, received in ((narrow, 1), (chain(2), 0)):
        lab = MemoryLab(topology)
        simulate("ifconfig eth0 mtu 1400", topology, "server", lab=lab)
        played = simulate("ping -n -c1 -W1 -M dont -s 1452 198.18.3.2", topology, lab=lab)
        assert f"{received} received" in played.stdout


def test_a_neighbour_is_asked_once_and_again_after_it_was_deleted():
    lab = MemoryLab(CHAIN)
    internet, passed = Internet(CHAIN, "client", lab=lab), lab.traffic("client", "eth0")
    for _ in range(3):
        internet.send(udp(4), 0)
    assert passed.tx_packets == 3 + 1
    simulate("arp -d 198.18.1.2", CHAIN, "client", lab=lab)
    internet.send(udp(4), 0)
    assert passed.tx_packets == 4 + 2


@pytest.mark.parametrize("version", (4, 6))
def test_what_was_looked_up_is_forgotten_when_something_changes(version):
    lab = MemoryLab(CHAIN)
    internet = Internet(CHAIN, "client", lab=lab)
    assert read_icmp_packet(internet.send(udp(version), 0)[0][1]).source == SERVER[version == 6]
    simulate("ifconfig eth1 down", CHAIN, "r1", lab=lab)
    refusal = read_icmp_packet(internet.send(udp(version), 0)[0][1])
    assert (refusal.source, refusal.code) == (("198.18.1.2", "2001:db8:1::2")[version == 6], 0)


@pytest.mark.parametrize("version", (4, 6))
def test_a_sum_is_looked_at_again_when_a_packet_becomes_another(version):
    packet = udp(version)
    transit = Transit("client", packet, 0, len(packet))
    transit.check()
    transit.ttl -= 1
    transit.check()
    transit.become(packet[:-1] + b"\x55")
    for _ in range(2):
        with pytest.raises(MalformedPacket):
            transit.check()


def test_as_much_is_remembered_as_there_is_room_for():
    found = Remembered(str)
    for number in range(MOST_REMEMBERED + 1):
        assert found[number] == str(number)
    assert len(found) == 1 and found[0] == "0"
