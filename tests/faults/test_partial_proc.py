"""Files of /proc/net that are missing, empty, cut off in the middle of a line, or that tell every row twice.

As the original, or as with the whole file where netlite has it from elsewhere; never a row that is none.
"""

from __future__ import annotations

import re
import socket

import pytest
from originals import need
from trials import fault_of, original, ours, run_all

COMMANDS = {"tcp": "netstat -tan", "udp": "netstat -uan", "unix": "netstat -xan", "raw": "netstat -wan", "snmp": "netstat -s", "netstat": "netstat -s",
            "snmp6": "netstat -6 -s", "igmp": "netstat -gn", "igmp6": "netstat -gn", "route": "route -n", "ipv6_route": "netstat -6rn",
            "rt_cache": "route -Cn", "arp": "arp -n", "dev": "ifconfig -a", "if_inet6": "ifconfig -a"}
AS_THE_ORIGINAL = {"missing": "rm {}", "empty": ": > {}", "titles alone": "head -n 1 {} > t; mv t {}"}
TORN = {"cut off": "truncate -s 150 {}", "the end cut off": "truncate -s -37 {}", "no line": "head -c 70000 /dev/zero | tr '\\0' 7 >> {}",
        "twice": "cat {} {} > t; mv t {}"}
COUNTS = re.compile(r"\(\d+\.\d \w+\)|\d+")  # a unit grows with its count


def torn(how: str, name: str, argv: list[str]) -> list[str]:
    """The program with a copy of /proc/net that has such a file; bound as a folder, for the kernel forgets what is on its files."""
    script = ("mount -t tmpfs none /dev/shm && cd /dev/shm && cp /proc/$$/net/* . 2>/dev/null; " + how.format(*[name] * 3)
              + '; cd /; for d in /proc/$$/task/$$ /proc/$$; do mount --bind /dev/shm $d/net || exit 99; done; exec "$@"')
    return ["unshare", "-m", "sh", "-c", script, "sh", *argv]


@pytest.fixture(scope="module")
def rows(lab, start):
    """Something in every table."""
    if lab.rootless:
        pytest.skip("what is mounted over /proc is for root")
    with lab.socket("client", socket.AF_INET, socket.SOCK_STREAM, 0) as tcp, lab.socket("client", socket.AF_INET, socket.SOCK_DGRAM, 0) as udp, \
            lab.socket("client", socket.AF_UNIX, socket.SOCK_STREAM, 0) as unix, lab.socket("client", socket.AF_INET, socket.SOCK_RAW, 17):
        tcp.listen()
        udp.bind(("127.0.0.1", 0))
        unix.bind("\0torn")
        run_all(start, [ours("ping -n -c1 198.18.1.2")])
        yield


@pytest.fixture(scope="module")
def whole(start, rows):
    """What came of each command with all of its files, by name."""
    return dict(zip(COMMANDS, run_all(start, [ours(command) for command in COMMANDS.values()])))


def told(done) -> tuple:
    return done.status, COUNTS.sub("#", done.out), done.err


@pytest.mark.parametrize("how", AS_THE_ORIGINAL)
def test_a_file_that_says_less(start, whole, how):
    need("netstat", "route", "arp", "ifconfig")
    done = run_all(start, [torn(AS_THE_ORIGINAL[how], name, argv_of(command)) for name, command in COMMANDS.items() for argv_of in (ours, original)])
    for (name, command), mine, theirs in zip(COMMANDS.items(), done[::2], done[1::2]):
        assert not fault_of(mine) and mine.status != 99, (name, mine)
        assert told(mine) in (told(theirs), told(whole[name])), (name, command, mine, theirs)


@pytest.mark.parametrize("how", TORN)
def test_a_file_that_is_torn(start, whole, how):
    """No row but those of the whole table; the original makes some up."""
    done = run_all(start, [torn(TORN[how], name, ours(command)) for name, command in COMMANDS.items()])
    for (name, command), mine in zip(COMMANDS.items(), done):
        assert not fault_of(mine) and mine.status != 99, (name, mine)
        if " -s" not in command:  # there a line is made of several counters
            assert set(COUNTS.sub("#", mine.out).splitlines()) <= set(COUNTS.sub("#", whole[name].out).splitlines()), (name, mine, whole[name])
