"""The search for the path MTU in virtual time, with answers that no simulated router gives."""

from __future__ import annotations

import pytest
from engine_player import MS, Player

from netlite.engines.path_mtu import PathMtu
from netlite.engines.path_mtu_config import PathMtuConfig
from netlite.records.echo_links import EchoReply
from netlite.records.family import IPV4, IPV6
from netlite.records.path_mtu import Fate, PathMtuResult, SizeTried
from netlite.records.replies import IcmpError, Origin, Quote

EADDRINUSE, EMSGSIZE = 98, 90
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


@pytest.mark.parametrize("method", ["icmp", "udp"])
@pytest.mark.parametrize("delay_ms", range(500, 20_000, 250))
def test_what_was_slow_is_no_black_hole_however_late_it_comes(delay_ms, method):
    """Also while the narrow place is looked for, and in the middle of the other flows."""
    *records, result = play(lambda probe, size: [(1 if size <= 1280 else delay_ms, answer(probe))], method=method)
    assert result.mtu_bytes in (1280, 1500)
    lost = result.mtu_bytes == 1280
    assert (result.black_hole, bool(result.narrowings)) == (lost, lost), result


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


def search(fate, family=IPV4, **settings):
    """A search by UDP from port 40000 with other flows: (reports, probes); `fate(probe)` tells what arrives in time."""
    def fate_ns(probe, at_ns):
        if probe.size_bytes > LOCAL_BYTES:
            return EMSGSIZE, [(0, IcmpError(Origin.LOCAL, None, 0, 0, LOCAL_BYTES, EMSGSIZE))]
        reply = fate(probe, at_ns)
        return [] if reply is None else [(MS, reply)]

    config = PathMtuConfig("host", HOST[family], family, "udp", source_port=40000, **settings)
    run = Player(PathMtu(config), fate_ns, numbered=True).run()
    return run.reports, run.probes


def closed(family=IPV4):
    origin, kind, code = CLOSED[family]
    return IcmpError(origin, HOST[family], kind, code, quote=Quote(None, None, 17))


@pytest.mark.parametrize("lost_above", [1500, 1400, 600, 0])
@pytest.mark.parametrize("source_port", [40000, 65535])
def test_all_probes_of_a_search_are_one_flow(lost_above, source_port):
    config = PathMtuConfig("host", HOST[IPV4], IPV4, "udp", source_port=source_port, max_hops=4)
    run = Player(PathMtu(config), lambda probe, at_ns: [(MS, closed())] if probe.size_bytes <= lost_above else [],
                 numbered=True).run()
    assert {(probe.source_port, probe.port) for probe in run.probes} == {(source_port, 33434)}


def narrow(probe, at_ns):
    """Odd flows take a way of 1300."""
    return closed() if probe.size_bytes <= (1300 if probe.source_port & 1 else 1500) else None


def narrow_and_said(probe, at_ns):
    return narrow(probe, at_ns) or IcmpError(Origin.ICMP, ROUTER, 3, 4, 1300, quote=Quote(None, None, 17))


@pytest.mark.parametrize("fate", [narrow, narrow_and_said])
def test_other_ways_that_are_narrower_are_told(fate):
    *records, result = search(fate, other_flows=5)[0]
    assert (result.mtu_bytes, result.other_flows, result.narrower_flows, result.wider_flows) == (1500, 5, 3, 0)
    assert [(each.flow, each.size_bytes) for each in records if type(each) is SizeTried and each.flow] == [
        (1, 1500), (3, 1500), (5, 1500)]


def test_other_ways_that_are_wider_are_told():
    *_, result = search(lambda probe, at_ns: narrow(probe.replace(source_port=probe.source_port + 1), at_ns), other_flows=5)[0]
    assert (result.mtu_bytes, result.other_flows, result.narrower_flows, result.wider_flows) == (1300, 5, 0, 3)


def test_a_host_that_limits_its_errors_is_no_other_way():
    """Six at once, then one a second, as Linux does it."""
    tokens = {"left": 6.0, "at": 0}

    def limited(probe, at_ns):
        tokens["left"] = min(6.0, tokens["left"] + (at_ns - tokens["at"]) / 1e9)
        tokens["at"] = at_ns
        if tokens["left"] < 1:
            return None
        tokens["left"] -= 1
        return closed()

    *_, result = search(limited, other_flows=5)[0]
    assert (result.mtu_bytes, result.narrower_flows, result.wider_flows, result.black_hole) == (1500, 0, 0, False)


def test_a_port_that_somebody_has_is_no_flow():
    config = PathMtuConfig("host", HOST[IPV4], IPV4, "udp", source_port=40000, other_flows=5)
    run = Player(PathMtu(config), lambda probe, at_ns: EADDRINUSE if probe.source_port in (40002, 40005) else
                 [(MS, closed())], numbered=True).run()
    assert (run.reports[-1].other_flows, run.reports[-1].narrower_flows) == (3, 0)


@pytest.mark.parametrize("family, too_big", [(IPV4, (Origin.ICMP, 3, 4)), (IPV6, (Origin.ICMP6, 2, 0))])
@pytest.mark.parametrize("hop", [1, 2, 3])
def test_a_router_that_looks_at_the_size_first_is_not_this_host(family, too_big, hop):
    """Hops before `hop` let all sizes through; the router there reports, whatever the TTL."""
    def fate(probe, at_ns):
        if probe.ttl < hop:
            return IcmpError(too_big[0], f"10.0.0.{probe.ttl}", 11 if family is IPV4 else 3, 0, quote=Quote(None, None, 17))
        if probe.size_bytes > 1400:
            return IcmpError(too_big[0], ROUTER, *too_big[1:], 1400, quote=Quote(None, None, 17))
        return closed(family)

    *_, result = search(fate, family)[0]
    assert result.mtu_bytes == 1400
    assert [(each.source, each.first_hop) for each in result.narrowings] == [(ROUTER, max(1, hop - 1))]
