"""Runs commands one after the other, and shows the tables after each: a program of its own, in a node of a lab.

JSON on stdin: the commands; on stdout: for each what it said, its status, and the tables.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from time import sleep

from replay import Capture

from netlite.environment import Environment
from netlite.programs.registry import execute

PROGRAMS = {"ifconfig", "route", "arp"}  # a node has a network of its own, but the host's name
PAUSE_S = 0.02
TABLES = ("ifconfig -a", "route -n", "route -een", "route -6 -n", "arp -n", "arp -an", "netstat -gn",
          "ifconfig -a --more --jsonl", "route --more --jsonl", "route -6 --more --jsonl", "arp --more --jsonl")
LOOKED_UP = ("198.18.1.2", "198.18.1.1", "198.18.9.9", "203.0.113.7", "10.1.2.3", "127.0.0.1", "127.9.9.9", "198.18.1.255",
             "255.255.255.255", "224.0.0.1", "2001:db8:77::1", "2001:db8:1::1", "2001:db8:1::9", "::1", "fe80::9", "ff02::1")
COUNTED = re.compile("|".join((
    r"([RT]X (packets|errors)|collisions).*", r"(?<= )\d+ +\d+(?= \S+$)",  # the second: Ref and Use of IPv6
    r'"counters": \{[^}]*\},', r'"(probes|used_s|confirmed_s)": [^,}]*')))
OF_NOBODY = "ff02::1:ff", '"ff02::16"'  # what the kernel sends by itself leaves these


def session(commands: list[str], run: Callable[[list[str]], tuple[str, int]], pause_s: float = 0) -> list[dict]:
    """What comes of `run(words)`: text and status.  A `pause_s` for who does some of it a moment later."""
    def tables() -> dict[str, list[str]]:
        sleep(pause_s)
        return {table: settled(run(table.split())[0]) for table in shown}

    shown = TABLES
    told = []
    for command in commands:
        assert command.split()[0] in PROGRAMS, command
        text, status = run(command.split())
        before, after = tables(), tables()
        while pause_s and (before != after or awaits_carrier(after)):
            before, after = after, tables()
        told.append({"command": command, "said": [text, f"status {status}"], **after})
    shown = tuple(f"route get --jsonl {address}" for address in LOOKED_UP)
    told.append({"command": "the end", **tables()})
    return told


def awaits_carrier(shown: dict[str, list[str]]) -> bool:
    """Whether a device is up and not running yet: the kernel looks at carriers but once a second (link_watch.c)."""
    return any("<UP," in line and "RUNNING" not in line for line in shown["ifconfig -a"])


def differences(memory: list[dict], kernel: list[dict]) -> list[str]:
    """The lines that only one of two sessions has, each with its command and table."""
    found = []
    for ours, theirs in zip(memory, kernel, strict=True):
        for table in ours:
            found += [f"{ours['command']}: {table}: {sign} {line}" for sign, have, lack in (
                ("memory", ours, theirs), ("kernel", theirs, ours)) for line in have[table] if line not in lack[table]]
    return found


def settled(text: str) -> list[str]:
    """The lines without counters, sorted: the kernel keeps some tables by hashes that each namespace salts.

    The groups of solicited nodes it joins once more when an address of IPv4 is added, and does not leave again.
    """
    return sorted(COUNTED.sub("", line) for line in text.splitlines() if not any(word in line for word in OF_NOBODY))


def this_machine(words: list[str]) -> tuple[str, int]:
    environment = Environment(words[0])
    environment.out = environment.err = Capture()
    status = execute(words[0], words[1:], environment)
    return environment.out.data.decode(), status


if __name__ == "__main__":
    json.dump(session(json.load(sys.stdin), this_machine, PAUSE_S), sys.stdout)
