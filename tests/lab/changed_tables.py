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
TABLES = ("ifconfig -a", "route -n", "route -een", "route -6 -n", "arp -n", "arp -an", "netstat -gn")
COUNTED = re.compile(r"([RT]X (packets|errors)|collisions).*|(?<= )\d+ +\d+(?= \S+$)")  # the last: Ref and Use of IPv6


def session(commands: list[str], run: Callable[[list[str]], tuple[str, int]], pause_s: float = 0) -> list[dict]:
    """What comes of `run(words)`: text and status.  A `pause_s` for who does some of it a moment later."""
    def tables() -> dict[str, list[str]]:
        sleep(pause_s)
        return {table: settled(run(table.split())[0]) for table in TABLES}

    told = []
    for command in commands:
        assert command.split()[0] in PROGRAMS, command
        text, status = run(command.split())
        before, after = tables(), tables()
        while pause_s and before != after:
            before, after = after, tables()
        told.append({"command": command, "said": [text, f"status {status}"], **after})
    return told


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
    return sorted(COUNTED.sub("", line) for line in text.splitlines() if "ff02::1:ff" not in line)


def this_machine(words: list[str]) -> tuple[str, int]:
    environment = Environment(words[0])
    environment.out = environment.err = Capture()
    status = execute(words[0], words[1:], environment)
    return environment.out.data.decode(), status


if __name__ == "__main__":
    json.dump(session(json.load(sys.stdin), this_machine, PAUSE_S), sys.stdout)
