"""The search for the path MTU on namespaces: the same words as in memory."""

from __future__ import annotations

import re

import pytest
from quick_lab import Lab

from netlite.lab.scene import scene
from netlite.lab.scene.parts import REJECT_CODES, Action, Node, Rule, Wire
from netlite.lab.scene.topology import Topology
from netlite.programs.registry import netlite_argv
from netlite.programs.simulate import simulate

TIME = re.compile(r"\d+\.\d+ ms")


@pytest.mark.parametrize("name, status", [("chain", 0), ("black-hole", 3)])
def test_kernel_and_memory_agree(labs, name, status):
    topology = scene.load(name).topology
    with Lab(topology) as lab:
        for options in ("-4", "-6", "-4 -U", "-6 -U"):
            words = ["mtu", "-W", "0.3", *options.split(), "server.lab"]
            real = lab.run("client", netlite_argv(words))
            played = simulate(words, topology, "client")
            assert TIME.sub("<time>", real.stdout) == TIME.sub("<time>", played.stdout)
            assert (real.stderr, real.returncode) == ("", status) == (played.stderr, played.status)


def test_a_firewall_that_speaks_of_ports_is_not_the_host(labs):
    """The router refuses what it should forward in the words of a closed port."""
    refused = tuple(Rule(Action.REJECT, destination=prefix, codes=REJECT_CODES["port-unreachable"])
                    for prefix in ("198.18.2.2/32", "2001:db8:2::2/128"))
    nodes = [Node("client"), Node("r1", True, rules=refused), Node("server")]
    topology = Topology(nodes, [Wire(("client", "r1")), Wire(("r1", "server"))], "firewall")
    with Lab(topology) as lab:
        for version, router in ((4, "198.18.1.2"), (6, "2001:db8:1::2")):
            for method in ("", "-U"):
                words = f"mtu -n -W 0.3 -{version} {method} server.lab".split()
                real = lab.run("client", netlite_argv(words))
                assert f"unreachable, says {router}" in real.stdout and "arrives" not in real.stdout
                assert (real.stderr, real.returncode) == ("", 1)
                played = simulate(words, topology, "client")
                assert TIME.sub("<time>", real.stdout) == TIME.sub("<time>", played.stdout)
                assert played.status == 1
