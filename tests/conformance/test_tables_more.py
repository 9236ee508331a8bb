"""netlite's own displays: `route get` beside `ip route get`, and everything of --more."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from quick_lab import Lab

import netlite
from netlite.errors import NetliteError
from netlite.lab.scene.parts import Node
from netlite.lab.scene.topology import Topology

SET_UP = """ip link set lo up
ip link add d0 type veth peer name d1; ip link set d0 up; ip link set d1 up
ip addr add 10.0.0.1/24 brd + dev d0; ip addr add 10.0.0.2/24 dev d0 label d0:x; ip addr add 10.1.0.1 peer 10.1.0.2 dev d1
ip -6 addr add fd00::1/64 dev d0 nodad valid_lft 5000 preferred_lft 4000
ip route add default via 10.0.0.9; ip route add 10.20.0.0/16 nexthop via 10.0.0.9 weight 2 nexthop via 10.0.0.8
ip route add 10.20.1.0/24 dev d1 metric 5; ip route add 10.20.1.0/24 via 10.0.0.7 metric 9
ip route add 10.50.0.0/16 dev d1 table 77; ip rule add to 10.50.1.0/24 table 77
ip route add throw 10.60.0.0/16 table 77; ip rule add to 10.60.0.0/16 table 77
ip route add blackhole 10.30.0.0/16; ip route add prohibit 10.31.0.0/16; ip route add unreachable 10.32.0.0/16
ip -6 route add 2001:db8::/32 via fd00::9; ip -6 route add 2001:db8:1::/48 dev d1
ip link add 7 type veth peer name p7; ip link set 7 up; ip link set p7 up
ip neigh add 10.0.0.7 lladdr 02:00:00:00:00:01 nud stale dev d0; ip neigh add fd00::7 lladdr 02:00:00:00:00:02 nud permanent dev d0
"""
GOING = ("10.20.1.7", "10.20.9.9", "10.50.1.1", "10.50.2.1", "10.60.0.1", "10.0.0.1", "10.0.0.255", "127.0.0.9", "8.8.8.8",
         "2001:db8::1", "2001:db8:1::1", "::1", "10.1.0.2")


@pytest.fixture(scope="module")
def node():
    """node(program, *words): run in a prepared node."""
    try:
        lab = Lab(Topology([Node("n")], []))
    except NetliteError as refusal:
        pytest.skip(f"no nodes here: {refusal}")
    with lab:
        prepared = lab.run("n", ["sh", "-c", SET_UP])
        if prepared.returncode:
            pytest.skip(f"the node cannot be prepared: {prepared.stderr}")
        yield lambda *words, **options: lab.run("n", list(words), **options)


@pytest.mark.parametrize("address", GOING)
def test_the_way_is_the_kernels(address, node, netlite_path):
    way = json.loads(node("ip", "-j", "route", "get", address).stdout)[0]
    entry = json.loads(node("ip", "-j", "route", "get", "fibmatch", address).stdout)[0]
    done = node("route", "get", address, env={"PATH": netlite_path(None), "LC_ALL": "C"})
    sentence, _, rest = done.stdout.partition("\n")
    assert done.returncode == 0 and not done.stderr
    assert f" {way['dev']}" in sentence
    assert way.get("gateway", "") in sentence and way.get("prefsrc", "") in sentence
    winners = [line.split() for line in rest.splitlines() if line.startswith("*")]
    assert len(winners) == 1
    destination, _, length = winners[0][3].partition("/")
    full = destination if length in ("32", "128") else winners[0][3]
    assert entry["dst"] in (full, winners[0][3])


@pytest.mark.parametrize("device", ["d0", "d1", "7"])
@pytest.mark.parametrize("address", ["fe80::5", "ff02::1"])
def test_the_zone_of_an_address_is_the_device(address, device, node, netlite_path):
    """One of them is called 7."""
    path = {"PATH": netlite_path(None), "LC_ALL": "C"}
    entry = json.loads(node("ip", "-j", "route", "get", "fibmatch", address, "oif", device).stdout)[0]
    done = node("route", "get", f"{address}%{device}", env=path)
    assert (entry["dev"], done.returncode, done.stderr) == (device, 0, "") and f" out of {device}" in done.stdout
    winner, = (line for line in done.stdout.splitlines() if line.startswith("*"))
    assert f" dev {device} " in winner and done.stdout.count("by another interface") == done.stdout.count("  fe80::/64  ") + done.stdout.count("  ff00::/8  ") - 1
    told = json.loads(node("route", "get", "--json", f"{address}%{device}", env=path).stdout)
    assert told["answer"]["device"] == device and told["address"] == f"{address}%{device}"
    asked = f"import sys; sys.path.insert(0, {str(Path(netlite.__file__).parent.parent)!r}); import netlite; print(netlite.route_to('{address}%{device}').device)"
    assert node(sys.executable, "-I", "-c", asked).stdout == device + "\n"
    unknown = node("route", "get", f"{address}%nosuch", env=path)
    assert (unknown.returncode, unknown.stderr) == (6, f"{address}%nosuch: Unknown host\n")


@pytest.mark.parametrize("address, word", [("10.30.0.1", "blackhole"), ("10.31.0.1", "prohibit"),
                                           ("10.32.0.1", "unreachable"), ("2001:db9::1", "Network is unreachable")])
def test_no_way_has_its_reason(address, word, node, netlite_path):
    done = node("route", "get", address, env={"PATH": netlite_path(None), "LC_ALL": "C"})
    assert done.returncode == 7 and word in done.stdout


@pytest.mark.parametrize("command, words", [
    ("route --more", ("Table 77\n", "via 10.0.0.9 dev d0 weight 2 + via 10.0.0.8 dev d0 weight 1", "blackhole",
                      "Table 255 (local)", "throw")),
    ("route --more -6", ("2001:db8:1::/48", "Table 254 (main)")),
    ("arp --more", ("02:00:00:00:00:01   stale", "fd00::7")),
    ("arp --inet6 fd00::7", ("permanent",)),
    ("ifconfig --more d0", ("10.0.0.2/24", "secondary  d0:x", "fd00::1/64", "nodad")),
    ("ifconfig --all-addresses", ("10.1.0.1/32", "10.1.0.2", "127.0.0.1/8")),
])
def test_more(command, words, node, netlite_path):
    done = node(*command.split(), env={"PATH": netlite_path(None), "LC_ALL": "C"})
    assert done.returncode == 0 and not done.stderr
    assert not [word for word in words if word not in done.stdout], done.stdout


def test_our_choice_is_the_kernels_on_random_tables():
    script = Path(__file__).with_name("route_choice_trial.py")
    try:
        lab = Lab(Topology([Node("n")], []))
    except NetliteError as refusal:
        pytest.skip(f"no nodes here: {refusal}")
    with lab:
        done = lab.run("n", [sys.executable, str(script), "5"])
    *complaints, totals = done.stdout.splitlines() or [done.stderr]
    assert not complaints and not done.stderr, done.stdout + done.stderr
    compared, ways = map(int, totals.split())
    assert compared == 300 and 50 < ways < 300


def test_hostname_json(node, netlite_path):
    done = node("hostname", "-I", "--json", env={"PATH": netlite_path(None), "LC_ALL": "C"})
    assert "10.0.0.1" in json.loads(done.stdout)["addresses"]
