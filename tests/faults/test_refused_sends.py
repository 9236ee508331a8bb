"""Packets that the kernel does not take: a firewall of this host, a queue that is full, a device that goes under a flood.

Beside the original in the same network: the same words and the same end.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest
from originals import need
from quick_lab import Lab
from trials import Ended, fault_of, original, ours, run_all

from netlite.lab.scene.topology import chain

FIREWALL = ("nft add table inet f && nft 'add chain inet f o { type filter hook output priority 0; }' && "
            "nft add rule inet f o meta l4proto '{ 1, 58, 17, 6 }' drop")
QUEUE = "tc qdisc add dev eth0 root tbf rate 8kbit burst 200 limit 200"  # one small packet, and ENOBUFS for the next
BY_FIREWALL = ("ping -n -c3 -i 0.2 -W1 -4 server", "ping -n -c3 -i 0.2 -W1 -6 server", "ping -q -n -f -c20 -w2 -4 server",
               "ping -q -n -f -c20 -w2 -6 server", "ping -n -q -c3 -l3 -W1 -4 server", "traceroute -n -q3 -w1 -m3 -4 server",
               "traceroute -n -q3 -w1 -m3 -6 server", "traceroute -n -I -w1 -m3 server", "traceroute -n -T -w1 -m3 server",
               "tracepath -n -m3 -4 server", "tracepath -n -m3 -6 server")
BY_QUEUE = ("ping -n -c3 -i 0.3 -W5 -4 server", "ping -n -q -c 4 -i 0.002 -W1 -s 1000 -4 server", "ping -q -n -f -c9 -w9 -6 server",
            "traceroute -n -q3 -w5 -m3 -4 server", "traceroute -n -I -q3 -w5 -m3 -6 server", "tracepath -n -m3 -4 server")
OURS = ("netlite mtu -n -w 3 server", "netlite mtu -n -U -w 3 server", "ping --multi -c 3 -i 0.1 -W 1 server r1",
        "traceroute -n -q1 -w1 -m3 --mda server", "ping -n -c2 -i 0.1 -W1 --explain server", "ping -n -q -f -c2 -w2 --json server")
TIMES = re.compile(r"[\d.]+ ?ms|time \d+|^rtt.*$|[\d.]+% packet loss|\d+ received|\d+ packets transmitted|\+\d+ errors|from port \d+|\t", re.M)
BEGUN = 'until grep -qE "eth0: *[0-9]+ +[0-9]{3,}" /proc/net/dev; do :; done'  # a hundred packets have come
HEADS = re.compile(r"^(PING|---).*$", re.M)  # Debian's ping forgets the name of the host where there are two families


def like(out: str) -> str:
    return re.sub(" +", " ", TIMES.sub("#", HEADS.sub(r"\1", out)))


@pytest.fixture(scope="module", params=["firewall", "queue"])
def refusing(request):
    """What starts programs in a network that takes none or few of their packets, its name, and what is compared there."""
    tool, script, commands = ("nft", FIREWALL, BY_FIREWALL) if request.param == "firewall" else ("tc", QUEUE, BY_QUEUE)
    if Lab.unavailable_reason() or not shutil.which(tool):
        pytest.skip(f"no namespaces or no {tool} here")
    with Lab(chain(1)) as lab:
        done = lab.run("client", ["sh", "-c", script])
        if done.returncode:
            pytest.skip(f"{tool}: {done.stderr.strip()}")
        yield request.param, lambda argv, **options: lab.popen("client", argv, **options), commands


def test_they_end_as_the_original(refusing):
    name, start, commands = refusing
    need("ping", "traceroute", "tracepath")
    argvs = [argv_of(command) for command in commands for argv_of in (ours, original)]
    done = [run_all(start, [argv])[0] for argv in argvs] if name == "queue" else run_all(start, argvs)  # that is one for all
    for command, mine, theirs in zip(commands, done[::2], done[1::2]):
        assert not fault_of(mine) and (mine.status, mine.err) == (theirs.status, theirs.err), (command, mine, theirs)
        if name == "firewall":
            assert like(mine.out) == like(theirs.out), (command, mine, theirs)
        if "-f -c20" in command:  # what was refused is no answer: with -w it goes on
            assert all(int(re.search(r"(\d+) packets transmitted", each.out)[1]) > 20 for each in (mine, theirs)), (mine, theirs)


def test_what_no_original_does_ends_in_words(refusing):
    _, start, _ = refusing
    for command, done in zip(OURS, run_all(start, [ours(each) for each in OURS])):
        assert not fault_of(done) and done.status in (0, 1, 2, 3), (command, done)


@pytest.mark.parametrize("change", ["ip link set eth0 down", "ip link del eth0", "ip addr flush dev eth0", FIREWALL])
@pytest.mark.parametrize("command", ["ping -n -q -f -w 2 -4 server", "ping -n -q -f -w 2 -6 server", "ping -n -q -f -w 2 -I eth0 -4 server"])
def test_a_flood_whose_way_goes(command, change):
    """The change comes when the flood has begun; both say the same of it, and end with the deadline."""
    need("ping")
    if Lab.unavailable_reason() or change == FIREWALL and not shutil.which("nft"):
        pytest.skip("no namespaces or no nft here")
    told = []
    for argv in (ours(command), original(command)):
        with Lab(chain(1)) as lab:
            process = lab.popen("client", argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            lab.run("client", ["sh", "-c", f"{BEGUN}; {change}"])
            out, err = process.communicate(timeout=300)
            told.append(Ended(process.returncode, out, err))
    mine, theirs = told
    assert not fault_of(mine) and (mine.status, mine.err, like(mine.out)) == (theirs.status, theirs.err, like(theirs.out)), told


LIBRARY = """
import sys
sys.path[:] = {path!r}
import netlite
for name, run in (("ping", lambda: netlite.ping("server", count=2, interval_s=0.1)), ("ping_many", lambda: netlite.ping_many(["server", "r1"])),
                  ("traceroute", lambda: netlite.traceroute("server", queries=1, max_hops=2, timeout_s=1)),
                  ("traceroute -I", lambda: netlite.traceroute("server", method="icmp", queries=1, max_hops=2, timeout_s=1)),
                  ("tracepath", lambda: netlite.tracepath("server", max_hops=2)), ("path_mtu", lambda: netlite.path_mtu("server", deadline_s=2)),
                  ("multipath", lambda: netlite.multipath("server", max_hops=2, timeout_s=1))):
    try:
        print(name, len(list(run())), "records")
    except netlite.NetliteError as refusal:
        print(name, type(refusal).__name__, refusal)
"""


def test_the_library_has_records_or_errors_of_its_own(refusing):
    _, start, _ = refusing
    done = run_all(start, [[sys.executable, "-I", "-c", LIBRARY.format(path=sys.path)]])[0]
    assert not fault_of(done) and done.status == 0 and len(done.out.splitlines()) == 7, done
    assert all(re.search(r" [1-9]\d* records$|^traceroute NotPermitted .*firewall", line) for line in done.out.splitlines()), done
