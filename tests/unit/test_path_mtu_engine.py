"""The search for the path MTU in virtual time, with answers that no simulated router gives."""

from __future__ import annotations

import pytest
from engine_player import MS, Player

from netlite.engines.path_mtu import PathMtu, PathMtuConfig
from netlite.records.family import IPV4, IPV6
from netlite.records.path_mtu import Fate, PathMtuResult, SizeTried
from netlite.records.replies import EchoReply, IcmpError, Origin, Quote

EMSGSIZE = 90
HOST = {IPV4: "192.0.2.1", IPV6: "2001:db8::1"}
ROUTER = "192.0.2.254"
LOCAL_BYTES = 1500


def play(fate, family=IPV4, method="icmp"):
    """The records of a search; `fate(probe, size)` gives what comes back for a probe: (delay in ms, reply or error)."""
    def fate_ns(probe, at_ns):
        size = probe.size_bytes + (family.header_bytes + 8 if method == "icmp" else 0)
        if size > LOCAL_BYTES:
            return EMSGSIZE, [(0, IcmpError(Origin.LOCAL, None, 0, 0, LOCAL_BYTES, EMSGSIZE))]
        return [(delay_ms * MS, reply) for delay_ms, reply in fate(probe, size)]

    return Player(PathMtu(PathMtuConfig("host", HOST[family], family, method)), fate_ns, numbered=True).run().reports


def answer(probe, family=IPV4):
    return EchoReply(HOST[family], 1, getattr(probe, "sequence", 0), probe.size_bytes)


def error(probe, kind, code, source=ROUTER, origin=Origin.ICMP):
    return IcmpError(origin, source, kind, code, quote=Quote(None, None, 1, sequence=getattr(probe, "sequence", None)))


def fates(records):
    return [(each.size_bytes, each.fate, each.source) for each in records if type(each) is SizeTried]


@pytest.mark.parametrize("origin, kind", [(Origin.ICMP, 5), (Origin.ICMP, 4), (Origin.ICMP6, 137)])
@pytest.mark.parametrize("method", ["icmp", "udp"])
def test_a_hint_is_no_verdict(origin, kind, method):
    *records, result = play(lambda probe, size: [(1, error(probe, kind, 1, origin=origin)), (20, answer(probe))],
                            method=method)
    assert {fate for _, fate, _ in fates(records)} == {Fate.ARRIVED}
    assert result == PathMtuResult(1500, 1500, probes=result.probes)


@pytest.mark.parametrize("kind, code", [(3, 1), (3, 13), (3, 3), (12, 0)])
def test_an_answer_counts_more_than_an_error_before_it(kind, code):
    *records, result = play(lambda probe, size: [(1, error(probe, kind, code)), (20, answer(probe))])
    assert {(fate, source) for _, fate, source in fates(records)} == {(Fate.ARRIVED, HOST[IPV4])}
    assert (result.mtu_bytes, result.black_hole) == (1500, False)


def test_what_is_unreachable_stays_so():
    *records, result = play(lambda probe, size: [(1, error(probe, 3, 1)), (2, error(probe, 3, 0, "192.0.2.77"))])
    assert {(fate, source) for _, fate, source in fates(records)} == {(Fate.UNREACHABLE, ROUTER)}
    assert result.mtu_bytes is None


CLOSED = {IPV4: (Origin.ICMP, 3, 3), IPV6: (Origin.ICMP6, 1, 4)}


@pytest.mark.parametrize("family", [IPV4, IPV6], ids=["IPv4", "IPv6"])
@pytest.mark.parametrize("method, source, arrives", [
    ("udp", "host", True), ("udp", ROUTER, False), ("udp", "fe80::1%eth0", False),
    ("icmp", "host", False), ("icmp", ROUTER, False)])
def test_a_closed_port_proves_arrival_of_udp_at_the_host_alone(family, method, source, arrives):
    origin, kind, code = CLOSED[family]
    who = HOST[family] if source == "host" else source
    *records, result = play(lambda probe, size: [(1, error(probe, kind, code, who, origin))], family, method)
    assert {(fate, told) for _, fate, told in fates(records)} == {(Fate.ARRIVED if arrives else Fate.UNREACHABLE, who)}
    assert result.mtu_bytes == (1500 if arrives else None)
