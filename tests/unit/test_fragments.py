"""Fragments and frames at the far end of a host's wire."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlite.feature_errors import MalformedPacket
from netlite.lab.memory.fragments import Reassembly, cut
from netlite.lab.scene.topology import chain
from netlite.lab.userspace.frames import Port
from netlite.packets.checksum import is_valid
from netlite.packets.wire_format import icmp_packet, ip_packet

ENDS = {4: ("198.18.1.1", "198.18.2.2"), 6: ("2001:db8:1::1", "2001:db8:2::2")}
HOST_CARD = bytes.fromhex("020000000101")


@given(st.sampled_from((4, 6)), st.integers(0, 9000), st.integers(1280, 1500), st.randoms())
def test_what_is_cut_is_put_together(version, size_bytes, mtu_bytes, random):
    packet = ip_packet(*ENDS[version], 17, bytes(index % 251 for index in range(size_bytes)))
    pieces = cut(packet, mtu_bytes, 7)
    assert all(len(piece) <= mtu_bytes for piece in pieces)
    assert version == 6 or all(is_valid(piece[:20]) for piece in pieces)
    random.shuffle(pieces)
    reassembly = Reassembly()
    whole = [reassembly.add(piece) for piece in pieces]
    assert whole[:-1] == [None] * (len(pieces) - 1)
    got, piece_bytes = whole[-1]
    assert got[40 if version == 6 else 20:] == packet[40 if version == 6 else 20:]
    assert got[:4] == packet[:4]
    assert piece_bytes == (0 if version == 4 else max(map(len, pieces)))


def test_a_packet_that_must_not_be_cut_stays_whole():
    packet = ip_packet(*ENDS[4], 17, bytes(100), dont_fragment=True)
    assert Reassembly().add(packet) == (packet, 120)


def test_what_never_gets_complete_is_forgotten():
    reassembly = Reassembly()
    for number in range(1000):
        assert reassembly.add(cut(ip_packet(*ENDS[4], 17, bytes(3000)), 1500, number)[0]) is None
    assert len(reassembly._parts) <= 64


def port() -> Port:
    return Port(chain(1).interfaces("client")[0])


def test_arp_is_answered_for_neighbours_alone():
    body = bytes.fromhex("0001080006040001") + HOST_CARD + bytes((198, 18, 1, 1)) + bytes(6) + bytes((198, 18, 1, 2))
    frame = b"\xff" * 6 + HOST_CARD + b"\x08\x06" + body
    far = port()
    packet, reply = far.unwrap(frame, lambda address: address == "198.18.1.2")
    assert packet is None
    assert reply == (HOST_CARD + far.card + b"\x08\x06" + bytes.fromhex("0001080006040002") + far.card
                     + bytes((198, 18, 1, 2)) + HOST_CARD + bytes((198, 18, 1, 1)))
    assert far.unwrap(frame, lambda address: False) == (None, None)


def test_neighbour_solicitations_are_answered():
    far = port()
    asked = icmp_packet("2001:db8:1::1", "2001:db8:1::2", 135, 0,
                        bytes(4) + bytes.fromhex("20010db8000100000000000000000002") + b"\x01\x01" + HOST_CARD, 255)
    packet, reply = far.unwrap(far.card + HOST_CARD + b"\x86\xdd" + asked, lambda address: address == "2001:db8:1::2")
    assert packet is None
    assert reply[:14] == HOST_CARD + far.card + b"\x86\xdd"
    assert reply[54] == 136 and reply[-6:] == far.card and reply[21] == 255


def test_packets_come_out_of_frames_and_go_into_them():
    far, packet = port(), ip_packet(*ENDS[4], 17, b"1234")
    frame = far.card + HOST_CARD + b"\x08\x00" + packet + bytes(30)  # short frames are padded
    assert far.unwrap(frame, lambda address: True) == (packet, None)
    assert far.wrap(packet) == HOST_CARD + far.card + b"\x08\x00" + packet


@given(st.binary(max_size=100), st.sampled_from((b"\x08\x00", b"\x08\x06", b"\x86\xdd", b"\x12\x34")))
def test_any_frame_is_survived(rest, kind):
    port().unwrap(b"\x02" * 12 + kind + rest, lambda address: True)


@given(st.sampled_from((4, 6)), st.integers(1, 60))
def test_what_is_cut_off_is_no_packet(version, size_bytes):
    """A raw socket may send anything."""
    data = ip_packet(*ENDS[version], 44, bytes(60))[:size_bytes]
    try:
        Reassembly().add(data)
    except MalformedPacket:
        assert len(data) < 48


@pytest.mark.parametrize("packet", [b"", b"\x45", b"6nl\0\0\1\2\0\7\0\0\1" + bytes(20), b"\x60" + bytes(38), b"\x60" + bytes(5) + b"," + bytes(40)])
def test_short_packets_are_told(packet):
    with pytest.raises(MalformedPacket):
        Reassembly().add(packet)
