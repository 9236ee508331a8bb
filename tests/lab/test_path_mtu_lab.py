"""The search for the path MTU on namespaces: the same words as in memory."""

from __future__ import annotations

import re

import pytest

from netlite.lab.kernel.namespaces import Lab
from netlite.lab.scene import scene
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
