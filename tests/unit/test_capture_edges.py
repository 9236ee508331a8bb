"""What is told of packets of a capture that are cut, odd or many, and of those that say more than most."""

from __future__ import annotations

from struct import pack

import pytest
from test_capture_files import ECHO, REPLY, ethernet, pcap, pcapng, tcp, text_of

from netlite.packets.capture_files import read_capture
from netlite.packets.templates import make_echo
from netlite.packets.wire_format import icmp_error, icmp_packet, ip_packet
from netlite.teach.capture_report import capture_text


def told(data: bytes, **how) -> str:
    return " ".join(capture_text(read_capture(data), **how).split())


def test_a_frame_of_which_the_file_has_a_part_says_so():
    whole = pcap([(0, ECHO)], linktype=101)
    cut = whole[:24] + pack("<IIII", 0, 0, len(ECHO), 1500) + ECHO
    assert f"The file holds {len(ECHO)} of its 1500 bytes." in told(cut) and "The file holds" not in told(whole)


@pytest.mark.parametrize("length, said", [(8, "192.0.2.9:9 no bytes by UDP"), (7, "192.0.2.9: a UDP datagram that is cut off."), (0, "a UDP datagram that is cut off.")])
def test_a_datagram_without_a_whole_header_has_no_ports(length, said):
    assert said in text_of(ip_packet("192.0.2.1", "192.0.2.9", 17, pack("!HHHH", 7, 9, 8, 0)[:length]))


@pytest.mark.parametrize("length, cut", [(8, False), (7, True), (0, True)])
def test_a_message_without_a_whole_header_is_cut_off(length, cut):
    text = text_of(ip_packet("192.0.2.1", "192.0.2.9", 1, make_echo(4, 7, 1, b"", "192.0.2.1", "192.0.2.9")[:length]))
    assert ("an ICMP message that is cut off" in text) == cut and ("asks 192.0.2.9 for an echo" in text) != cut


def test_too_big_names_the_size_and_others_none():
    big = icmp_packet("192.0.2.254", "192.0.2.1", 3, 4, pack("!HH", 0, 1400) + ECHO)
    text = text_of(ECHO, big)
    assert "The size that would fit: 1400 bytes." in text and text.count("It is about a packet from 192.0.2.1 to 192.0.2.9, packet 1") == 1
    assert "The size that would fit" not in text_of(ECHO, icmp_error("192.0.2.254", "192.0.2.1", 11, 0, ECHO))
    assert "It is about" not in text_of(icmp_packet("192.0.2.254", "192.0.2.1", 5, 1, bytes(4)))


def test_each_version_of_icmp_has_its_name():
    six = ip_packet("2001:db8::1", "2001:db8::2", 58, make_echo(6, 7, 1, b"", "2001:db8::1", "2001:db8::2"))
    assert "Of these 1 ICMP, 1 ICMPv6." in text_of(ECHO, six) and "hop limit 64" in text_of(six)


@pytest.mark.parametrize("ttl, said", [(1, "it probably crossed 63 routers"), (64, "it probably crossed no routers"), (255, "it probably crossed no routers"), (0, None)])
def test_a_ttl_of_nothing_tells_no_way(ttl, said):
    text = text_of(REPLY[:8] + bytes((ttl,)) + REPLY[9:])
    assert (said in text) if said else "crossed" not in text


def test_data_with_the_last_word_is_counted():
    assert "has said all to 192.0.2.9:80 (http) (FIN), with 3 bytes of data." in text_of(tcp(0x11, b"abc"))
    assert "(FIN)." in text_of(tcp(0x11))


def arp(operation: int, sender=(192, 0, 2, 1), target=(192, 0, 2, 9)) -> bytes:
    return ethernet(bytes.fromhex("000108000604") + pack("!H", operation) + bytes(6) + bytes(sender) + bytes(6) + bytes(target), 0x0806)


@pytest.mark.parametrize("frame, said", [
    (arp(2), "192.0.2.1 tells 192.0.2.9 that its hardware address is"), (arp(1), "asks all on the wire who has 192.0.2.9"),
    (arp(1, target=(192, 0, 2, 1)), "(ARP announcement)"), (arp(1, sender=(0, 0, 0, 0)), "(ARP probe)"),
    (arp(9), "ARP operation 9 of 192.0.2.1, about 192.0.2.9."), (arp(1)[:40], "An ARP packet that is cut off, or not about IPv4"),
    (arp(1).replace(bytes.fromhex("000108000604"), bytes.fromhex("000608000604")), "An ARP packet that is cut off, or not about IPv4")])
def test_arp_is_told_by_what_it_says(frame, said):
    assert said in text_of(frame, linktype=1)


def test_who_sent_a_frame_that_is_not_explained():
    assert "A frame from 06:07:08:09:0a:0b with EtherType 0x88cc" in text_of(ethernet(b"x", 0x88CC), linktype=1)


@pytest.mark.parametrize("addresses, said", [(6, None), (7, "2 more addresses take part.")])
def test_of_many_addresses_twelve_are_named(addresses, said):
    frames = [ip_packet(f"192.0.2.{place}", f"198.18.0.{place}", 17, bytes(8)) for place in range(1, addresses + 1)]
    text = text_of(*frames)
    assert (said in text) if said else "take part" not in text


def test_comments_are_told_and_their_absence_is_not():
    assert "(comment: seen by r1)" in told(pcapng([(0, ECHO)], linktype=101, comment="seen by r1"))
    assert "comment" not in told(pcapng([(0, ECHO)], linktype=101))


def test_an_empty_file_has_no_kinds_and_no_time():
    assert told(pcap([], linktype=101)) == "* no packets in a pcap file."
