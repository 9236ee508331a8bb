"""A link that does not drain: a socket's buffer is full for good, and nothing can be sent any more.

Deadlines and signals act all the same, nobody turns in circles meanwhile, and the words are the original's.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from contextlib import ExitStack

import pytest
from originals import need
from quick_lab import Lab
from trials import Ended, fault_of, original, ours

from netlite.lab.scene.topology import chain

FULL = "tc qdisc add dev eth0 root tbf rate 8bit burst {} limit 1000000"
BURST, SMALL_BURST = 2000, 200  # bytes: a large packet, or two or three small ones
KNOWN = "ip neigh replace 198.18.1.2 lladdr 02:00:00:00:00:99 nud permanent dev eth0"
WAITING = 'until tc -s qdisc show dev eth0 | grep -q "backlog [1-9]"; do sleep 0.05; done'
COMPARED = ("ping -n -f -q -w 2 -4 198.18.2.2", "ping -n -i 0.002 -w 2 -4 198.18.2.2", "ping -n -A -w 2 198.18.2.2",
            "ping -n -q -l 500 -s 1400 -w 2 198.18.2.2", "ping -n -f -4 198.18.2.2", "ping -n -q -i 0.01 -s 1000 198.18.2.2",
            "ping -n -q -A 198.18.2.2", "traceroute -n -N 100 -q 10 -m 255 -w 60 198.18.2.2 60000",
            "traceroute -n -I -N 100 -q 10 -m 255 -w 60 198.18.2.2 60000", "tracepath -n 198.18.2.2")
OURS = ("ping --multi -i 0.001 -s 1400 -c 1000 198.18.2.2 198.18.1.2", "netlite mtu -n 198.18.2.2", "netlite mtu -n -U -w 2 198.18.2.2",
        "traceroute -n --mda 198.18.2.2", "netlite why 198.18.2.2", "ping -n -f -q --json 198.18.2.2", "ping -n -f --explain 198.18.2.2")
SPINNING_S = 1.0  # of the processor; who waits takes a tenth of it, who turns in circles twice as much
NUMBERS = re.compile(r"time \d+|^rtt.*$|[\d.]+% packet loss|\d+ received|\d+ packets transmitted|\.\n\.*|^\d+ bytes from.*\n", re.M)


class Stuck:
    """A program in a network of its own, interrupted when packets of it wait, if it has no deadline."""

    def __init__(self, stack: ExitStack, command: str, argv: list[str]):
        self.lab = stack.enter_context(Lab(chain(1)))
        burst = SMALL_BURST if " -A" in command or "--mda" in command else BURST  # of who sends a small one now and then
        done = self.lab.run("client", ["sh", "-c", f"{FULL.format(burst)} && {KNOWN}"])
        if done.returncode:
            pytest.skip(f"no such queue here: {done.stderr.strip()}")
        self.process = self.lab.popen("client", argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.endless = " -w 2 " not in command

    def interrupt(self, number: int) -> None:
        if self.endless:
            self.lab.run("client", ["sh", "-c", f"{WAITING}; sleep 0.5"], timeout=120)
            self.process.send_signal(number)

    def ended(self) -> tuple[Ended, float]:
        out, err = self.process.stdout.read().decode(), self.process.stderr.read().decode()
        if self.process.returncode is not None:  # it has been waited for, by who looked whether it is still there
            return Ended(self.process.returncode, out, err), 0.0
        _, status, used = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return Ended(self.process.returncode, out, err), used.ru_utime + used.ru_stime


@pytest.fixture
def stuck():
    if Lab.unavailable_reason() or not shutil.which("tc"):
        pytest.skip("no namespaces or no tc here")
    with ExitStack() as stack:
        yield lambda command, argv: Stuck(stack, command, argv)


@pytest.mark.parametrize("command", COMPARED)
def test_they_end_as_the_original(stuck, command):
    need(command.split()[0])
    pair = [stuck(command, argv) for argv in (ours(command), original(command))]
    for each in pair:
        each.interrupt(signal.SIGINT)
    (mine, used_s), (theirs, _) = [each.ended() for each in pair]
    assert (mine.status, mine.err, NUMBERS.sub("#", mine.out)) == (theirs.status, theirs.err, NUMBERS.sub("#", theirs.out)), (mine, theirs)
    assert used_s < SPINNING_S


@pytest.mark.parametrize("command", OURS)
def test_what_no_original_does_ends_in_words(stuck, command):
    each = stuck(command, ours(command))
    each.interrupt(signal.SIGINT)
    done, used_s = each.ended()
    assert done.status == -signal.SIGINT and not done.err or not fault_of(done) and done.status in (0, 1, 2, 3), done
    assert used_s < SPINNING_S


def test_a_termination_ends_them(stuck):
    commands = [command for command in (*COMPARED, *OURS) if " -w 2 " not in command and "netlite" not in command]  # those end by themselves
    started = [stuck(command, ours(command)) for command in commands]
    for each in started:
        each.interrupt(signal.SIGTERM)
    for command, each in zip(commands, started):
        done, _ = each.ended()
        assert (done.status, done.err) == (-signal.SIGTERM, ""), (command, done)
