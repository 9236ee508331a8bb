"""Flows: checksums that are numbers, and what quotes tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlite.links.flows import SentProbes
from netlite.links.tcp_flows import SentSegments
from netlite.packets.checksum import checksum, is_valid, pseudo_header
from netlite.packets.quote import read_quote
from netlite.packets.steering import steer_udp, unfinished_checksum
from netlite.packets.templates import EchoPacket
from netlite.packets.transport import make_udp
from netlite.packets.wire_format import ip_packet, packed
from netlite.records.multipath import flow_checksum
from netlite.records.raw_links import TcpProbe
from netlite.records.replies import Quote

ENDS = {4: ("192.0.2.1", "198.51.100.9"), 6: ("2001:db8::1", "2001:db8:9::9")}


@given(st.sampled_from([4, 6]), st.integers(1, 200_000), st.integers(1, 65535), st.integers(1, 65535),
       st.binary(min_size=2, max_size=100))
def test_a_datagram_gets_the_checksum_of_its_number(version, number, source_port, port, data):
    wanted = flow_checksum(number)
    steered = steer_udp(*ENDS[version], source_port, port, data, wanted)
    datagram = make_udp(version, *ENDS[version], source_port, port, steered)
    assert int.from_bytes(datagram[6:8], "big") == wanted
    assert steered[2:] == data[2:]
    assert is_valid(pseudo_header(*map(packed, ENDS[version]), 17, len(datagram)) + datagram)


def test_an_unfinished_checksum_is_that_of_the_pseudo_header_alone():
    header = pseudo_header(*map(packed, ENDS[4]), 17, 28)
    assert unfinished_checksum(*ENDS[4], 20) == int.from_bytes(header, "big") % 65535


@given(st.integers(0, 65535), st.integers(0, 65535), st.binary(min_size=2, max_size=80))
def test_echo_requests_of_a_flow_have_one_checksum(first, second, payload):
    packet = EchoPacket(4, 77, payload, False, True, True)
    one, other = (bytes(packet.number(sequence, 0)) for sequence in (first, second))
    assert one[:6] == other[:6] and is_valid(one) and is_valid(other)
    assert int.from_bytes(other[6:8], "big") == second and one[10:] == other[10:] == payload[2:]


@pytest.mark.parametrize("version, summed", [(4, True), (4, False), (6, False)])
@pytest.mark.parametrize("identifier", [0, 1, 77, 0x8000, 0xFFFF])
def test_echo_requests_of_a_flow_have_one_checksum_whatever_their_size(version, summed, identifier):
    found = set()
    for size in (2, 3, 40, 1472, 65000):
        payload = (bytes(range(256)) * 256)[:size]
        packet = bytearray(EchoPacket(version, identifier, payload, False, summed, True).number(size, 0))
        if not summed:
            packet[2:4] = bytes(2)
            before = b"" if version == 4 else pseudo_header(*map(packed, ENDS[6]), 58, len(packet))
            packet[2:4] = checksum(before + packet).to_bytes(2, "big")
        found.add(bytes(packet[2:4]).replace(b"\xff\xff", b"\0\0"))
    assert len(found) == 1


def quote_of(version: int, number: int, cut: int = 200) -> Quote:
    source, destination = ENDS[version]
    data = steer_udp(source, destination, 40000, 33434, bytes(32), flow_checksum(number))
    packet = ip_packet(source, destination, 17, make_udp(version, source, destination, 40000, 33434, data))
    return read_quote(packet[:cut]), data


@pytest.mark.parametrize("version", (4, 6))
def test_a_quote_tells_its_probe_by_checksum_or_by_data(version):
    header_bytes = 20 if version == 4 else 40
    for cut in (200, header_bytes + 8):
        sent = SentProbes()
        for number in (1, 2, 3):
            sent.add(number, quote_of(version, number)[1])
        assert [sent.take(quote_of(version, number, cut)[0]) for number in (2, 1, 2, 3)] == [2, 1, 2, 3]
    sent = SentProbes()
    sent.add(9, quote_of(version, 9)[1])
    assert sent.take(quote_of(version, 9)[0].replace(checksum=None)) == 9
    sent.add(9, quote_of(version, 9)[1])
    assert sent.take(Quote(None, ENDS[version][1], 17)) == 9  # nothing is known, and there is only one
    sent.add(9, quote_of(version, 9)[1])
    sent.add(10, quote_of(version, 10)[1])
    assert sent.take(Quote(None, ENDS[version][1], 17)) is None


def test_a_segment_tells_its_probe_by_what_it_acknowledges():
    sent = SentSegments(flags=2)
    for number, (port, sequence) in enumerate([(5000, 10), (5000, 0xFFFFFFFF), (5001, 10)], 1):
        sent.add(TcpProbe(number, 1, 80, 60, port, sequence))
    assert sent.quoted(5001, 10) == 3 and sent.quoted(5002, 10) is None and sent.quoted(5000, 11) is None
    assert sent.answered(5000, 0x12, 11) == 1 and sent.answered(5000, 0x14, 0) == 2  # the number wraps
    assert sent.answered(5000, 0x14, 0) == 2  # once more


def test_a_segment_without_acknowledgement_is_about_the_only_open_probe():
    sent = SentSegments(flags=0x10)
    for number in (1, 2):
        sent.add(TcpProbe(number, 1, 80, 60, 5000, number))
    assert sent.answered(5000, 4, 0) is None and sent.quoted(5000, 1) == 1
    assert sent.answered(5000, 4, 0) == 2 and sent.answered(5000, 4, 0) is None and sent.answered(9, 4, 0) is None
