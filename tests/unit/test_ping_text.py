"""The lines of ping, byte for byte."""

from __future__ import annotations

import pytest

from netlite.engines.statistics import Statistics
from netlite.records.family import IPV4, IPV6
from netlite.records.ping import Answer, RoundTrips, Summary
from netlite.records.ping_mishaps import (
    ForeignMessage,
    LocalError,
    NoAnswerYet,
    ProbeError,
    ReceiveRefused,
    SendRefused,
    WrongByte,
)
from netlite.records.ping_rounds import ProbeLeft, Progress
from netlite.records.replies import IcmpError, IcmpMessage, Origin, Quote
from netlite.render.icmp_texts import icmp_text
from netlite.render.ping import PingStyle, milliseconds, render_header, render_summary
from netlite.render.ping_lines import render_record

V4, V6 = PingStyle(IPV4), PingStyle(IPV6)
PLAIN = Answer("10.77.4.2", 1, 64, 61, 53_900)


@pytest.mark.parametrize("style, arguments, line", [
    (V4, ("10.77.4.2", "10.77.4.2", 56), "PING 10.77.4.2 (10.77.4.2) 56(84) bytes of data.\n"),
    (V4, ("h2.lab", "10.77.4.2", 56, 40), "PING h2.lab (10.77.4.2) 56(124) bytes of data.\n"),
    (V4, ("a", "10.77.4.2", 0, 0, "10.77.1.1", "e0"), "PING a (10.77.4.2) from 10.77.1.1 e0: 0(28) bytes of data.\n"),
    (V4, ("a", "10.77.4.2", 0, 0, "10.77.1.1"), "PING a (10.77.4.2) from 10.77.1.1 : 0(28) bytes of data.\n"),
    (V6, ("h2.lab", "h2.lab (fd77:4::2)", 56), "PING h2.lab(h2.lab (fd77:4::2)) 56 data bytes\n"),
    (V6, ("::1", "::1", 56, 0, "::1", "lo", 5), "PING ::1(::1) , flow 0x00005, from ::1 lo: 56 data bytes\n"),
])
def test_header(style, arguments, line):
    assert render_header(style, *arguments) == line


@pytest.mark.parametrize("changes, line", [
    ({}, "64 bytes from 10.77.4.2: icmp_seq=1 ttl=61 time=0.053 ms\n"),
    ({"ttl": None}, "64 bytes from 10.77.4.2: icmp_seq=1 time=0.053 ms\n"),
    ({"rtt_ns": None, "size_bytes": 16}, "16 bytes from 10.77.4.2: icmp_seq=1 ttl=61\n"),
    ({"duplicate": True}, "64 bytes from 10.77.4.2: icmp_seq=1 ttl=61 time=0.053 ms (DUP!)\n"),
    ({"truncated": True, "size_bytes": 48}, "48 bytes from 10.77.4.2: icmp_seq=1 ttl=61 (truncated)\n"),
    ({"bad_checksum": True, "different_address": True},
     "64 bytes from 10.77.4.2: icmp_seq=1 ttl=61 time=0.053 ms (BAD CHECKSUM!) (DIFFERENT ADDRESS!)\n"),
    ({"names": (("10.77.4.2", "h2.lab"),)}, "64 bytes from h2.lab (10.77.4.2): icmp_seq=1 ttl=61 time=0.053 ms\n"),
    ({"wrong_byte": WrongByte(20, 0x14, 0xEE), "payload": bytes(range(20)) + b"\xee" + bytes(range(21, 56))},
     "64 bytes from 10.77.4.2: icmp_seq=1 ttl=61 time=0.053 ms\nwrong data byte #20 should be 0x14 but was 0xee\n"
     "#16\t10 11 12 13 ee 15 16 17 18 19 1a 1b 1c 1d 1e 1f 20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e 2f \n"
     "#48\t30 31 32 33 34 35 36 37 \n"),
    ({"options": bytes([7, 11, 12, 10, 77, 1, 1, 10, 77, 2, 1])},
     "64 bytes from 10.77.4.2: icmp_seq=1 ttl=61 time=0.053 ms\nRR: \t10.77.1.1\n\t10.77.2.1\n\n"),
    ({"options": bytes([7, 11, 12, 10, 77, 1, 1, 10, 77, 2, 1]), "same_route": True},
     "64 bytes from 10.77.4.2: icmp_seq=1 ttl=61 time=0.053 ms\t(same route)\n"),
    ({"options": bytes([68, 12, 13, 0xF0, 0, 0, 0, 9, 0x80, 0, 0, 5])},
     "64 bytes from 10.77.4.2: icmp_seq=1 ttl=61 time=0.053 ms\nTS: \t9 absolute\n\t5 absolute not-standard\n"
     "Unrecorded hops: 15\n\n"),
    ({"options": bytes([68, 20, 21, 0x01, 10, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 12])},
     "64 bytes from 10.77.4.2: icmp_seq=1 ttl=61 time=0.053 ms\nTS: \t10.0.0.1\t9 absolute\n\t0.0.0.0\t3\n\n"),
])
def test_answer(changes, line):
    assert render_record(V4, PLAIN.replace(**changes)) == (line, "")


def test_options_change_an_answer():
    style = V4.replace(audible=True, verbose=True, identifier=4660)
    assert render_record(style, PLAIN, "[1.000002] ")[0] == \
        "[1.000002] 64 bytes from 10.77.4.2: icmp_seq=1 ident=4660 ttl=61 time=0.053 ms\a\n"


@pytest.mark.parametrize("rtt_us, text", [
    (0, "0.000"), (999, "0.999"), (1000, "1.00"), (9994, "9.99"), (9995, "10.0"), (99_949, "99.9"),
    (99_950, "100"), (1_241_499, "1241"), (1_241_500, "1242")])
def test_round_trip_times(rtt_us, text):
    assert milliseconds(rtt_us) == text


@pytest.mark.parametrize("family, kind, code, info, text", [
    (IPV4, 3, 0, 0, "Destination Net Unreachable"), (IPV4, 3, 4, 1400, "Frag needed and DF set (mtu = 1400)"),
    (IPV4, 3, 15, 0, "Precedence Cutoff"), (IPV4, 3, 16, 0, "Dest Unreachable, Bad Code: 16"),
    (IPV4, 4, 0, 0, "Source Quench"), (IPV4, 5, 1, 0, "Redirect Host(New nexthop: 192.0.2.7)"),
    (IPV4, 5, 4, 0, "Redirect, Bad Code: 4(New nexthop: 192.0.2.7)"), (IPV4, 11, 0, 0, "Time to live exceeded"),
    (IPV4, 11, 2, 0, "Time exceeded, Bad Code: 2"), (IPV4, 12, 0, 8, "Parameter problem: pointer = 8"),
    (IPV4, 40, 0, 0, "Bad ICMP type: 40"),
    (IPV6, 1, 0, 0, "Destination unreachable: No route"), (IPV6, 1, 5, 0, "Destination unreachable: Unknown code 5"),
    (IPV6, 2, 0, 1400, "Packet too big: mtu=1400"), (IPV6, 2, 7, 1400, "Packet too big: mtu=1400, code=7"),
    (IPV6, 3, 1, 0, "Time exceeded: Defragmentation failure"), (IPV6, 3, 2, 0, "Time exceeded: code 2"),
    (IPV6, 4, 2, 40, "Parameter problem: Unknown option at 40"), (IPV6, 4, 3, 40, "Parameter problem: code 3 at 40"),
    (IPV6, 200, 0, 0, "unknown icmp type: 200"),
])
def test_icmp_texts(family, kind, code, info, text):
    assert icmp_text(family, kind, code, info, "192.0.2.7") == text


def test_errors():
    error = IcmpError(Origin.ICMP, "10.77.2.2", 11, 0, errno=113)
    assert render_record(V4, ProbeError(1, error), "[9.000000] ") == \
        ("[9.000000] From 10.77.2.2 icmp_seq=1 Time to live exceeded\n", "")
    hint = error.replace(type=5, code=1, gateway="10.77.1.3")
    assert render_record(V4, ProbeError(19, hint, False))[0] == \
        "From 10.77.2.2: icmp_seq=19 Redirect Host(New nexthop: 10.77.1.3)\n"
    assert render_record(V4, LocalError(90, 1500)) == ("", "ping: local error: message too long, mtu=1500\n")
    assert render_record(V6, LocalError(90, 1500)) == ("", "ping: local error: message too long, mtu: 1500\n")
    assert render_record(V4, LocalError(113)) == ("", "ping: local error: No route to host\n")
    assert render_record(V4, SendRefused(1)) == ("", "ping: sendmsg: Operation not permitted\n")
    for style in (V4, V4.replace(flood=True)):
        assert render_record(style, ReceiveRefused(1)) == ("", "ping: recvmsg: Operation not permitted\n")
    assert render_record(V4, NoAnswerYet(9)) == ("no answer yet for icmp_seq=9\n", "")
    assert render_record(V4, ForeignMessage(IcmpMessage("10.99.3.1", 40, 0, 8)))[0] == \
        "From 10.99.3.1: Bad ICMP type: 40\n"


def test_verbose_redirect_shows_the_quoted_header():
    header = bytes.fromhex("450000548f3d40003f0176c1") + bytes((10, 77, 1, 1, 198, 51, 100, 41))
    error = IcmpError(Origin.ICMP, "10.99.3.1", 4, 0, quote=Quote(None, None, 1, header=header))
    assert render_record(V4.replace(verbose=True), ProbeError(18, error, False))[0] == """\
From 10.99.3.1: icmp_seq=18 Source Quench
Vr HL TOS  Len   ID Flg  off TTL Pro  cks      Src      Dst Data
 4  5  00 5400 3d8f   0 0040  3f  01 c176 10.77.1.1  198.51.100.41 
"""


def test_foreign_messages():
    foreign = ForeignMessage(IcmpMessage("10.99.3.1", 40, 0, 8))
    assert render_record(V4.replace(verbose=True), foreign, "[1.000002] ")[0] == \
        "1.000002 From 10.99.3.1: Bad ICMP type: 40\n"
    assert render_record(V4.replace(flood=True), foreign) == ("!E", "")


def test_flood():
    style = V4.replace(flood=True, columns=80)
    error = IcmpError(Origin.ICMP, "10.77.2.2", 11, 0, errno=113)
    texts = [render_record(style, record)[0] for record in (
        ProbeLeft(1), ProbeLeft(80), PLAIN, PLAIN.replace(bad_checksum=True), ProbeError(1, error), LocalError(90, 9))]
    assert texts == [".", "", "\b \b", "\bC", "\bE", "E"]
    assert render_record(style.replace(audible=True), PLAIN)[0] == "\b \b\a"
    assert render_record(style, NoAnswerYet(9))[0] == "no answer yet for icmp_seq=9\n"


def test_progress():
    trips = RoundTrips(40, 50, 57, 6, 43)
    assert render_record(V4, Progress(3, 3, trips))[1] == \
        "\r3/3 packets, 0% loss, min/avg/ewma/max = 0.040/0.050/0.043/0.057 ms\n"
    assert render_record(V4, Progress(3, 0))[1] == "\r0/3 packets, 100% loss\n"
    assert render_record(V4, Progress(0, 0))[1] == "\r0/0 packets, 0% loss\n"


@pytest.mark.parametrize("summary, text", [
    (Summary(0, 0, 0, 0, 0, 0), "0 packets transmitted, 0 received\n\n"),
    (Summary(3, 0, 0, 0, 3, 2_033_600_000, pipe=3),
     "3 packets transmitted, 0 received, +3 errors, 100% packet loss, time 2034ms\npipe 3\n"),
    (Summary(18, 17, 2, 1, 0, 1_767_000_000, RoundTrips(0, 76_388, 1_234_794, 275_056, 1)),
     "18 packets transmitted, 17 received, +2 duplicates, +1 corrupted, 5.55556% packet loss, time 1767ms\n"
     "rtt min/avg/max/mdev = 0.000/76.388/1234.794/275.056 ms\n"),
    (Summary(3, 3, 0, 0, 0, 108_000, RoundTrips(9, 22, 49, 18, 39), 3, 54, 39),
     "3 packets transmitted, 3 received, 0% packet loss, time 0ms\n"
     "rtt min/avg/max/mdev = 0.009/0.022/0.049/0.018 ms, pipe 3, ipg/ewma 0.054/0.039 ms\n"),
])
def test_summary(summary, text):
    assert render_summary("h", summary) == f"\n--- h ping statistics ---\n{text}"


def test_statistics_are_those_of_iputils():
    """Figures of a captured run: 0.050, 0.012, 0.009 and 0.049 ms and so on give these means."""
    statistics = Statistics()
    for rtt_us in (49, 10, 9):
        statistics.sent()
        statistics.received += 1
        statistics.round_trip(rtt_us)
    assert statistics.round_trips() == RoundTrips(9, 22, 49, 18, 39)
