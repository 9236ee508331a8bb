"""Devices, addresses and routes that go, change and come while programs run: they see what the original sees.

Both run side by side in a network of their own, and the change befalls both.
"""

from __future__ import annotations

import re
import subprocess

import pytest
from originals import need
from trials import Ended, fault_of, original, ours

from netlite.lab.kernel.namespaces import Lab
from netlite.lab.scene.topology import chain

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
COMPARED = ("ping -n -i 0.1 -c 12 -W 1 -4 server", "ping -n -i 0.1 -c 12 -W 1 -6 server",
            "ping -n -i 0.1 -c 12 -W 1 -s 1400 -M do -4 server")
COMPLAINT = re.compile(r"^(?:From \S+ icmp_seq=\d+ )?(\D*(?:unreachable|filtered|long|down|argument|device|permitted|prohibited)\D*)",
                       re.I | re.M)


def run_both(command: str, change: str) -> dict[str, Ended]:
    """ping of ours and the original while their network changes, after the first answer that each of them got."""
    with Lab(chain(1)) as lab:
        processes = {name: lab.popen("client", argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE, text=True, bufsize=1)
                     for name, argv in (("netlite", ours(command)), ("original", original(command)))}
        first = {name: process.stdout.readline() + process.stdout.readline() for name, process in processes.items()}
        lab.run("client", ["sh", "-c", change])
        told = {}
        for name, process in processes.items():
            out, err = process.communicate(timeout=60)
            told[name] = Ended(process.returncode, first[name] + out, err)
        return told


def complaints(done: Ended) -> set[str]:
    return {each.strip() for each in COMPLAINT.findall(done.out + done.err)}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("command", COMPARED)
def test_ping_sees_what_the_original_sees(lab, command, change):
    need("ping")
    told = run_both(command, CHANGES[change])
    assert not fault_of(told["netlite"])
    assert (told["netlite"].status, complaints(told["netlite"])) == (told["original"].status, complaints(told["original"])), told
