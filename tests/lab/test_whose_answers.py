"""Many runs at once in one process: every answer is counted by the run it is for, and dead hosts stay dead."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest
from quick_lab import Lab

from netlite.lab.scene.parts import Action, Node, Rule, Wire
from netlite.lab.scene.topology import Topology
from netlite.programs.registry import netlite_argv
from netlite.records.echo_links import Proof

ROOT = Path(__file__).resolve().parents[2]
RANGE = "net/ipv4/ping_group_range"
BOTH_KINDS = pytest.mark.parametrize("kind", ["raw", "datagram"])
SILENT = ("198.18.2.66", "2001:db8:2::66")  # what goes there is dropped
NOBODY = ("198.18.1.77", "198.18.2.77", "2001:db8:1::77", "2001:db8:2::77")  # no such neighbour, here or behind r1
ALIVE = (*(f"127.0.0.{number}" for number in range(1, 17)), "198.18.1.1", "198.18.1.2", "198.18.2.2", "::1",
         "2001:db8:1::1", "2001:db8:1::2", "2001:db8:2::2")


@pytest.fixture(scope="module")
def lab(labs):
    rules = tuple(Rule(Action.DROP, destination=f"{address}/{128 if ':' in address else 32}") for address in SILENT)
    nodes = [Node("client"), Node("r1", True, rules=rules), Node("server")]
    with Lab(Topology(nodes, [Wire(("client", "r1")), Wire(("r1", "server"))], "crowd")) as built:
        yield built


@pytest.fixture
def run_threads(lab):
    """run_threads(kind, code, jobs): what `job(number, *words)` of the code returned for each of `jobs`, done at once."""
    def run(kind: str, code: str, jobs: list) -> list:
        whole = (f"import threading, netlite\n{code}\njobs, told = {jobs!r}, {{}}\n"
                 "barrier = threading.Barrier(len(jobs))\n"
                 "def work(number, words):\n    told[number] = job(number, *words)\n"
                 "threads = [threading.Thread(target=work, args=each) for each in enumerate(jobs)]\n"
                 "for each in threads: each.start()\n"
                 "for each in threads: each.join()\n"
                 "print([told.get(number) for number in range(len(jobs))])")
        lab.setting("client", RANGE, "1 0" if kind == "raw" else "0 0")
        path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
        done = lab.run("client", [sys.executable, "-W", "error", "-c", whole], env={"PYTHONPATH": path})
        assert (done.stderr, done.returncode) == ("", 0)
        return eval(done.stdout)

    return run


PING = """
def job(number, host):
    run = netlite.ping(host, count=20, interval_s=0.01, timeout_s=1)
    records = list(run)
    answers = [record for record in records if record.kind == "answer"]
    sources = {record.source for record in answers}
    return len(records), len(answers), run.result.received, run.result.duplicates, sorted(sources)
"""


@BOTH_KINDS
def test_64_pings_at_once(run_threads, kind):
    hosts = [*ALIVE, *SILENT, *NOBODY] * 2
    hosts += [*ALIVE][:64 - len(hosts)]
    for host, told in zip(hosts, run_threads(kind, PING, [(host,) for host in hosts]), strict=True):
        expected = (20, 20, 20, 0, [host]) if host in ALIVE else (20, 0, 0, 0, [])
        assert told == expected, host


MIXED = """
from netlite.engines.multiping import MultiPing, MultiPingConfig
from netlite.records.family import IPV4
from netlite.records.echo_links import EchoLinkSettings, KernelStamps, Proof
from netlite.records.multiping import Target
from netlite.session import Session

def many(hosts):
    world = netlite.World()
    settings = EchoLinkSettings(IPV4, hosts[0], payload=bytes(56), stamped=False, proof=Proof.TOKEN,
                                kernel_stamps=KernelStamps.RECEIVED, preload=64)
    config = MultiPingConfig(tuple(Target(host, host) for host in hosts), 3, 10_000_000, rate=0)
    *told, _ = Session(MultiPing(config), world.network.open_echo_link(settings), world)
    return [(one.received, one.duplicates) for each in told for one in each.summaries]

def job(number, what, *words):
    if what == "ping":
        run = netlite.ping(words[0], count=30, interval_s=0.01, timeout_s=1)
        return (len(list(run)), run.result.received)[1]
    if what == "mtu":
        return list(netlite.path_mtu(words[0], timeout_s=0.3))[-1].mtu_bytes
    if what == "many":
        return many(words)
    probes = list(netlite.traceroute(words[0], method="icmp", max_hops=4, timeout_s=0.5))
    return sorted({(each.hop, each.source) for each in probes if each.source})
"""


@BOTH_KINDS
def test_kinds_of_runs_do_not_disturb_each_other(run_threads, kind):
    way = [(1, "198.18.1.2"), (2, "198.18.2.2")]
    expected = {
        ("ping", "198.18.2.2"): 30, ("ping", SILENT[0]): 0, ("ping", "127.0.0.9"): 30, ("mtu", "198.18.2.2"): 1500,
        ("mtu", SILENT[0]): None, ("mtu", NOBODY[0]): None, ("mtu", NOBODY[1]): None, ("trace", "198.18.2.2"): way,
        ("trace", SILENT[0]): way[:1], ("trace", "2001:db8:2::2"): [(1, "2001:db8:1::2"), (2, "2001:db8:2::2")],
        ("many", "198.18.2.2", SILENT[0], "198.18.1.2", NOBODY[0], "127.0.0.3"): [(3, 0), (0, 0), (3, 0), (0, 0), (3, 0)],
    }
    jobs = [*expected] * 3
    for job, told in zip(jobs, run_threads(kind, MIXED, jobs), strict=True):
        assert told == expected[job], job


LINKS = """
from select import select
from netlite.records.family import IPV4
from netlite.records.echo_links import EchoLinkSettings, Proof
from netlite.records.probes import EchoProbe
from netlite.links.network import Network

def job(number, kind, host, proof, count, ttl):
    settings = EchoLinkSettings(IPV4, host, kind=kind, payload=bytes(32), stamped=False, proof=proof, kernel_stamps=0)
    links = [Network().open_echo_link(settings) for _ in range(20)]
    for sequence in range(1, count + 1):
        for link in links:
            link.send(EchoProbe(sequence, sequence, ttl))
    seen = []
    for link in links:
        got = []
        while len(got) < count and select([link], [], [], 20)[0]:
            replies = [arrival.reply for arrival in link.receive()]
            got += [(reply.quote if ttl else reply).sequence for reply in replies]
        seen.append(got)
    numbers = {link.identifier for link in links}
    for link in links:
        link.close()
    return len(numbers), [len(got) for got in seen if got != list(range(1, count + 1))]
"""


@BOTH_KINDS
@pytest.mark.parametrize("proof", [Proof.IDENTIFIER, Proof.TOKEN])
def test_answers_to_others_take_no_room_in_the_sockets(run_threads, kind, proof):
    """Twenty runs that nobody reads for a while: a socket has room for its own answers, not for all."""
    assert run_threads(kind, LINKS, [(kind, "198.18.2.2", proof, 48, None)]) == [(20, [])]


@BOTH_KINDS
def test_there_is_room_for_the_errors_of_others(run_threads, kind):
    """The kernel tells a raw socket of all of them, and lets nothing filter them."""
    assert run_threads(kind, LINKS, [(kind, "198.18.2.2", Proof.IDENTIFIER, 15, 1)]) == [(20, [])]


def test_the_own_answer_to_a_multicast_ping_takes_its_time(lab):
    """The looped copy is answered before the packet itself has reached the device and got its stamp."""
    lab.setting("client", RANGE, "1 0")
    done = lab.run("client", netlite_argv("ping -c3 -i0.01 ff02::1%eth0".split()))
    times = [line.partition("time=")[2].split()[0] for line in done.stdout.splitlines() if "time=" in line]
    assert len(times) >= 3 and "0.000" not in times, done.stdout


@BOTH_KINDS
def test_a_target_whose_zone_is_gone_takes_no_other_with_it(lab, run_threads, kind):
    """The zone of one address is not there, from the first or while the run goes on."""
    lab.setting("client", RANGE, "1 0" if kind == "raw" else "0 0")
    words = "ping --multi -W0.3 127.0.0.1 fe80::1%nosuch ::1 2001:db8:2::2"
    done = lab.run("client", netlite_argv(words.split()))
    assert done.stderr == "ping: fe80::1%nosuch: Name or service not known\n"
    assert (done.returncode, done.stdout.count("1 sent, 1 received")) == (1, 3), done.stdout
    code = MIXED.replace("IPV4", "IPV6").replace("(one.received, one.duplicates)", "(one.received, one.errors)")
    hosts = ("many", "::1", "fe80::1%nosuch", "2001:db8:2::2")
    assert run_threads(kind, code, [hosts]) == [[(3, 0), (0, 3), (3, 0)]]


def test_targets_from_a_stdin_that_is_closed(lab):
    shell = f"exec {shlex.join(netlite_argv(['ping', '--targets', '-']))} <&-"
    done = lab.run("client", ["sh", "-c", shell])
    assert (done.stdout, done.stderr, done.returncode) == ("", "ping: -: Bad file descriptor\n", 2)
    assert lab.run("client", netlite_argv(["ping", "--targets", "-"]), input="127.0.0.1\n").returncode == 0


STAMPING = """
import os, socket
from netlite.sockets import timestamps

def job(number, host):
    for _ in range(10):
        list(netlite.traceroute(host, queries=1, timeout_s=0.5))
        list(netlite.ping(host, count=1))
    barrier.wait()
    [kept] = timestamps._kept
    asking = socket.socket(fileno=os.dup(kept.fileno()))
    asks = asking.getsockopt(socket.SOL_SOCKET, timestamps.SO_TIMESTAMPNS)
    asking.close()
    return asks, len(os.listdir("/proc/self/fd"))
"""


def test_between_runs_one_socket_keeps_the_kernel_stamping(run_threads):
    """Or packets of the next run are stamped when they are read, which is late."""
    first, *_ = run_threads("raw", STAMPING, [("198.18.2.2",)])
    several = run_threads("raw", STAMPING, [("198.18.2.2",)] * 6)
    assert first[0] == 1 and {asks for asks, _ in several} == {1}
    assert max(count for _, count in several) <= first[1] + 6  # no more than what the threads themselves look with


TRACE = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))

def job(number, host):
    return [(each.hop, each.source) for each in netlite.traceroute(host, max_hops=20, queries=2, timeout_s=0.2)
            if each.source]
"""


@pytest.mark.parametrize("hosts", [("198.18.2.2", SILENT[0]), ("2001:db8:2::2", SILENT[1])])
def test_sixty_traces_at_once_need_few_descriptors(run_threads, hosts):
    """A socket a probe would be 40 for each of those to where nobody answers."""
    way = ["198.18.1.2", "198.18.2.2"] if "." in hosts[0] else ["2001:db8:1::2", "2001:db8:2::2"]
    for number, told in enumerate(run_threads("raw", TRACE, [(host,) for host in hosts] * 30)):
        expected = [(1, way[0])] * 2 + ([] if number % 2 else [(2, way[1])] * 2)
        assert told == expected
