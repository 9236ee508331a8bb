"""What the library and netlite's own programs make of answers that the originals take, or never see."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from netlite.programs.registry import netlite_argv

ROOT = Path(__file__).resolve().parents[2]
RANGE = "net/ipv4/ping_group_range"
BOTH_KINDS = pytest.mark.parametrize("kind", ["raw", "datagram"])
PING = """
import netlite
for host in {hosts!r}:
    run = netlite.ping(host, count=5, interval_s=0.01, timeout_s=0.3)
    answers = [each.source for each in run if each.kind == "answer"]
    print(host, run.result.received, run.result.duplicates, *sorted(set(answers)))
"""


@pytest.fixture
def odd(world_of):
    """odd(kind): the lab of the scene, where our ICMP sockets are of that kind."""
    lab = world_of("odd").lab

    def of(kind: str):
        lab.setting("h1", RANGE, "1 0" if kind == "raw" else "0 0")
        return lab

    yield of
    lab.setting("h1", RANGE, "0 0")


@BOTH_KINDS
def test_ping_counts_answers_of_the_host_alone(odd, kind):
    """.45: another address answers; .46: both do; .43: nobody; .44: longer than asked for."""
    numbers = {"45": "0 0", "46": "5 0", "43": "0 0", "44": "5 0", "1": "5 0"}
    hosts = [f"{prefix}{number}" for prefix in ("198.51.100.", "2001:db8:77::") for number in numbers]
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    done = odd(kind).run("h1", [sys.executable, "-c", PING.format(hosts=hosts)], env={"PYTHONPATH": path})
    expected = [f"{host} {numbers[host.split('.')[-1].split(':')[-1]]}" for host in hosts]
    expected = [line if line.endswith("0 0") else f"{line} {line.split()[0]}" for line in expected]
    assert done.stdout.splitlines() == expected, done.stderr


@BOTH_KINDS
def test_many_targets_count_answers_of_their_own(odd, kind):
    words = ["198.51.100.45", "198.51.100.46", "2001:db8:77::46", "2001:db8:77::45", "198.51.100.43"]
    done = odd(kind).run("h1", netlite_argv(["ping", "--multi", "-c2", "-i0.01", "-W0.3", *words]))
    counts = [line.partition(" sent, ")[2].partition(" received")[0] for line in done.stdout.splitlines()[:5]]
    assert (counts, done.stderr, done.returncode) == (["0", "2", "2", "0", "0"], "", 1), done.stdout


@BOTH_KINDS
@pytest.mark.parametrize("target, status", [("198.51.100.45", 1), ("2001:db8:77::45", 1), ("198.51.100.46", 0),
                                            ("2001:db8:77::46", 0)])
def test_a_path_mtu_needs_answers_of_the_host(odd, kind, target, status):
    done = odd(kind).run("h1", netlite_argv(["mtu", "-n", "-W0.2", target]))
    assert (done.returncode, "arrives" in done.stdout) == (status, status == 0), done.stdout


@BOTH_KINDS
@pytest.mark.parametrize("target", ["198.51.100.47", "198.51.100.48", "2001:db8:77::48"])
def test_what_is_said_before_an_answer_is_no_verdict(odd, kind, target):
    """.47: a redirect comes first; .48: an error."""
    lab = odd(kind)
    done = lab.run("h1", netlite_argv(["ping", "--multi", "-c3", "-i0.01", "-W0.3", target]))
    assert done.stdout.startswith(f"{target}: 3 sent, 3 received, 0% loss") and done.returncode == 0, done.stdout
    done = lab.run("h1", netlite_argv(["mtu", "-n", "-W0.3", target]))
    assert "unreachable" not in done.stdout and done.returncode == 0, done.stdout


@BOTH_KINDS
def test_a_redirect_is_no_error_in_the_library(odd, kind):
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    code = PING.format(hosts=["198.51.100.47"]) + "    print(run.result.errors)\n"
    done = odd(kind).run("h1", [sys.executable, "-c", code], env={"PYTHONPATH": path})
    assert done.stdout == "198.51.100.47 5 0 198.51.100.47\n0\n", done.stderr


@BOTH_KINDS
def test_paris_takes_answers_of_the_host_alone(odd, kind):
    for last, expected in ((45, "* * *"), (46, "198.51.100.46")):
        words = f"traceroute --paris -I -O {'raw' if kind == 'raw' else 'dgram'} -n -w0.3,0,0 -f5 -m5 198.51.100.{last}"
        done = odd(kind).run("h1", netlite_argv(words.split()))
        assert expected in done.stdout, done.stdout


@BOTH_KINDS
@pytest.mark.parametrize("method", ["udp", "icmp"])
def test_the_library_reads_what_routers_add_to_their_errors(odd, kind, method):
    """.4: labels and other objects (RFC 4884) in the errors of its routers."""
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    code = (f"import netlite\nfor each in netlite.traceroute('198.51.100.4', queries=1, method={method!r}):\n"
            "    print(each.hop, each.source, len(each.extensions))\n")
    done = odd(kind).run("h1", [sys.executable, "-c", code], env={"PYTHONPATH": path})
    assert done.stdout.splitlines() == ["1 10.99.1.1 1", "2 10.99.2.1 1", "3 10.99.3.1 2", "4 10.99.4.1 1",
                                        "5 198.51.100.4 0"], done.stderr
