"""The network in memory against the kernel's: netlite's programs see the same in both, but for times."""

from __future__ import annotations

import re
import shlex
import shutil

import pytest
from precedence import promptly
from quick_lab import Lab

from netlite.lab.scene import scene
from netlite.lab.scene.parts import REJECT_CODES, Action, Node, Rule, StaticRoute, Wire
from netlite.lab.scene.topology import Topology, chain
from netlite.programs.registry import netlite_argv
from netlite.programs.simulate import simulate

TIME = re.compile(r" *\d+(\.\d+)? ?ms\b|time \d+ms|rtt min.*")


def triangle() -> Topology:
    """r1 sends by r2, answers come back without it; s1 is silent; r1 and r2 pass LOOPING to each other."""
    looping = "203.0.113.0/24", "2001:db8:ffff::/48"
    nodes = [Node("client"), Node("server"), Node("far"), Node("s1", True, silent=True), Node("r3", True),
             Node("r1", True, routes=(StaticRoute("server", "r2"), *(StaticRoute(p, "r2") for p in looping))),
             Node("r2", True, routes=(*(StaticRoute(p, "r1") for p in looping),))]
    pairs = ("client r1", "r1 r2", "r2 r3", "r3 server", "r3 r1", "r1 s1", "s1 far")
    return Topology(nodes, [Wire(tuple(pair.split())) for pair in pairs], "triangle")


def refusing() -> Topology:
    """r2 refuses or drops what goes to the addresses of its own in 203.0.113.0/24 and 2001:db8:ffff::/48."""
    prefixes = "203.0.113.0/24", "2001:db8:ffff::/48"
    rules = []
    for number, code in enumerate((None, *REJECT_CODES)):
        action = Rule(Action.DROP) if code is None else Rule(Action.REJECT, codes=REJECT_CODES[code])
        rules += [action.replace(destination=f"203.0.113.{number}/32"),
                  action.replace(destination=f"2001:db8:ffff::{number}/128")]
    nodes = [Node("client"), Node("r1", True, routes=tuple(StaticRoute(p, "r2") for p in prefixes)),
             Node("r2", True, rules=tuple(rules), routes=tuple(StaticRoute(p, "server") for p in prefixes)),
             Node("server")]
    pairs = zip(nodes, nodes[1:])
    return Topology(nodes, [Wire((left.name, right.name)) for left, right in pairs], "refusing")


NARROW = chain(3, "narrow", {2: 1450, 3: 1400, 4: 1300})
# -i0.3: a name that is not found within an interval of the end is not waited for
TO_SERVER = ["tracepath -4 server", "tracepath -6 -b server", "ping -4 -c2 -i0.3 server", "ping -6 -c1 server",
             "traceroute -w1 server", "traceroute -6 -n -w1 server"]
PLACES = [
    (NARROW, TO_SERVER + [f"ping -{v} -n -c1 -W1 -M do -s {size} server" for v in (4, 6) for size in (1340, 1500)]
     + [f"ping -{v} -n -c1 -W1 -s {size} server" for v in (4, 6) for size in (1000, 3000)]
     + ["tracepath -n -l 1425 198.18.5.2", "tracepath -n 127.0.0.1", "tracepath -n ::1", "ping -n -c1 198.18.1.1",
        "ping -n -c1 2001:db8:1::1", "ping -4 -n -t2 -c1 -W1 server", "ping -6 -n -t3 -c1 -W1 server",
        "traceroute -n -w1 -F server 1440"]),
    (triangle(), [*TO_SERVER, "tracepath -n -m4 203.0.113.1", "tracepath -n -m4 2001:db8:ffff::1", "tracepath -n -4 far",
                  "traceroute -n -q1 -w0.5,0,0 far", "traceroute -n -q1 -m5 203.0.113.1"]),
    (refusing(), [f"{program} {prefix}{number}" for prefix in ("203.0.113.", "2001:db8:ffff::")
                  for number in range(1, 8)
                  for program in ("tracepath -n -l 100", "ping -n -c1 -W1", "traceroute -n -q1 -w1")]
     + ["traceroute -n -q1 -w0.3,0,0 -m3 203.0.113.0"]),
]
BEHIND = scene.load("nat").topology
PLACES.append((BEHIND, [*TO_SERVER, *(f"ping -{v} -n -c1 -W1 -s {size} -M do server" for v in (4, 6) for size in (56, 1440)),
                        *(f"traceroute -{v} {method} -n -q1 -w1 server" for v in (4, 6) for method in ("-I", "-T", "-U", "-M default")),
                        "ping -4 -n -c1 -t2 server", "ping -6 -n -c1 -t2 server", "ping -n -c1 -W1 198.18.2.1", "tracepath -n 198.18.2.2"]))
CASES = [(topology, command) for topology, commands in PLACES for command in commands]


@pytest.fixture(scope="module")
def lab_of(labs):
    if not shutil.which("ip"):
        pytest.skip("ip is not installed, which forgets path MTUs")
    built = {}

    def lab(topology: Topology) -> Lab:
        if topology.name not in built:
            built[topology.name] = Lab(topology)
        return built[topology.name]

    yield lab
    for each in built.values():
        each.close()


@pytest.mark.parametrize("topology, command", CASES, ids=[f"{place.name}: {words}" for place, words in CASES])
def test_same_text_and_status(lab_of, topology, command):
    lab = lab_of(topology)
    for version in "-4", "-6":
        lab.run("client", ["ip", version, "route", "flush", "cache"])
    with promptly():
        real = lab.run("client", netlite_argv(shlex.split(command)))
    played = simulate(command, topology, "client")
    assert TIME.sub("", played.stdout) == TIME.sub("", real.stdout)
    assert (played.stderr, played.status) == (real.stderr, real.returncode)
