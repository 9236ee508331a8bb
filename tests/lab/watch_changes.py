"""The commands `worlds.CHANGING` in three worlds, with a look at this kernel after each: a program of its own.

    unshare -un python3 watch_changes.py SNAPSHOT

The worlds are one in memory, recorded tables (SNAPSHOT), and, last, this machine; JSON on stdout tells what came of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from time import sleep

from replay import Capture, replay
from worlds import CHANGING

from netlite.environment import Environment
from netlite.lab.memory.lab import MemoryLab
from netlite.lab.scene.topology import chain
from netlite.programs.registry import execute, folder_of
from netlite.programs.simulate import simulate

SETUP = """set -e
echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
ip link set lo up
ip link add eth0 address 02:00:00:00:01:01 type veth peer name far address 02:00:00:00:01:02
ip link set far up
ip link set eth0 up
ip address add 198.18.1.1/24 dev eth0
ip address add 2001:db8:1::1/64 dev eth0 nodad
ip route add default via 198.18.1.2"""
STATE = """set -e
ip address; ip -details link; ip -4 route show table all; ip -6 route show table all; ip rule
ip -4 neigh | cut -d' ' -f1-5; ip neigh show proxy
hostname; cat /proc/sys/kernel/domainname"""
SETTLED_S = 1


def shell(script: str) -> bytes:
    return subprocess.run(["sh", "-c", script], stdout=subprocess.PIPE, check=True).stdout


def this_machine(words: list[str]) -> tuple[int, str]:
    environment = Environment(words[0])
    environment.out = environment.err = Capture()
    status = execute(folder_of(words[0]) or "", words[1:], environment)
    return status, environment.out.data.decode()


def settle() -> None:
    """Wait until the kernel has done what follows from the setup by itself."""
    state, before = shell(STATE), b""
    while state != before:
        sleep(SETTLED_S)
        state, before = shell(STATE), state


def watch(run) -> list[dict]:
    """What `run(words)` returns for each command, and whether this kernel changed meanwhile."""
    told, before = [], shell(STATE)
    for command in CHANGING:
        status, text = run(command.split())
        after = shell(STATE)
        told.append({"command": command, "status": status, "text": text, "changed": before != after})
        before = after
    return told


def main(snapshot: str) -> dict[str, list[dict]]:
    topology = chain(1)
    lab = MemoryLab(topology)

    def in_memory(words: list[str]) -> tuple[int, str]:
        played = simulate(words, topology, "client", lab=lab)
        return played.status, played.stdout + played.stderr

    def recorded(words: list[str]) -> tuple[int, str]:
        out, err, status = replay(snapshot, words)
        return status, (out + err).decode()

    shell(SETUP)
    settle()
    return {world.__name__: watch(world) for world in (in_memory, recorded, this_machine)}


if __name__ == "__main__":
    json.dump(main(sys.argv[1]), sys.stdout)
