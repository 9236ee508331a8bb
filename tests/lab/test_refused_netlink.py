"""Where netlink is refused, as by a sandbox, tables come another way, or it is said; no program fails of it."""

from __future__ import annotations

import pickle
import subprocess
import sys
from errno import EACCES, EAFNOSUPPORT, EPERM
from functools import cache
from pathlib import Path

import pytest

WAYS = [("socket", EPERM), ("socket", EACCES), ("socket", EAFNOSUPPORT), ("send", EPERM), ("receive", EACCES)]
SAME = ("ifconfig -a", "ifconfig d0", "ifconfig -s", "route -n", "route -6n", "route -neee", "arp -n", "arp -an", "netstat -rn", "netstat -in", "netstat -tuwlan",
        "netstat -gn", "netstat -s", "hostname -I", "route --json -n", "arp --json -n", "netstat -rn --json", "netstat -ltn --json",
        "netstat -xlW")
CHANGES = ("ifconfig lo:1 127.0.0.9", "route add -net 10.6.0.0/16 dev d0", "arp -s 10.4.4.8 02:00:00:00:00:08", "arp -d 10.4.4.7 pub")
SAID = ("ifconfig --more", "ifconfig --more --json", "route --more", "route --more --json", "route -6 --more", "route get 10.4.4.9",
        "route -6 get ::1", "arp --more", "arp --inet6", "arp --more --json")


SHOWN = ("netstat --more -tlx", "netstat --json -xa", "hostname -A")


@pytest.fixture(scope="module")
def run(labs):
    """run(commands, way=None): (stdout, stderr, status) of each, one after the other in a namespace of their own, with a way of netlink refused."""
    code = [sys.executable, "-I", "-S", str(Path(__file__).with_name("refused_programs.py"))]
    with subprocess.Popen(code, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        def ask(commands: tuple[str, ...], way: tuple[str, int] | None = None) -> dict[str, tuple[str, str, int]]:
            pickle.dump((way, commands), process.stdin)
            process.stdin.flush()
            told = pickle.load(process.stdout)
            if isinstance(told, str):
                pytest.skip(f"no seccomp or no namespaces here: {told}")
            return dict(zip(commands, told))

        yield ask
        process.stdin.close()


@pytest.fixture(scope="module")
def refused(run):
    """refused(way): what came of all commands that show something, in one namespace."""
    return cache(lambda way: run((*SAME, *SAID, *SHOWN), way))


@pytest.fixture(scope="module")
def changed(run):
    """changed(words, way): what came of a change and what shows it, in a namespace of its own."""
    return cache(lambda words, way=None: run((words, "ifconfig lo:1", "route -n", "arp -n"), way))


@pytest.fixture(scope="module")
def unrefused(run):
    return run(SAME)


def same(refused: tuple[str, str, int], ours: tuple[str, str, int]) -> bool:
    return (comparable(refused[0]), *refused[1:]) == (comparable(ours[0]), *ours[1:])


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way[0]}-{way[1]}")
@pytest.mark.parametrize("words", SAME)
def test_tables_come_another_way(words, way, refused, unrefused):
    assert same(refused(way)[words], unrefused[words]), (refused(way)[words], unrefused[words])


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way[0]}-{way[1]}")
@pytest.mark.parametrize("words", CHANGES)
def test_changes_are_made_another_way(words, way, changed):
    told, ours = changed(words, way), changed(words)
    assert all(same(told[each], ours[each]) for each in ours), (told, ours)


def comparable(text: str) -> list[str]:
    """The lines but for counters and what the kernel makes up, of IPv6 routes too."""
    return sorted(line.partition("::  ")[0] for line in text.splitlines() if "packets" not in line and "fe80" not in line and "ff02::1:ff" not in line
                  and "errors" not in line and not line.startswith(("d0 ", "d1 ", "    ")))


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way[0]}-{way[1]}")
@pytest.mark.parametrize("words", SAID)
def test_it_is_said(words, way, refused):
    stdout, stderr, status = refused(way)[words]
    assert status not in (0, 70) and "netlink" in stderr and "internal" not in stderr, (stdout, stderr, status)
    assert len(stderr.splitlines()) == 1


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way[0]}-{way[1]}")
@pytest.mark.parametrize("words", SHOWN)
def test_what_is_left_is_shown(words, way, refused):
    stdout, stderr, status = refused(way)[words]
    assert status == 0 and "internal" not in stderr, (stdout, stderr, status)
