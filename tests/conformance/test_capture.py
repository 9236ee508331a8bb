"""The lines that packets become, and the masks over them."""

from __future__ import annotations

from capture import describe
from masks import masks_for

ECHO = bytes.fromhex("4500002c00004000400100000a4d01010a4d0402" "0800f7ff12340001" + "00" * 8 + "08090a0b0c0d0e0f")
SYN = bytes.fromhex("60054321 0018 06 01 fd770001000000000000000000000001 fd770004000000000000000000000002"
                    "c3500050 01020304 00000000 6002 16d0 0000 0000 020405b4".replace(" ", ""))
ADVERTISEMENT = bytes.fromhex("6000000000183aff" + "00" * 32 + "88000000" + "00" * 20)


def test_an_echo_request_names_its_fields():
    assert describe(ECHO) == ("IPv4 10.77.1.1 > 10.77.4.2 tos=0x0 ttl=64 length=44 df=1 icmp 8/0 id=4660 seq=1 "
                              "data=000000000000000008090a0b0c0d0e0f")


def test_identifier_and_stamp_are_masked():
    assert masks_for("ping")(describe(ECHO)).endswith("icmp 8/0 id=# seq=1 data=#")
    assert "id=4660" in masks_for("ping", without=["icmp_id"])(describe(ECHO))


def test_a_syn_shows_flags_and_options():
    line = masks_for("traceroute")(describe(SYN))
    assert line == ("IPv6 fd77:1::1 > fd77:4::2 tos=0x0 flow=# ttl=1 length=24 tcp # > 80 seq=# ack=0 flags=0x002 "
                    "window=5840 urgent=0 options=2:05b4 data=")


def test_neighbour_discovery_is_the_kernels_affair():
    assert describe(ADVERTISEMENT) == ""


def test_a_timestamp_option_shows_addresses_and_no_times():
    options = bytes.fromhex("440c0d01" "0a4d0101" "02ec92ca")
    packet = bytes([0x48]) + ECHO[1:2] + (len(ECHO) + 12).to_bytes(2, "big") + ECHO[4:20] + options + ECHO[20:]
    assert "options=440c0d01 0a4d0101 " in describe(packet)


def test_a_round_trip_time_is_masked_and_its_place_kept():
    text = "64 bytes from 10.77.4.2: icmp_seq=1 ttl=61 time=0.123 ms\n"
    assert masks_for("ping")(text) == "64 bytes from 10.77.4.2: icmp_seq=1 ttl=61 time=# ms\n"
