"""Devices, addresses and routes that go, change and come while programs run: they see what the original sees.

Both run side by side in a network of their own, and the change befalls both.
"""

from __future__ import annotations

import re
import signal
import subprocess
from contextlib import ExitStack

import pytest
from originals import need
from quick_lab import Lab
from trials import Ended, fault_of, original, ours

from netlite.lab.scene.parts import Node, Wire
from netlite.lab.scene.topology import Topology, chain

CHANGES = {
    "down": "ip link set eth0 down",
    "removed": "ip link del eth0",
    "renamed": "ip link set eth0 down; ip link set eth0 name moved0; ip link set moved0 up",
    "no addresses": "ip addr flush dev eth0",
    "no way": "ip route flush default; ip -6 route flush default",
    "a dead end": "ip route replace unreachable default; ip -6 route replace unreachable default metric 1",
    "prohibited": "ip route replace prohibit default; ip -6 route replace prohibit default metric 1",
    "a small MTU": "ip link set eth0 mtu 1280",
    "no IPv6": "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6",
    "down and up": "ip link set eth0 down; ip link set eth0 up",
}
SLOW_WAY = Topology([Node("client"), Node("r1", True), Node("r2", True, silent=True), Node("server")],
                    [Wire(("client", "r1")), Wire(("r1", "r2")), Wire(("r2", "server"))])
"""A trace lasts: it waits for r2.  (Told to wait between probes, -z, the original keeps a processor busy.)"""
ATTEMPTS = 3
COMPARED = ("ping -n -i 0.1 -c 12 -W 1 -4 server", "ping -n -i 0.1 -c 12 -W 1 -6 server",
            "ping -n -i 0.1 -c 12 -W 1 -s 1400 -M do -4 server", "ping -n -i 0.1 -c 12 -W 1 -4 -I eth0 server",
            "ping -n -i 0.1 -c 12 -W 1 -6 -I eth0 server", "traceroute -n -q 3 -N 1 -w 0.4,0,0 -m 4 -4 server",
            "traceroute -n -q 3 -N 1 -w 0.4,0,0 -m 4 -6 server", "tracepath -n -m 3 -4 198.18.2.77")
OURS = ("ping --multi -c 12 -i 0.1 -W 1 server r1", "netlite mtu -n -w 3 server", "netstat -in --interval 0.05", "netstat -rn6 --interval 0.05",
        "netstat -tan --json --interval 0.05", "traceroute -n -q 1 -z 0.3 -w 0.5 -m 4 --mda server", "ping -n -i 0.1 -c 12 -W 1 --explain server")
PATIENT_NEIGHBOURS = {f"net/ipv{version}/neigh/default/retrans_time_ms": "30000" for version in (4, 6)}
"""A neighbour that does not answer is given up in 90 s, not 3: no run lasts so long, and a slow one sees what a quick one does."""
COMPLAINT = re.compile(r"^(?:From \S+ icmp_seq=\d+ )?([^\d\n]*(?:unreachable|filtered|long|down|argument|device|permitted|prohibited)[^\d\n]*)",
                       re.I | re.M)


class Pair:
    """A command of ours and the original in a network that changes after the first answer each of them got."""

    def __init__(self, stack: ExitStack, command: str):
        self.lab = stack.enter_context(Lab(SLOW_WAY if "traceroute" in command else chain(1), PATIENT_NEIGHBOURS))
        self.processes = {name: self.lab.popen("client", argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                               stderr=subprocess.PIPE, text=True, bufsize=1)
                          for name, argv in (("netlite", ours(command)), ("original", original(command)))}

    def change(self, change: str) -> None:
        self.first = {name: each.stdout.readline() + each.stdout.readline() for name, each in self.processes.items()}
        self.lab.run("client", ["sh", "-c", change])

    def ended(self) -> dict[str, Ended]:
        told = {}
        for name, process in self.processes.items():
            out, err = process.stdout.read(), process.stderr.read()
            told[name] = Ended(process.wait(60), self.first[name] + out, err)
        return told


def complaints(done: Ended) -> set[str]:
    return {each.strip() for each in COMPLAINT.findall(done.out + done.err)}


@pytest.mark.parametrize("command", OURS)
def test_what_no_original_does_ends_in_words_or_goes_on(lab, command):
    """All changes at once, each on a network of its own."""
    with ExitStack() as stack:
        labs = [stack.enter_context(Lab(chain(1))) for _ in CHANGES]
        processes = [each.popen("client", ours(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                     for each in labs]
        for each, process, change in zip(labs, processes, CHANGES.values()):
            if "--interval" in command:
                process.stdout.readline()
            each.run("client", ["sh", "-c", change])
        for process, change in zip(processes, CHANGES):
            if "--interval" in command:
                for _ in range(20):  # it goes on with what there is now
                    assert process.stdout.readline(), (change, process.stderr.read())
                process.send_signal(signal.SIGINT)
            out, err = process.stdout.read().decode(), process.stderr.read().decode()
            done = Ended(process.wait(60), out, err)
            if "--interval" in command:
                assert (done.status, err) == (-signal.SIGINT, ""), (change, done)
            else:
                assert not fault_of(done) and done.status in (0, 1, 2, 3), (change, done)


DELETED = """
mount -t tmpfs none /run && ip netns add gone && ip -n gone link set lo up || exit 99
"$@" &
read line
ip netns del gone
wait
"""


@pytest.mark.parametrize("command", ["netstat -in --netns gone --interval 0.05", "ping -n -i 0.02 -c 40 127.0.0.1"])
def test_a_namespace_that_is_deleted_lives_as_long_as_who_is_in_it(lab, start, command):
    if lab.rootless:
        pytest.skip("ip netns is for root")
    inside = ours(command) if "--netns" in command else ["ip", "netns", "exec", "gone", *ours(command)]
    process = start(["unshare", "-m", "sh", "-c", DELETED, "sh", "timeout", "-s", "INT", "3", *inside], stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    seen = [process.stdout.readline() for _ in range(3)]
    process.stdin.write(b"now\n")
    process.stdin.flush()
    with process:
        out, err = process.stdout.read(), process.stderr.read()
    assert err == b"" and all(seen)
    assert b"40 packets transmitted, 40 received" in out if "ping" in command else out.count(b"lo ") > 5


@pytest.mark.parametrize("command", COMPARED)
def test_they_see_what_the_original_sees(lab, command, record_property):
    """Whether a neighbour is given up before it is there again is a matter of the kernel's time: such pairs play again."""
    need(command.split()[0])
    changes = CHANGES
    for looks in range(ATTEMPTS):
        differ = played_in_pairs(command, changes)
        if not differ:
            return
        record_property("differed", looks + 1)
        changes = {change: CHANGES[change] for change in differ}
    raise AssertionError(differ)


def played_in_pairs(command: str, changes: dict[str, str]) -> dict[str, dict[str, Ended]]:
    """The changes after which the two programs did not see the same, and what they told."""
    differ = {}
    with ExitStack() as stack:
        pairs = {}
        for change, words in changes.items():  # several under way at a time
            pairs[change] = Pair(stack, command)
            pairs[change].change(words)
        for change, pair in pairs.items():
            told = pair.ended()
            assert not fault_of(told["netlite"]), (change, told)
            mine, theirs = ((each.status, complaints(each)) for each in (told["netlite"], told["original"]))
            if mine != theirs:
                differ[change] = told
    return differ
