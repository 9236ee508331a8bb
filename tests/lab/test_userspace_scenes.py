"""The userspace Internet: every scene that claims it, with netlite's programs and the originals, root and not."""

from __future__ import annotations

import shlex
import subprocess

import known_scenes
import originals
import pytest
from precedence import NETWORK, promptly
from scene_plays import look_again, play_as_said

from netlite.lab import backends
from netlite.lab.scene.parts import Node, Wire
from netlite.lab.scene.topology import Topology, chain
from netlite.lab.userspace.internet import UserspaceLab
from netlite.programs.registry import netlite_argv
from netlite.programs.simulate import simulate

NAMES = known_scenes.names_for("userspace")
ONLY_HERE = [name for name in NAMES if name not in known_scenes.names_for("namespaces")]
PLAY = """
import os
from netlite.lab import backends
from netlite.lab.scene import scene
from netlite.lab.play import play
from netlite.programs.registry import netlite_argv
from netlite.programs.simulate import simulate
loaded = scene.load({name!r})
with backends.opened(loaded, "userspace", netlite_argv, simulate) as stage:
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))  # only the network goes before others
    for outcome in play(loaded, stage, lambda text: None):
        if outcome.problems:
            print(outcome)
"""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("programs", ["original", "netlite"])
def test_a_scene_shows_what_it_says(labs, name, programs, record_property):
    loaded = known_scenes.load(name)
    if programs == "original":
        originals.need(*sorted({shlex.split(each.command)[0] for each in loaded.experiments}))
    argv = list if programs == "original" else netlite_argv
    outcomes = play_as_said(loaded, lambda: backends.opened(loaded, "userspace", argv, simulate), record_property)
    assert outcomes
    assert [outcome for outcome in outcomes if outcome.problems] == []


@pytest.mark.parametrize("name", ONLY_HERE)
def test_as_an_ordinary_user(rootless_labs, run_python, name, record_property):
    def look() -> str:
        with promptly(NETWORK):
            return run_python(PLAY.format(name=name), ordinary=True)

    assert look_again(look, record_property) == ""


def test_big_packets_travel_in_pieces(labs):
    originals.need("ping")
    with UserspaceLab(chain(2, mtus={2: 1400})) as lab:
        for version in "-4", "-6":
            for size in "1400", "3000", "20000":
                done = lab.run("client", ["ping", version, "-n", "-c3", "-i0.2", "-W1", "-s", size, "server"])
                assert " 0 received" not in done.stdout, done.stdout


def test_ports_that_accept_and_ports_that_do_not(labs):
    originals.need("traceroute")
    with UserspaceLab(chain(1), open_ports=[("server", 80)]) as lab:
        for port, status in ("80", 0), ("81", 1):
            code = ("import socket, sys\n"
                    "try: socket.create_connection(('198.18.2.2', int(sys.argv[1])), 5)\n"
                    "except ConnectionRefusedError: sys.exit(1)")
            assert lab.run("client", ["python3", "-c", code, port]).returncode == status


def test_a_host_with_two_wires(labs):
    nodes = [Node("a"), Node("r", True), Node("b"), Node("c")]
    topology = Topology(nodes, [Wire(("r", "a")), Wire(("b", "a")), Wire(("r", "c"))])
    with UserspaceLab(topology) as lab:
        for name in "r", "b", "c":
            for version in "-4", "-6":
                done = lab.run("a", netlite_argv(["ping", version, "-c1", "-W1", name]))
                assert done.returncode == 0, done.stdout + done.stderr
        neighbours = lab.run("a", netlite_argv(["arp", "-n"])).stdout
        assert {line.split()[0] for line in neighbours.splitlines()[1:]} == {"198.18.1.1", "198.18.2.1"}


@pytest.mark.parametrize("closed", ["0<&-", "2>&-", "0<&- 2>&-"])
def test_it_ends_where_a_stream_is_closed(labs, closed):
    """The numbers of streams that are closed are given to what is opened next."""
    words = netlite_argv(["lab", "check", "loop", "--backend", "userspace"])
    done = subprocess.run(["sh", "-c", f'exec "$@" {closed}', "sh", *words], stdout=subprocess.PIPE, text=True, timeout=240)
    assert done.returncode == 0 and "userspace" in done.stdout
