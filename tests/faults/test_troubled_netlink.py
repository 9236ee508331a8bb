"""Dumps that the kernel calls inconsistent (NLM_F_DUMP_INTR), and receives that fail in the middle of one.

The table is shown as without that, or the program says what failed; it never asks for ever.  The channel of the program
is a real one that gets these answers now and then; tests/lab/test_tables_while_they_change.py has true churn.
"""

from __future__ import annotations

import json
import re
import socket
import sys
from errno import EINTR, ENOBUFS, ENODEV, ENOMEM

import pytest
from trials import fault_of, run_all

TROUBLED = """
import sys
sys.path[:] = {path!r}
from netlite.errors import KernelRefused
from netlite.system.netlink import channel
left = {times}
class Troubled(channel.Channel):
    def receive(self):
        global left
        chunk = bytearray(super().receive())
        if left:
            left -= 1
            if {errno}:
                raise KernelRefused({errno}, "rtnetlink")
            at = 0
            while at + 16 <= len(chunk):
                length = int.from_bytes(chunk[at:at + 4], sys.byteorder)
                chunk[at + 6] |= channel.NLM_F_DUMP_INTR if sys.byteorder == "little" else 0
                at += max(16, length + 3 & ~3)
        return bytes(chunk)
channel.Channel = Troubled
from netlite.__main__ import run
run({folder!r}, {folder!r}, {words!r})
"""
ALWAYS = 1_000_000
COMMANDS = ("netstat -tuan", "netstat -uxan", "netstat -tan --state all", "netstat -tuxan --json", "netstat -rn", "netstat -6rn", "netstat -ie",
            "netstat -gn", "ifconfig -a", "ifconfig eth0", "ifconfig -a --json", "route -n", "route -6n", "route -n --json", "route get 198.18.1.1",
            "arp -an", "arp -n --json", "hostname -I")
COUNTS = ("bytes ", "packets ", "KiB")
USES = re.compile(r"""(\d+ +)\d+ +\d+(?= \S+$)|("[rt]x_(?:packets|bytes)": )\d+""")  # of IPv6 routes and in JSON: the kernel sends too


def told(start, times: int, errno: int = 0) -> dict:
    argvs = [[sys.executable, "-I", "-S", "-c", TROUBLED.format(path=sys.path, times=times, errno=errno, folder=program, words=words)]
             for program, *words in map(str.split, COMMANDS)]
    return dict(zip(COMMANDS, run_all(start, argvs)))


def rows(done) -> list[str]:
    """What is shown, but for counters."""
    return [USES.sub(r"\1\2#", line) for line in done.out.splitlines() if not any(word in line for word in COUNTS)]


def is_less(done, whole) -> bool:
    """Whether something is missing; that /proc does not know all columns of a row is none."""
    if done.out.startswith("["):
        return len(json.loads(done.out)) < len(json.loads(whole.out))
    return rows(done) != rows(whole)


@pytest.fixture(scope="module")
def untroubled(lab, start):
    with lab.socket("client", socket.AF_INET, socket.SOCK_STREAM, 0) as listening:
        listening.listen()
        yield told(start, 0)


@pytest.mark.parametrize("times, errno", [(1, 0), (3, 0), (ALWAYS, 0)])
def test_interrupted_dumps_are_read_again_a_few_times(start, untroubled, times, errno):
    for command, done in told(start, times, errno).items():
        assert (done.status, rows(done)) == (untroubled[command].status, rows(untroubled[command])), (command, done)


@pytest.mark.parametrize("errno", [ENOBUFS, ENOMEM, ENODEV, EINTR])
@pytest.mark.parametrize("times", [1, 2, ALWAYS])
def test_a_failing_receive_is_said_or_done_without(start, untroubled, times, errno):
    for command, done in told(start, times, errno).items():
        assert not fault_of(done), (command, done)
        if is_less(done, untroubled[command]):
            assert done.status or done.err, (command, done)
