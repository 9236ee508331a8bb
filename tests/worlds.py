"""The two worlds that tests give to a program, or a part of one, instead of this machine's.

`in_memory`: a node of a topology, with virtual time; names are those of the topology, and localhost.
`recorded`: kernel tables and name files as they once were (replay.py); here made up, from the texts of the files.
"""

from __future__ import annotations

from pathlib import Path

from replay import ReplayEnvironment

from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.parts import Action, Node, Rule, Wire
from netlite.lab.scene.topology import Topology, chain

MILLISECOND_NS = 1_000_000
SECOND_NS = 1000 * MILLISECOND_NS
# Each wire is slower and narrower than the one before; and a router that drops everything.
PATH = Topology(
    [Node("client"), Node("r1", True), Node("r2", True), Node("server")],
    [Wire(("client", "r1"), 1500, MILLISECOND_NS), Wire(("r1", "r2"), 1400, 2 * MILLISECOND_NS),
     Wire(("r2", "server"), 1300, 4 * MILLISECOND_NS)])
SILENT = Topology([Node("client"), Node("r1", True, rules=(Rule(Action.DROP),)), Node("server")],
                  [Wire(("client", "r1")), Wire(("r1", "server"))])


def in_memory(program: str, **circumstances) -> SimulatedEnvironment:
    """The world of a program on the client of a small lab; `circumstances` as of SimulatedEnvironment."""
    return SimulatedEnvironment(program, chain(1), "client", **circumstances)


def recorded(folder: Path, program: str, **names: str) -> ReplayEnvironment:
    """A world without kernel tables, with these files under its etc: hosts="192.0.2.1 router\\n"."""
    etc = folder / "etc"
    etc.mkdir(exist_ok=True)
    for file, text in names.items():
        (etc / file).write_text(text)
    return ReplayEnvironment(program, str(folder), str(etc))


# Commands that change something, each of them where those before have been run: on the client of `in_memory`, and on
# a machine whose eth0 has the same addresses and the same neighbour.
CHANGING = (
    "ifconfig lo 127.0.0.7", "ifconfig lo 127.0.0.1 netmask 255.0.0.0", "ifconfig eth0 mtu 1400",
    "ifconfig eth0 txqueuelen 77", "ifconfig eth0 promisc", "ifconfig eth0 allmulti", "ifconfig eth0 -promisc -allmulti",
    "ifconfig eth0 -multicast", "ifconfig eth0 multicast", "ifconfig eth0 dynamic", "ifconfig eth0 -arp",
    "ifconfig eth0 arp", "ifconfig eth0 hw ether 02:00:00:00:00:99", "ifconfig eth0 broadcast 198.18.1.127",
    "ifconfig eth0:1 192.0.2.5 netmask 255.255.255.0", "ifconfig eth0:1 netmask 255.255.0.0",
    "ifconfig eth0:1 down", "ifconfig eth0 add 2001:db8:9::9/64", "ifconfig eth0 del 2001:db8:9::9/64",
    "ifconfig eth0 add 192.0.2.9", "ifconfig eth0 del 192.0.2.9",
    "route add -host 192.0.2.77 dev eth0", "route del -host 192.0.2.77 dev eth0",
    "route add -net 203.0.113.0/24 gw 198.18.1.2 metric 5 mss 1400 window 4096 irtt 300", "route del -net 203.0.113.0/24",
    "route add -host 203.0.113.7 reject", "route del -host 203.0.113.7 reject",
    "route add default gw 198.18.1.2", "route del default",
    "route -6 add 2001:db8:77::/48 gw 2001:db8:1::2", "route -6 del 2001:db8:77::/48", "route -6 add 2001:db8:78::/48 dev eth0",
    "arp -s 198.18.1.9 02:00:00:00:00:09", "arp -d 198.18.1.9", "arp -s 198.18.1.10 02:00:00:00:00:10 temp",
    "arp -i eth0 -s 198.18.1.11 02:00:00:00:00:99 pub", "arp -i eth0 -d 198.18.1.11 pub", "arp -i eth0 -Ds 198.18.1.12 eth0 pub",
    "hostname renamed", "hostname -b again", "domainname example.org", "nisdomainname example.net",
    "ypdomainname example.com", "ifconfig eth0 down", "ifconfig eth0 name wan", "ifconfig wan up",
    "ifconfig wan 10.1.2.3 netmask 255.255.0.0")
