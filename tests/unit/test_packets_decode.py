"""Bytes to records: captured packets, cut packets, and any bytes at all."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from netlite.feature_errors import MalformedPacket
from netlite.packets import extensions
from netlite.packets.extensions import read_object, read_structure, search
from netlite.packets.icmp import read_icmp, read_icmp_packet
from netlite.packets.ip import read_header, read_packet
from netlite.packets.quote import read_quote, read_transport
from netlite.packets.transport import read_tcp, read_udp
from netlite.records.echo_links import EchoReply
from netlite.records.raw_links import TcpReply
from netlite.records.record import Record
from netlite.records.extensions import IcmpObject, InterfaceInformation, MplsLabel
from netlite.records.replies import IcmpError, IcmpMessage, Origin, Quote
from netlite.records.udp_links import UdpReply

PING4 = bytes.fromhex("4500001e 9ef80000 3d01ccd8 0a4d0402 0a4d0101 00007daf 23d50001") + b"abcdefgh"[:2]
SYN4 = bytes.fromhex("45000034 00000000 0106a8d0 c0000201 c0000202 a417 0050 197cf7ab 00000000")
MPLS = bytes.fromhex("2000 0000 000c 0101 05dc2afe 000101fe")


def error4(kind: int, code: int, rest: str, quoted: bytes) -> bytes:
    return bytes((kind, code, 0, 0)) + bytes.fromhex(rest) + quoted


def test_decode_echo_reply_in_ip():
    reply = read_icmp_packet(PING4)
    assert reply == EchoReply("10.77.4.2", 0x23D5, 1, 10, b"ab", 61, False, b"", "10.77.1.1")


def test_decode_reply_longer_than_it_is():
    with pytest.raises(MalformedPacket):
        read_icmp_packet(PING4[:-1])


def test_decode_error_quotes_tcp_of_eight_bytes():
    error = read_icmp(4, error4(11, 0, "00000000", SYN4), "192.0.2.9", 250)
    assert error == IcmpError(Origin.ICMP, "192.0.2.9", 11, 0, 0, None, 250,
                              Quote("192.0.2.1", "192.0.2.2", 6, 1, 52, 0xA417, 80, None, 0x197CF7AB, b"",
                                    SYN4[:20]))


def test_decode_fragmentation_needed_tells_the_mtu():
    assert read_icmp(4, error4(3, 4, "00000514", SYN4), "192.0.2.9").info == 1300


def test_decode_parameter_problem_tells_the_pointer():
    assert read_icmp(4, error4(12, 0, "14000000", SYN4), "192.0.2.9").info == 20


def test_decode_redirect_tells_the_gateway():
    assert read_icmp(4, error4(5, 1, "c0000263", SYN4), "192.0.2.9").gateway == "192.0.2.99"


def test_decode_quote_shorter_than_a_header():
    error = read_icmp(4, error4(11, 0, "00000000", SYN4[:12]), "192.0.2.9")
    assert error.quote == Quote(None, None, None, payload=SYN4[:12])


def test_decode_labels_behind_a_told_length():
    error = read_icmp(4, error4(11, 0, "00200000", SYN4.ljust(128, b"\0") + MPLS), "192.0.2.9")
    labels = MplsLabel(24002, 5, 0, 254), MplsLabel(16, 0, 1, 254)
    assert error.extensions == (IcmpObject(1, 1, MPLS[8:], labels),)
    assert len(error.quote.payload) <= 128


def test_decode_labels_of_an_old_router():
    error = read_icmp(4, error4(11, 0, "00000000", SYN4.ljust(128, b"\0") + MPLS), "192.0.2.9")
    assert error.extensions[0].decoded[1] == MplsLabel(16, 0, 1, 254)


def test_decode_search_on_an_error_queue():
    data = bytes(32).ljust(128 - 28, b"\0") + MPLS
    offset, objects = search(data, 28, 32, 4)
    assert offset == 100 and objects[0].class_number == 1
    assert search(bytes(4) + data, 28, 32, 4) is None, "a padded quote has its structure at 128"
    assert search(bytes(4) + data, 28, 200, 4)[0] == 104


WORD = some.sampled_from([bytes.fromhex(word) for word in ("00040101", "00080101", "000c0201", "20000000", "2000dfff", "20ff0000", "00000000", "00050101")])


@given(some.lists(WORD, max_size=40), some.binary(max_size=3), some.sampled_from([4, 8]))
def test_a_structure_is_found_where_every_place_is_tried(words, tail, step):
    data = bytes(100) + b"".join(words) + tail
    tried = ((offset, read_structure(data[offset:])) for offset in range(100, len(data) - 7, step))
    assert search(data, 28, None, step) == next((each for each in tried if each[1] is not None), None)


def test_a_quote_that_is_all_structures_is_read_once(monkeypatch):
    """Each word starts one, whose objects lead over those of the others and miss the end by two bytes."""
    read = []
    monkeypatch.setattr(extensions, "read_structure", lambda data: read.append(len(data)))
    assert search(bytes(100) + bytes.fromhex("0008010920000000") * 230 + b"\0\4", 28, None, 4) is None and read == []


def test_decode_structure_with_a_wrong_checksum():
    assert read_structure(bytes.fromhex("20001234 0008 0101 00010100")) is None


def test_decode_interface_information():
    payload = bytes.fromhex("00000003 00010000 c0000201 08 6574683000 0000 000005dc")
    assert read_object(2, 0x0F, payload) == InterfaceInformation(0, 3, "192.0.2.1", "eth0", 1500)


def test_decode_ipv6_extension_headers_to_the_port():
    fixed = bytes.fromhex("60000000 0028 00 40") + bytes(15) + b"\1" + bytes(15) + b"\2"
    hop_by_hop = bytes.fromhex("3c00 010400000000")
    destination = bytes.fromhex("2c00 010400000000")
    fragment = bytes.fromhex("1100 0001 00000007")
    quote = read_quote(fixed + hop_by_hop + destination + fragment + bytes.fromhex("c000829a00100000"))
    assert (quote.protocol, quote.source_port, quote.destination_port) == (17, 0xC000, 33434)
    later = bytes.fromhex("1100 0039 00000007")
    assert read_quote(fixed + hop_by_hop + destination + later + bytes(8)).protocol is None


def test_decode_icmp6_too_big():
    error = read_icmp(6, bytes.fromhex("02000000 00000500") + bytes(40), "2001:db8::1")
    assert (error.info, error.origin) == (1280, Origin.ICMP6)


def test_decode_other_message():
    assert type(read_icmp(4, bytes.fromhex("0d000000 00010002") + bytes(12), "192.0.2.1")) is IcmpMessage


def test_decode_transport():
    datagram = bytes.fromhex("0035c000000a0000 6869")
    assert read_udp(datagram, "192.0.2.1") == UdpReply("192.0.2.1", 53, 10, None, b"hi")
    segment = bytes.fromhex("0050a417 00000001 197cf7ac 5012 faf0 0000 0000")
    assert read_tcp(segment, "192.0.2.1", 60) == TcpReply("192.0.2.1", 80, 0xA417, 0x12, 60, 1, 0x197CF7AC)


HEADS = some.sampled_from((b"", PING4, SYN4, b"\x60" + bytes(39), b"\x60" + bytes(5) + b"\x00" + bytes(33),
                           error4(11, 0, "00200000", SYN4.ljust(128, b"\0") + MPLS)))


@given(HEADS, some.binary(max_size=200), some.integers(0, 200))
@example(b"", b"", 0)
def test_decode_any_bytes_give_a_record_or_malformed(head, tail, cut):
    data = head[:cut] + tail
    readers = (read_icmp_packet, lambda data: read_icmp(4, data, "192.0.2.1"),
               lambda data: read_icmp(6, data, "2001:db8::1"), read_header, lambda data: read_packet(data)[0],
               read_quote, lambda data: read_transport(6, data), lambda data: read_udp(data, "192.0.2.1"),
               lambda data: read_tcp(data, "192.0.2.1"))
    for read in readers:
        try:
            assert isinstance(read(data), Record)
        except MalformedPacket:
            pass
    search(data, 28, 32, 4)
    for class_type in range(256):
        read_object(2, class_type, data)
