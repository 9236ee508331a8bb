"""The field tables hold against scapy's dissection, and whatever comes is taken apart without a gap."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlite.packets.crafting import scapy_layers
from netlite.packets.wire_format import icmp_error, icmp_packet, ip_packet
from netlite.teach.dissection import dissect, values
from netlite.teach.tables import COLUMNS, NOT_TOLD, field_rows, field_table, hex_map

layers = cache(scapy_layers)  # loaded by the worker that needs them
bits = {width: st.integers(0, (1 << width) - 1) for width in (3, 4, 8, 9, 13, 16, 20, 32)}
address4 = st.ip_addresses(v=4).map(str)
address6 = st.ip_addresses(v=6).map(str)
RENAMED = {"tos": "tos", "proto": "proto", "checksum": "chksum"}


def numbers(data: bytes, index: int) -> dict:
    """Name -> value of one layer's fields."""
    return {found.field.name: found.value for found in values(data, dissect(data)[index])}


def texts(data: bytes, index: int) -> dict:
    return {found.field.name: found.text for found in values(data, dissect(data)[index])}


def titles(data: bytes) -> list[str]:
    return [layer.title for layer in dissect(data)]


@given(address4, address4, bits[8], bits[16], st.sampled_from(["", "DF", "MF"]), bits[13], bits[8])
def test_ipv4(source, destination, tos, identification, flags, fragment, ttl):
    packet = layers()["IP"](src=source, dst=destination, tos=tos, id=identification, flags=flags, frag=fragment, ttl=ttl,
                          proto=200) / b"data"
    data = bytes(packet)
    read = layers()["IP"](data)
    seen = numbers(data, 0)
    assert (seen["version"], seen["ihl"], seen["tos"], seen["len"]) == (read.version, read.ihl, read.tos, read.len)
    assert (seen["id"], seen["flags"], seen["frag"]) == (read.id, int(read.flags), read.frag)
    assert (seen["ttl"], seen["proto"], seen["checksum"]) == (read.ttl, read.proto, read.chksum)
    assert (texts(data, 0)["src"], texts(data, 0)["dst"]) == (read.src, read.dst)
    assert texts(data, 0)["flags"] == (flags or "-")


@given(address6, address6, bits[8], bits[20], bits[8])
def test_ipv6(source, destination, traffic_class, flow_label, hops):
    data = bytes(layers()["IPv6"](src=source, dst=destination, tc=traffic_class, fl=flow_label, hlim=hops, nh=200) / b"x")
    read = layers()["IPv6"](data)
    seen = numbers(data, 0)
    assert (seen["version"], seen["class"], seen["flow"], seen["len"]) == (read.version, read.tc, read.fl, read.plen)
    assert (seen["next"], seen["hops"]) == (read.nh, read.hlim)
    assert (texts(data, 0)["src"], texts(data, 0)["dst"]) == (read.src, read.dst)


@given(bits[16], bits[16], bits[8], st.binary(max_size=20))
def test_echo_of_both_families(identifier, sequence, code, payload):
    for ip, echo in ((layers()["IP"](src="192.0.2.1", dst="192.0.2.2"),
                      layers()["ICMP"](type=8, code=code, id=identifier, seq=sequence) / payload),
                     (layers()["IPv6"](src="2001:db8::1", dst="2001:db8::2"),
                      layers()["ICMPv6EchoRequest"](code=code, id=identifier, seq=sequence, data=payload))):
        data = bytes(ip / echo)
        seen = numbers(data, 1)
        read = type(ip)(data).payload
        assert (seen["type"], seen["code"], seen["id"], seen["seq"]) == (read.type, read.code, read.id, read.seq)
        assert seen["checksum"] == (read.chksum if ip.version == 4 else read.cksum)


@given(bits[16], bits[16], st.binary(max_size=30))
def test_udp(source_port, destination_port, payload):
    data = bytes(layers()["IP"](src="192.0.2.1", dst="192.0.2.2") /
                 layers()["UDP"](sport=source_port, dport=destination_port) / payload)
    read = layers()["IP"](data).payload
    seen = numbers(data, 1)
    assert (seen["sport"], seen["dport"], seen["len"], seen["checksum"]) == \
        (read.sport, read.dport, read.len, read.chksum)


@given(bits[16], bits[16], bits[32], bits[32], bits[8], bits[16], bits[16])
def test_tcp(source_port, destination_port, sequence, acknowledgement, flags, window, urgent):
    data = bytes(layers()["IP"](src="192.0.2.1", dst="192.0.2.2") / layers()["TCP"](
        sport=source_port, dport=destination_port, seq=sequence, ack=acknowledgement, flags=flags, window=window,
        urgptr=urgent, options=[("MSS", 1460), ("NOP", None), ("WScale", 7), ("SAckOK", b"")]))
    read = layers()["IP"](data).payload
    seen = numbers(data, 1)
    assert (seen["sport"], seen["dport"], seen["seq"], seen["ack"]) == (read.sport, read.dport, read.seq, read.ack)
    assert (seen["offset"], seen["flags"], seen["window"]) == (read.dataofs, int(read.flags) & 0xFF, read.window)
    assert (seen["checksum"], seen["urgent"]) == (read.chksum, read.urgptr)
    kinds = [numbers(data, place)["option"] for place in range(2, 6)]
    assert kinds == [2, 1, 3, 4]


def test_fragments_and_extension_headers_of_ipv6():
    ip = layers()["IPv6"](src="2001:db8::1", dst="2001:db8::2")
    data = bytes(ip / layers()["IPv6ExtHdrDestOpt"]() / layers()["IPv6ExtHdrFragment"](id=77, m=1) /
                 layers()["ICMPv6EchoRequest"](id=1, seq=2))
    assert titles(data) == ["IPv6", "IPv6 destination options", "IPv6 fragment header", "ICMPv6 echo request"]
    assert numbers(data, 2)["id"] == 77
    later = bytes(ip / layers()["IPv6ExtHdrFragment"](id=77, offset=5) / b"datadata")
    assert titles(later) == ["IPv6", "IPv6 fragment header", "data"]


QUOTED = ip_packet("192.0.2.1", "198.18.2.1", 17, bytes.fromhex("9c40829a000c0000") + b"abcd", 1)
LABELS = bytes.fromhex("20 00 00 00  00 0c 01 01  05dc10 01  03e851 01")  # checksum 0: none


def with_labels() -> bytes:
    body = bytes((0, 32, 0, 0)) + QUOTED.ljust(128, b"\0") + LABELS
    return icmp_packet("198.18.0.3", "192.0.2.1", 11, 0, body)


def test_a_quote_and_its_extensions():
    assert titles(icmp_error("198.18.0.3", "192.0.2.1", 3, 4, QUOTED, 1400)) == [
        "IPv4", "ICMP fragmentation needed", "IPv4", "UDP", "data"]
    data = with_labels()
    assert titles(data)[-4:] == ["ICMP extensions", "ICMP extension object", "MPLS label", "MPLS label"]
    assert texts(data, -2)["label"] == "24001"
    assert (texts(data, -1)["label"], texts(data, -1)["s"]) == ("16005", "1")
    assert [layer.offset for layer in dissect(data)[-4:]] == [156, 160, 164, 168]
    assert [row[0] for row in field_rows(data) if row[0].startswith("quoted")] == [
        "quoted IPv4", "quoted UDP", "quoted data"]


@pytest.mark.parametrize("kind, code", [(1, 0), (2, 0), (3, 0), (4, 1)])
def test_errors_of_ipv6_against_scapy(kind, code):
    quoted = ip_packet("2001:db8::1", "2001:db8::2", 17, b"\x01\x02\x03\x04\0\x08\0\0", 1)
    data = icmp_error("2001:db8::9", "2001:db8::1", kind, code, quoted, 1280)
    read = layers()["IPv6"](data).payload
    seen = numbers(data, 1)
    assert (seen["type"], seen["code"], seen["checksum"]) == (read.type, read.code, read.cksum)
    assert seen.get("mtu", 1280) == 1280 and seen.get("pointer", 1280) == 1280
    assert titles(data)[2:] == ["IPv6", "UDP"]


@given(st.one_of(st.binary(max_size=120), st.binary(max_size=100).map(lambda tail: b"\x45" + tail),
                 st.tuples(st.integers(0, len(with_labels())), st.binary(max_size=4)).map(
                     lambda cut: with_labels()[:cut[0]] + cut[1] + with_labels()[cut[0] + len(cut[1]):])))
def test_any_bytes_are_taken_apart_in_order(data):
    at_bit = 0
    for layer in dissect(data):
        assert layer.offset * 8 >= at_bit
        for found in values(data, layer):
            assert found.bit >= at_bit
            at_bit = found.bit + found.field.bits
            assert isinstance(found.text, str)
    assert at_bit <= len(data) * 8
    hex_map(data)


def test_a_whole_packet_has_no_gap():
    for data in (QUOTED, with_labels(), icmp_error("2001:db8::9", "2001:db8::1", 3, 0, ip_packet(
            "2001:db8::1", "2001:db8::2", 6, bytes(20), 1))):
        covered = [bit for layer in dissect(data) for found in values(data, layer)
                   for bit in range(found.bit, found.bit + found.field.bits)]
        padding = 128 - len(QUOTED) if data == with_labels() else 0
        assert len(covered) == len(set(covered)) >= (len(data) - padding) * 8


def test_every_field_has_a_meaning_or_is_reserved_and_an_rfc():
    for data in (QUOTED, with_labels()):
        for row in field_rows(data):
            assert row[6].startswith("RFC") or row[3] == "data", row
            assert row[5] or row[3] in ("unused", "reserved"), row


def test_table_and_map():
    table = field_table(QUOTED)
    assert table.splitlines()[0].split() == [*COLUMNS[1:6], f"({COLUMNS[6]})"]
    assert max(map(len, table.splitlines())) <= 80
    assert "ttl" in table and "198.18.2.1" in table
    assert hex_map(QUOTED).splitlines()[0] == (
        "  0000 |45|00|00 20|00 00|00 00|01|11|2f b9|c0 00 02 01  version/ihl tos len id")
    assert hex_map(QUOTED).splitlines()[1].strip() == "flags/frag ttl proto"
    assert max(map(len, hex_map(QUOTED).splitlines())) <= 80


def test_what_the_kernel_did_not_tell_is_marked():
    marked = {row[3] for row in field_rows(QUOTED, rebuilt=True) if row[5] == NOT_TOLD}
    assert {"id", "flags", "checksum"} <= marked
    assert not marked & {"ttl", "src", "dst", "dport"}
