"""Changes in memory leave the tables that they leave in the kernel; one session after the other, on the same nodes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from changed_tables import PROGRAMS, differences, session
from quick_lab import Lab
from scene_plays import look_again
from worlds import CHANGING

from netlite.lab.memory.lab import MemoryLab
from netlite.lab.scene.topology import chain
from netlite.programs.simulate import simulate

HERE = Path(__file__).resolve().parent
SESSIONS = {
    "changing": [command for command in CHANGING if command.split()[0] in PROGRAMS],
    "neighbours": ["arp -i lo -Ds 198.18.1.9 lo", "arp -i lo -d 198.18.1.9", "arp -Ds 127.0.0.1 lo temp",
                   "arp -i lo -Ds 198.18.1.7 lo pub", "arp -i lo -d 198.18.1.7 pub", "arp -i lo -d 0.0.0.0",
                   "arp -d 192.0.2.1", "arp -s 198.18.1.9 02:00:00:00:00:09", "arp -Ds 198.18.1.9 lo",
                   "ifconfig eth0 down", "ifconfig eth0 up"],
    "addresses": ["ifconfig eth0 0.0.0.0", "ifconfig eth0 10.0.0.1 netmask 255.0.0.0", "ifconfig eth0 add 10.0.0.2/8",
                  "ifconfig eth0 10.0.0.3", "ifconfig eth0 del 10.0.0.1", "ifconfig eth0 172.16.0.1/24",
                  "ifconfig eth0:7 172.16.0.2/24", "ifconfig eth0 del 172.16.0.2", "ifconfig eth0:7 192.168.5.5",
                  "ifconfig eth0 netmask 255.255.255.252", "ifconfig eth0 del 172.16.0.1", "ifconfig lo down",
                  "ifconfig lo up", "ifconfig eth0 add fd00::1/64", "ifconfig eth0 mtu 1000", "ifconfig eth0 mtu 1500",
                  "ifconfig eth0 add fd00::1/64"],
    "routes": ["route add -net 10.0.0.0/8 gw 198.18.1.2", "route add -net 10.0.0.0/8 gw 198.18.1.2 metric 3",
               "route add -net 10.0.0.0/8 gw 198.18.1.2", "route add -host 10.1.1.1 gw 10.2.2.2",
               "route del -net 10.0.0.0/8", "route add default dev eth0 metric 9", "route del default",
               "route del default", "route del default", "route add -net 10.9.0.0/16 reject",
               "route add -net 10.9.1.0/24 dev lo", "route -6 add default gw 2001:db8:1::9 metric 5",
               "route -6 del default", "ifconfig eth0 down", "ifconfig eth0 up"],
}


@pytest.mark.parametrize("name", SESSIONS)
def test_the_same_commands_end_in_the_same_tables(labs, name, record_property):
    topology = chain(1)
    memory = MemoryLab(topology)

    def in_memory(words: list[str]) -> tuple[str, int]:
        played = simulate(words, topology, "client", lab=memory)
        return played.stdout + played.stderr, played.status

    ours = session(SESSIONS[name], in_memory)

    def look() -> list[str]:
        """Some of what follows from a change the kernel does a moment later."""
        with Lab(topology) as lab:
            done = lab.run("client", [sys.executable, str(HERE / "changed_tables.py")],
                           input=json.dumps(SESSIONS[name]),
                           env={"LC_ALL": "C", "PATH": "/bin", "PYTHONPATH": f"{HERE.parents[1]}:{HERE.parent}"})
        assert done.returncode == 0, done.stderr
        return differences(ours, json.loads(done.stdout))

    found = look_again(look, record_property)
    assert found == [], "\n".join(found)
