"""--explain of the programs that show tables, whole: what follows below, and what must not."""

from __future__ import annotations

import json

import pytest

from netlite.lab.memory.lab import MemoryLab
from netlite.lab.scene.topology import chain
from netlite.programs.simulate import simulate

MARK = "\n=== Explained ===\n"
PATH = chain(1)


def explained(command: str, **more):
    program, _, arguments = command.partition(" ")
    return simulate(f"{program} --explain {arguments}", PATH, **more)


@pytest.mark.parametrize("command", ["netstat --json -an", "netstat -rn --json", "route --json -n", "arp --json -n", "ifconfig --json",
                                     "hostname --json", "netstat -i --json"])
def test_json_stays_json(command):
    played = explained(command)
    assert (played.stdout, played.stderr) == (simulate(command, PATH).stdout, simulate(command, PATH).stderr)
    json.loads(played.stdout)


@pytest.mark.parametrize("command", ["netstat -rn", "netstat -i", "netstat -gn", "route -n", "route -6 -n", "ifconfig", "ifconfig -a -s",
                                     "hostname", "hostname -f", "hostname -I", "dnsdomainname", "ifconfig eth0", "netstat -tan",
                                     "netstat -an"])
def test_rows_are_explained_below_the_classic_text(command):
    plain, played = simulate(command, PATH), explained(command)
    assert played.stdout.startswith(plain.stdout) and played.status == plain.status
    rest = played.stdout[len(plain.stdout):]
    assert rest.startswith(MARK + "\n  * ") and max(map(len, rest.splitlines())) <= 100


@pytest.mark.parametrize("command", ["netstat --more -tn", "route get 198.18.1.2", "ifconfig eth0 mtu 1400", "route --more", "arp --more"])
def test_nothing_is_said_of_tables_that_are_not_there(command):
    assert "No table was shown" not in explained(command).stdout


def test_a_connection_is_explained():
    lab = MemoryLab(PATH)
    with lab.connection("client", "server", 80):
        told = " ".join(explained("netstat -tn", lab=lab).stdout.split())
    assert "198.18.2.2:80 (http): ESTABLISHED" in told and "Probably this host opened it" in told


def test_a_neighbour_is_explained():
    lab = MemoryLab(PATH)
    simulate("ping -c1 -n -4 server", PATH, lab=lab)
    told = " ".join(explained("arp -n", lab=lab).stdout.split())
    assert "198.18.1.2, the router that packets to elsewhere are handed to, answers at" in told
