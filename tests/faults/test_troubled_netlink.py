"""Dumps that the kernel calls inconsistent (NLM_F_DUMP_INTR), and receives that fail in the middle of one.

The table is shown as without that, or the program says what failed; it never asks for ever.  The channel of the program
is a real one that gets these answers now and then (troubled.py); tests/lab/test_tables_while_they_change.py has true churn.
"""

from __future__ import annotations

import json
import pickle
import re
import socket
import subprocess
import sys
from errno import EINTR, ENOBUFS, ENODEV, ENOMEM
from pathlib import Path

import pytest
from trials import Ended, fault_of

ALWAYS = 1_000_000
COMMANDS = ("netstat -tuan", "netstat -uxan", "netstat -tan --state all", "netstat -tuxan --json", "netstat -rn", "netstat -6rn", "netstat -ie",
            "netstat -gn", "ifconfig -a", "ifconfig eth0", "ifconfig -a --json", "route -n", "route -6n", "route -n --json", "route get 198.18.1.1",
            "arp -an", "arp -n --json", "hostname -I")
COUNTS = ("bytes ", "packets ", "KiB")
USES = re.compile(r"""(\d+ +)\d+ +\d+(?= \S+$)|("[rt]x_(?:packets|bytes)": )\d+""")  # of IPv6 routes and in JSON: the kernel sends too


@pytest.fixture(scope="module")
def told(lab, start):
    """told(times, errno): what came of each command, so many of whose receives failed."""
    code = [sys.executable, "-I", "-S", str(Path(__file__).with_name("troubled.py"))]
    with lab.socket("client", socket.AF_INET, socket.SOCK_STREAM, 0) as listening:
        listening.listen()
        with start(code, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            def ask(times: int, errno: int = 0) -> dict[str, Ended]:
                pickle.dump((times, errno, COMMANDS), process.stdin)
                process.stdin.flush()
                return {command: Ended(status, out, err) for command, (out, err, status) in zip(COMMANDS, pickle.load(process.stdout))}

            yield ask
            process.stdin.close()


def rows(done) -> list[str]:
    """What is shown, but for counters."""
    return [USES.sub(r"\1\2#", line) for line in done.out.splitlines() if not any(word in line for word in COUNTS)]


def is_less(done, whole) -> bool:
    """Whether something is missing; that /proc does not know all columns of a row is none."""
    if done.out.startswith("["):
        return len(json.loads(done.out)) < len(json.loads(whole.out))
    return rows(done) != rows(whole)


@pytest.fixture(scope="module")
def untroubled(told):
    return told(0)


@pytest.mark.parametrize("times, errno", [(1, 0), (3, 0), (ALWAYS, 0)])
def test_interrupted_dumps_are_read_again_a_few_times(told, untroubled, times, errno):
    for command, done in told(times, errno).items():
        assert (done.status, rows(done)) == (untroubled[command].status, rows(untroubled[command])), (command, done)


@pytest.mark.parametrize("errno", [ENOBUFS, ENOMEM, ENODEV, EINTR])
@pytest.mark.parametrize("times", [1, 2, ALWAYS])
def test_a_failing_receive_is_said_or_done_without(told, untroubled, times, errno):
    less = []
    for command, done in told(times, errno).items():
        assert not fault_of(done), (command, done)
        if is_less(done, untroubled[command]):
            less.append(command)
            assert done.status or done.err, (command, done)
    assert less or times < ALWAYS
