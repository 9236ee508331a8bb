"""A thousand runs in one event loop, some of them to hosts that are dead: every count is exact, descriptors stay few."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from quick_lab import Lab

from netlite.lab.scene.parts import Action, Node, Rule, Wire
from netlite.lab.scene.topology import Topology

ROOT = Path(__file__).resolve().parents[2]
RANGE = "net/ipv4/ping_group_range"
BOTH_KINDS = pytest.mark.parametrize("kind", ["raw", "datagram"])
SILENT = ("198.18.2.66", "2001:db8:2::66")  # what goes there is dropped

HEAD = """
import asyncio, os, sys, netlite
from netlite import aio
ALIVE = [f"127.0.{number // 200}.{number % 200 + 1}" for number in range(800)] + ["198.18.2.2", "2001:db8:2::2"]
SILENT = {silent!r}
HOSTS = [*ALIVE, *[SILENT[number % 2] for number in range(1000 - len(ALIVE))]]

def descriptors():
    return len(os.listdir("/proc/self/fd"))

netlite.World().network.keep_stamping()  # one descriptor, for good


def threads():
    return len(os.listdir("/proc/self/task"))
"""


@pytest.fixture(scope="module")
def lab(labs):
    rules = tuple(Rule(Action.DROP, destination=f"{address}/{128 if ':' in address else 32}") for address in SILENT)
    nodes = [Node("client"), Node("r1", True, rules=rules), Node("server")]
    with Lab(Topology(nodes, [Wire(("client", "r1")), Wire(("r1", "server"))], "atonce")) as built:
        yield built


@pytest.fixture
def run(lab):
    """run(kind, code): what a program on the library prints, evaluated."""
    def run(kind: str, code: str) -> object:
        lab.setting("client", RANGE, "1 0" if kind == "raw" else "0 0")
        path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
        done = lab.run("client", [sys.executable, "-W", "error", "-c", HEAD.replace("{silent!r}", repr(SILENT)) + code],
                       env={"PYTHONPATH": path})
        assert (done.stderr, done.returncode) == ("", 0)
        return eval(done.stdout)

    return run


PINGS = """
async def main():
    before, most = descriptors(), 0
    async def one(host):
        nonlocal most
        kinds = [each.kind async for each in aio.ping(host, count=3, interval_s=0.05, timeout_s=2)]
        most = max(most, descriptors())
        return host, kinds
    told = await asyncio.gather(*[one(host) for host in HOSTS])
    wrong = [(host, kinds) for host, kinds in told if kinds != ["lost" if host in SILENT else "answer"] * 3]
    return wrong, most - before, descriptors() - before, threads()
print(asyncio.run(main()))
"""


@BOTH_KINDS
def test_a_thousand_pings_share_a_socket_a_family(run, kind):
    wrong, most, left, threads = run(kind, PINGS)
    assert (wrong, left, threads) == ([], 0, 1)
    assert most == 2


MANY = """
async def main():
    before = descriptors()
    told = [each async for each in aio.ping_many(HOSTS, count=2, interval_s=0.05, timeout_s=2, rate=0)]
    return sorted(each.host for each in told) == sorted(HOSTS), [
        each.host for each in told if (each.sent, each.received, each.lost) != ((2, 0, 2) if each.host in SILENT else (2, 2, 0))
    ], descriptors() - before
first = asyncio.run(main())
told = list(netlite.ping_many(HOSTS, count=2, interval_s=0.05, timeout_s=2, rate=0))
print((first, [each.host for each in told if (each.received, each.duplicates, each.late) != (0 if each.host in SILENT else 2, 0, 0)]))
"""


@BOTH_KINDS
def test_many_hosts_in_one_run(run, kind):
    (complete, wrong, left), wrong_here = run(kind, MANY)
    assert (complete, wrong, wrong_here, left) == (True, [], [], 0)


CANCELLED = """
async def endless(host):
    async for _ in aio.ping(host, count=None, interval_s=0.01, timeout_s=30): pass

async def trace():
    await aio.traceroute(SILENT[0], timeout_s=30, names=True)

async def many():
    async for _ in aio.ping_many([SILENT[0]] * 50, count=5, timeout_s=30): pass

async def watch():
    async for _ in aio.changes(): pass

async def search():
    await aio.path_mtu(SILENT[0], timeout_s=30)

async def main():
    before = descriptors()
    told = []
    for rounds in range(20):
        tasks = [asyncio.create_task(each) for each in (endless("127.0.0.1"), endless(SILENT[0]), trace(), many(), watch(), search())]
        await asyncio.sleep(rounds / 1000)
        for task in tasks: task.cancel()
        told += await asyncio.gather(*tasks, return_exceptions=True)
    kinds = {type(each).__name__ for each in told}
    del tasks, told
    open_now = descriptors() - before
    abandoned = asyncio.create_task(endless(SILENT[0]))  # asyncio.run ends it
    await asyncio.sleep(0.01)
    for _ in range(500):  # those that looked names up are ending
        if threads() == 1: break
        await asyncio.sleep(0.01)
    return kinds, open_now, threads()
at_first = descriptors()
print((asyncio.run(main()), descriptors() - at_first))
"""


@BOTH_KINDS
def test_whoever_is_cancelled_leaves_nothing(run, kind):
    assert run(kind, CANCELLED) == (({"CancelledError"}, 0, 1), 0)


BOUNDS = """
async def main():
    async with aio.Prober(rate=200, in_flight=5) as prober:
        runs = [prober.ping(host, count=1, timeout_s=1) for host in [SILENT[0]] * 12 + ALIVE[:12]]
        results = await asyncio.gather(*[run.finish() for run in runs])
        return [(each.sent, each.received, each.lost) for each in results]
print(asyncio.run(main()))
"""


def test_bounds_hold_back_and_lose_nothing(run):
    assert run("datagram", BOUNDS) == [(1, 0, 1)] * 12 + [(1, 1, 0)] * 12


MIXED = """
async def main():
    way = [("198.18.1.2", "router"), ("198.18.2.2", "reached")]
    traces = [aio.traceroute("198.18.2.2", method=method, paris=paris, queries=1, port=33434 if method == "udp" else 7)
              for method, paris in (("udp", False), ("udp", True), ("icmp", False), ("icmp", True), ("tcp", False))]
    mtus = [aio.path_mtu("198.18.2.2", method=method) for method in ("icmp", "udp")]
    path = aio.tracepath("198.18.2.2")
    told = await asyncio.gather(*traces, *mtus, path)
    return ([[(each.source, each.kind) for each in hops] == way for hops in told[:5]],
            [each[-1].mtu_bytes for each in told[5:7]], told[7][-1].pmtu_bytes, [each.reached for each in traces])
print(asyncio.run(main()))
"""


@BOTH_KINDS
def test_every_kind_of_run_at_once(run, kind):
    assert run(kind, MIXED) == ([True] * 5, [1500, 1500], 1500, [True] * 5)


ERRORS = """
def kinds(host, **more):
    run = netlite.ping(host, count=2, interval_s=0.01, timeout_s=0.5, **more)
    return [(each.kind, each.errno, each.mtu_bytes) for each in run], run.result.errors, run.result.reason
print([kinds("203.0.113.1"), kinds("198.18.1.2", size_bytes=65000, ttl=3), kinds("2001:db8:77::1")])
"""


def test_no_route_is_a_verdict(lab, run):
    """Nothing is raised for what befalls a probe, our own kernel's refusals included."""
    lab.run("client", ["ip", "route", "del", "default"])
    lab.run("client", ["ip", "-6", "route", "del", "default"])
    try:
        none, large, none6 = run("datagram", ERRORS)
        assert none == none6 == ([("refused", 101, None)] * 2, 2, "Network is unreachable")
        assert large == ([("answer", None, None)] * 2, 0, None)
    finally:
        lab.run("client", ["ip", "route", "add", "default", "via", "198.18.1.2"])
        lab.run("client", ["ip", "-6", "route", "add", "default", "via", "2001:db8:1::2"])


NEIGHBOURS = """
NOBODY = [f"198.18.1.{number}" for number in range(100, 160)]  # ARP finds out in some seconds that they are not there
alive = ALIVE[:150] + ALIVE[-2:]
told = list(netlite.ping_many([host for pair in zip(alive, NOBODY * 3) for host in pair], count=10, interval_s=0.4, timeout_s=1, rate=0))
wrong = [each for each in told if (each.sent, each.received, each.undecided) != (10, 0 if each.host in NOBODY else 10, 0)]
print((len(told), [(each.host, each.sent, each.received, each.errors, each.reason) for each in wrong], {each.reason and each.reason[:16] for each in told}))
"""


@BOTH_KINDS
def test_an_error_about_one_host_is_not_taken_for_the_refusal_of_another(run, kind):
    """The kernel tells the error of an earlier probe at the next send."""
    count, wrong, reasons = run(kind, NEIGHBOURS)
    assert (count, wrong) == (304, [])
    assert None in reasons and len(reasons) <= 3
