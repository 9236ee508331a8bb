"""What traceroute writes for each record."""

from __future__ import annotations

import pytest

from netlite.records.extensions import IcmpObject
from netlite.records.replies import IcmpError, Origin
from netlite.records.traceroute import ProbeResult, TraceDone, TraceFailed, TraceHeader, hops_back
from netlite.render.traceroute import TracerouteText, error_flag

ANSWER = ProbeResult(3, 0, 7, "192.0.2.1", rtt_ns=1_234_567, ttl=62)
MPLS = (IcmpObject(1, 1, bytes.fromhex("05dc2afe" "000101fe")), IcmpObject(2, 10, bytes.fromhex("000000010a630301")))


def test_header_and_end():
    text = TracerouteText()
    assert text.render(TraceHeader("host", "192.0.2.9", 30, 60)) == (
        "traceroute to host (192.0.2.9), 30 hops max, 60 byte packets")
    assert text.render(TraceDone(True)) == "\n"
    assert text.render(TraceFailed("connect", 101)) == ""


@pytest.mark.parametrize("result, numeric, named", [
    (ANSWER, "\n 3  192.0.2.1  1.235 ms", "\n 3  192.0.2.1 (192.0.2.1)  1.235 ms"),
    (ANSWER.replace(name="r.lab"), "\n 3  192.0.2.1  1.235 ms", "\n 3  r.lab (192.0.2.1)  1.235 ms"),
    (ANSWER.replace(query=1), " 192.0.2.1  1.235 ms", " 192.0.2.1 (192.0.2.1)  1.235 ms"),
    (ANSWER.replace(query=1, repeats=True), "  1.235 ms", "  1.235 ms"),
    (ProbeResult(12, 0), "\n12  *", "\n12  *"),
    (ProbeResult(120, 1), " *", " *"),
    (ANSWER.replace(path_mtu_bytes=1400), "\n 3  192.0.2.1  1.235 ms F=1400", None),
    (ANSWER.replace(path_mtu_bytes=1300, error=IcmpError(Origin.ICMP, "192.0.2.1", 3, 2)), "\n 3  192.0.2.1  1.235 ms !P", None),
    (ANSWER.replace(source=None, error=IcmpError(Origin.LOCAL, None, 0, 0, 1500, 90)), "\n 3  *  1.235 ms !F-1500", None),
    (ANSWER.replace(error=IcmpError(Origin.ICMP, "192.0.2.1", 3, 1)), "\n 3  192.0.2.1  1.235 ms !H", None),
    (ANSWER.replace(error=IcmpError(Origin.ICMP, "192.0.2.1", 11, 0)), "\n 3  192.0.2.1  1.235 ms", None),
    (ANSWER.replace(as_path="AS1/AS2", tcp_flags=2), "\n 3  192.0.2.1 [AS1/AS2] <syn>  1.235 ms", None),
    (ANSWER.replace(tcp_flags=0x12), "\n 3  192.0.2.1 <syn,ack>  1.235 ms", None),
    (ANSWER.replace(tcp_flags=0xFF), "\n 3  192.0.2.1 <fin,syn,rst,psh,ack,urg,ece,cwr>  1.235 ms", None),
])
def test_probes(result, numeric, named):
    assert TracerouteText(numeric=True).render(result) == numeric
    assert named is None or TracerouteText().render(result) == named


def test_extensions_and_the_way_back():
    result = ANSWER.replace(extensions=MPLS, ttl=250)
    assert TracerouteText(True).render(result) == "\n 3  192.0.2.1  1.235 ms"
    assert TracerouteText(True, extensions=True).render(result) == (
        "\n 3  192.0.2.1 <MPLS:L=24002,E=5,S=0,T=254/L=16,E=0,S=1,T=254;2/10:00000001,0a630301>  1.235 ms")
    assert TracerouteText(True, back=True).render(result) == "\n 3  192.0.2.1 '-6'  1.235 ms"
    assert TracerouteText(True, back=True).render(ANSWER) == "\n 3  192.0.2.1  1.235 ms"


FLAGS4 = {0: "!N", 1: "!H", 2: "!P", 3: "", 4: "!F-1400", 5: "!S", 6: "!N", 7: "!H", 8: "!N", 9: "!X", 10: "!X", 11: "!N",
          12: "!H", 13: "!X", 14: "!V", 15: "!C", 16: "!<16>", 255: "!<255>"}
FLAGS6 = {0: "!N", 1: "!X", 2: "!H", 3: "!H", 4: "", 5: "!<5>", 6: "!<6>", 7: "!<7>"}


@pytest.mark.parametrize("origin, kind, flags", [(Origin.ICMP, 3, FLAGS4), (Origin.ICMP6, 1, FLAGS6)])
def test_flags_of_unreachable_codes(origin, kind, flags):
    assert {code: error_flag(IcmpError(origin, "a", kind, code, 1400)) for code in flags} == flags


@pytest.mark.parametrize("origin, kind, code, flag", [
    (Origin.ICMP, 11, 0, ""), (Origin.ICMP, 11, 1, "!<11-1>"), (Origin.ICMP, 12, 0, "!<12-0>"),
    (Origin.ICMP6, 3, 0, ""), (Origin.ICMP6, 3, 1, "!<3-1>"), (Origin.ICMP6, 2, 0, "!F-1400"), (Origin.ICMP6, 4, 1, "!<4-1>"),
    (Origin.LOCAL, 0, 0, "!F-1400")])
def test_flags_of_other_errors(origin, kind, code, flag):
    assert error_flag(IcmpError(origin, "a", kind, code, 1400)) == flag


@pytest.mark.parametrize("info, flag", [(0, "!F-0"), (2**31 - 1, "!F-2147483647"), (2**31, "!F--2147483648"), (2**32 - 1, "!F--1")])
def test_a_path_mtu_beyond_an_int(info, flag):
    assert error_flag(IcmpError(Origin.ICMP6, "a", 2, 0, info)) == flag


@pytest.mark.parametrize("ttl, hops", [(64, 1), (60, 5), (65, 64), (128, 1), (129, 127), (255, 1), (1, 64)])
def test_hops_back(ttl, hops):
    assert hops_back(ttl) == hops
