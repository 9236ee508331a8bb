"""Changes where the original has a bug: netlite does what was meant, or refuses; the kernel's state shows it."""

from __future__ import annotations

import pytest
from quick_lab import Lab

from netlite.errors import NetliteError
from netlite.lab.scene.parts import Node
from netlite.lab.scene.topology import Topology

SET_UP = """ip link add d0 address 02:00:00:00:0d:00 type veth peer name d1 address 02:00:00:00:0d:01
ip link set d0 up; ip link set d1 up; ip addr add 10.1.2.3/24 brd + dev d0; ip -6 addr add fd00:10::1/64 dev d0 nodad"""
IPV4 = "ip -o -4 addr show dev d0 | sed 's/.*inet //;s/ *scope.*//'"
QUEUE, HARDWARE = "ip -o link show d0 | grep -o 'qlen [0-9]*'", "ip -o link show d0 | grep -o 'ether [0-9a-f:]*'"
ROUTES = "ip -4 route show table main | grep -v 'proto kernel' | sed 's/ *$//'"
ROUTES6 = "ip -6 route show | grep -v 'proto kernel' | sed 's/ *$//'"


# command, its status, the end of its stderr, what is looked at, what is seen
MENDED = [
    ("ifconfig d0 10.9.9.1/32", 0, "", IPV4, "10.9.9.1/32 brd 10.255.255.255"),
    ("ifconfig d0 10.9.9.1/33", 3, "(CCITT X.25) \n", IPV4, "10.1.2.3/24 brd 10.1.2.255"),
    ("ifconfig d0 10.9.9.1/", 3, "(CCITT X.25) \n", IPV4, "10.1.2.3/24 brd 10.1.2.255"),
    ("ifconfig d0 10.9.9.1/-1", 3, "(CCITT X.25) \n", IPV4, "10.1.2.3/24 brd 10.1.2.255"),
    ("ifconfig d0 txqueuelen abc", 1, "ifconfig: invalid txqueuelen `abc'\n", QUEUE, "qlen 1000"),
    ("ifconfig d0 hw ether 02:00", 1, "02:00: invalid ether address.\n", HARDWARE,
     "ether 02:00:00:00:0d:00"),
    ("ifconfig d0 del 10.1.2.200", 1, "SIOCDIFADDR: Cannot assign requested address\n", IPV4,
     "10.1.2.3/24 brd 10.1.2.255"),
    ("ifconfig d0 del 10.1.2.3", 0, "", IPV4, ""),
    ("ifconfig d0 add 10.5.0.1/16", 0, "", IPV4, "10.1.2.3/24 brd 10.1.2.255\n10.5.0.1/16 brd 10.5.255.255"),
    ("ifconfig d1 add 10.6.0.1", 0, "", IPV4.replace("d0", "d1"), "10.6.0.1/8 brd 10.255.255.255"),
    ("ifconfig d0 inet6 add 10.9.9.9", 1, "10.9.9.9: not an IPv6 address\n", "ip -o addr show dev d0 | grep -c 10.9.9.9", "0"),
    ("ifconfig d0 inet6 del 10.1.2.3", 1, "10.1.2.3: not an IPv6 address\n", "ip -o addr show dev d0 | grep -c ' 10.1.2.3/'", "1"),
    ("ifconfig d0 inet6 fd00:77::3/64", 0, "", "ip -6 -o addr show dev d0 | grep -c fd00:77::3/64", "1"),
    ("ifconfig d0 add fd00::zz/64", 1, "fd00::zz: not an IPv6 address\n", IPV4, "10.1.2.3/24 brd 10.1.2.255"),
    ("ifconfig nosuch add 10.0.0.1", 1, "SIOCSIFADDR: No such device\n", IPV4, "10.1.2.3/24 brd 10.1.2.255"),
    ("ifconfig d0 media auto", 0, "", IPV4, "10.1.2.3/24 brd 10.1.2.255"),
    ("route add -net 10.60.0.1/32 dev d0", 0, "", ROUTES, "10.60.0.1 dev d0 scope link"),
    ("route add -host 10.60.0.2 netmask 255.255.255.255 dev d0", 0, "", ROUTES, "10.60.0.2 dev d0 scope link"),
    ("route add -net 10.60.0.0/33 dev d0", 3, "NOT supported\n", ROUTES, ""),
    ("route add -host -net 10.60.0.0 dev d0", 6, "-net: Unknown host\n", ROUTES, ""),
    ("route -6 add -net 2001:db8:7::/64 dev d0", 0, "", ROUTES6, "2001:db8:7::/64 dev d0 metric 1 pref medium"),
    ("route -6 add 2001:db8:7::/64 gw nosuch", 6, "nosuch: not an IPv6 address\n", ROUTES6, ""),
    ("arp -s 10.1.2.67 02:00:00", 255, "arp: invalid hardware address\n", "ip neigh", ""),
    ("arp -s 10.1.2.67 02:00:00:00:ee:68:99", 255, "arp: invalid hardware address\n", "ip neigh", ""),
    ("arp -i d0 -Ds 10.1.2.80 d1 pub; arp -d 10.1.2.80", 0, "", "ip neigh show proxy", ""),
]


@pytest.fixture(scope="module")
def lab():
    """One node a case, each with a veth d0 that has 10.1.2.3/24."""
    names = [f"n{number}" for number in range(len(MENDED))]
    try:
        built = Lab(Topology([Node(name) for name in names], []))
    except NetliteError as refusal:
        pytest.skip(f"no nodes here: {refusal}")
    with built:
        for name in names:
            prepared = built.run(name, ["sh", "-c", SET_UP])
            if prepared.returncode:
                pytest.skip(f"the nodes cannot be prepared: {prepared.stderr}")
        yield built


@pytest.mark.parametrize("number", range(len(MENDED)), ids=[row[0] for row in MENDED])
def test_mended(number, lab, netlite_path):
    command, status, complaint, look, seen = MENDED[number]
    environment = {"PATH": netlite_path(None), "LC_ALL": "C"}
    done = lab.run(f"n{number}", ["sh", "-c", command], env=environment)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.endswith(complaint) and bool(done.stderr) == bool(complaint)
    assert lab.run(f"n{number}", ["sh", "-c", look], env=environment).stdout.strip() == seen
