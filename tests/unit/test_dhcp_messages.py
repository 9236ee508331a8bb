"""DHCP messages as bytes: what scapy makes is read, what we make scapy reads, any bytes are a message or malformed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from netlite.feature_errors import MalformedPacket
from netlite.packets.dhcp import COOKIE, HEADER, LEAST_BYTES, datagram, make_message, read_datagram, read_message
from netlite.records.dhcp import DhcpKind, DhcpMessage

HARDWARE = "02:00:00:00:01:01"
BYTES, WORDS, LONGS = some.integers(0, 0xFF), some.integers(0, 0xFFFF), some.integers(0, 0xFFFFFFFF)
ADDRESSES = some.integers(0, 0xFFFFFFFF).map(lambda number: ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0)))
MAYBE = some.none() | ADDRESSES
LISTS = some.lists(ADDRESSES, max_size=4).map(tuple)
TIMES = some.none() | LONGS
MESSAGES = some.builds(
    DhcpMessage, some.integers(1, 8), LONGS, some.binary(min_size=6, max_size=6).map(lambda data: data.hex(":")), ADDRESSES,
    ADDRESSES, ADDRESSES, BYTES, WORDS, some.booleans(), MAYBE, LISTS, LISTS, MAYBE, TIMES, MAYBE,
    some.lists(BYTES, max_size=9).map(tuple), some.none() | some.text("abc é", min_size=1, max_size=60), TIMES, TIMES)
ACK = DhcpMessage(DhcpKind.ACK, 0x01020304, HARDWARE, yours="198.18.1.100", netmask="255.255.255.0", routers=("198.18.1.1",),
                  name_servers=("198.18.4.2",), lease_s=600, server="198.18.1.1", renew_s=300, rebind_s=525)


def with_options(*options: bytes, name: bytes = b"", file: bytes = b"", operation: int = 2) -> bytes:
    """A message with these options, and what stands in the fields of server name and file."""
    head = HEADER.pack(operation, 1, 6, 0, 7, 0, 0, bytes(4), bytes(4), bytes(4), bytes(4), bytes.fromhex("020000000101"), name, file)
    return head + COOKIE + b"".join(options)


def test_a_discover_byte_by_byte():
    data = make_message(DhcpMessage(DhcpKind.DISCOVER, 0x3903F326, HARDWARE, wanted=(1, 3, 6)))
    assert data[:28].hex() == "01010600" + "3903f326" + "0000" + "0000" + "00000000" * 4
    assert data[28:44].hex() == "020000000101" + "00" * 10 and data[44:236] == bytes(192)
    assert data[236:].rstrip(b"\0").hex() == "63825363" + "350101" + "3703010306" + "ff" and len(data) == LEAST_BYTES


@given(MESSAGES)
def test_what_is_made_is_read(message):
    assert read_message(make_message(message)) == message


@given(MESSAGES)
def test_oracle_scapy_reads_what_is_made(message):
    dhcp = pytest.importorskip("scapy.layers.dhcp")
    layer = dhcp.BOOTP(make_message(message))
    assert (layer.xid, layer.ciaddr, layer.yiaddr, layer.giaddr, layer.hops, layer.secs, layer.op) == (
        message.transaction, message.client, message.yours, message.relay, message.hops, message.seconds, 1 if message.is_request else 2)
    assert layer.chaddr[:6].hex(":") == message.hardware and bool(int(layer.flags) & 0x8000) == message.broadcast
    options = {option[0]: option[1:] for option in layer[dhcp.DHCP].options if isinstance(option, tuple)}
    assert options["message-type"] == (message.kind,)
    for name, value in (("requested_addr", message.requested), ("server_id", message.server), ("subnet_mask", message.netmask),
                        ("lease_time", message.lease_s), ("renewal_time", message.renew_s), ("rebinding_time", message.rebind_s)):
        assert options.get(name) == (None if value is None else (value,)), name
    assert options.get("router", ()) == message.routers and options.get("name_server", ()) == message.name_servers


@given(LONGS, ADDRESSES, ADDRESSES, LONGS, some.lists(ADDRESSES, min_size=1, max_size=3), some.booleans())
def test_oracle_what_scapy_makes_is_read(transaction, yours, server, lease_s, routers, broadcast):
    dhcp = pytest.importorskip("scapy.layers.dhcp")
    data = bytes(dhcp.BOOTP(op=2, xid=transaction, yiaddr=yours, chaddr=bytes.fromhex("020000000101"), flags=0x8000 * broadcast)
                 / dhcp.DHCP(options=[("message-type", "offer"), ("server_id", server), ("lease_time", lease_s), ("router", *routers),
                                      ("subnet_mask", "255.255.255.0"), "end"]))
    assert read_message(data) == DhcpMessage(DhcpKind.OFFER, transaction, HARDWARE, yours=yours, server=server, lease_s=lease_s,
                                             routers=tuple(routers), netmask="255.255.255.0", broadcast=broadcast)


@given(some.binary(max_size=700) | some.tuples(some.sampled_from([make_message(ACK), with_options(b"\x35\x01\x02\x34\x01\x03", name=b"\3\4")]),
                                               some.integers(0, 310), some.binary(max_size=9)).map(
    lambda parts: parts[0][:parts[1]] + parts[2] + parts[0][parts[1] + len(parts[2]):]))
def test_any_bytes_are_a_message_or_malformed(data):
    try:
        message = read_message(data)
    except MalformedPacket:
        return
    assert read_message(make_message(message)).kind == message.kind


@pytest.mark.parametrize("data", [
    b"", make_message(ACK)[:239], make_message(ACK).replace(COOKIE, b"\0\0\0\0"), with_options(b"\xff"), with_options(b"\x35\x01\x09"),
    with_options(b"\x35\x02\x02\x02"), with_options(b"\x35\x01\x01"), with_options(b"\x35\x01\x02", operation=1), with_options(b"\x35\x01\x02", operation=7),
    b"\2\6\6" + make_message(ACK)[3:], b"\2\1\7" + make_message(ACK)[3:]],
    ids=["empty", "cut", "bootp", "no type", "type 9", "type of two bytes", "discover as reply", "offer as request", "operation 7", "token ring", "long card"])
def test_what_is_no_message(data):
    with pytest.raises(MalformedPacket):
        read_message(data)


def test_options_that_lie_about_their_length_are_left_out():
    assert read_message(with_options(b"\x35\x01\x02", b"\x03\xff\x01\x02")).routers == ()
    assert read_message(with_options(b"\x35\x01\x02", b"\x03")).routers == ()
    told = read_message(with_options(b"\x35\x01\x02", b"\x33\x03\1\2\3", b"\x36\x05\1\2\3\4\5", b"\x03\x06\1\2\3\4\5\6"))
    assert (told.lease_s, told.server, told.routers) == (None, None, ("1.2.3.4",))


def test_options_go_on_in_other_fields_and_in_parts():
    """RFC 2132 section 9.3, RFC 3396."""
    over = with_options(b"\x35\x01\x02", b"\x34\x01\x03", b"\xff", name=b"\x03\x04\1\2\3\4\xff", file=b"\x06\x04\5\6\7\x08\xff")
    assert (read_message(over).routers, read_message(over).name_servers) == (("1.2.3.4",), ("5.6.7.8",))
    parts = read_message(with_options(b"\x35\x01\x02", b"\x03\x02\1\2", b"\0\0", b"\x03\x02\3\4"))
    assert parts.routers == ("1.2.3.4",)


def test_a_datagram_is_for_one_port_and_has_a_checksum():
    packet = datagram(ACK, "198.18.1.1", "198.18.1.100", 67, 68)
    heard = read_datagram(packet + b"trailer", 68)
    assert (heard.message, heard.source, heard.destination, heard.packet) == (ACK, "198.18.1.1", "198.18.1.100", packet)
    wrong = packet[:-1] + b"\1"
    assert read_datagram(wrong, 68, summed=False).message == ACK
    for data, port in ((packet, 67), (wrong, 68), (packet[:100], 68), (packet[:9] + b"\6" + packet[10:], 68), (b"", 68)):
        with pytest.raises(MalformedPacket):
            read_datagram(data, port)
