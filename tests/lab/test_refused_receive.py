"""Where the kernel refuses to hand over what arrives, programs say so and end."""

from __future__ import annotations

from errno import ENETDOWN, EPERM

import pytest
from quick_lab import Lab
from refusals import Refusal, no_seccomp, refuse

from netlite.lab.scene.topology import chain
from netlite.programs.registry import netlite_argv

WORDS = {EPERM: "recvmsg: Operation not permitted\n", ENETDOWN: "recvmsg: Network is down\n"}


@pytest.fixture(scope="module")
def lab(labs):
    if no_seccomp():
        pytest.skip(f"no seccomp here: {no_seccomp()}")
    with Lab(chain(1)) as built:
        yield built


@pytest.mark.parametrize("errno", WORDS)
@pytest.mark.parametrize("command, before, status", [
    ("ping -n server", "ping: ", 1),
    ("ping -n -f -q server", "ping: ", 1),
    ("ping -n -q -w 9 -6 server", "ping: ", 1),
    ("ping --multi server r1", "ping: ", 2),
    ("mtu -n server", "mtu: ", 2),
    ("mtu -n -U server", "mtu: ", 2),
    ("tracepath -n server", "tracepath: ", 1),
    ("traceroute -n server", "\n", 1),
    ("traceroute -n -I server", "\n", 1),
    ("traceroute -n -T server", "\n", 1),
    ("traceroute -n -P 253 server", "\n", 1),
    ("traceroute -n --paris server", "\n", 1),
    ("traceroute -n --mda server", "\n", 1),
    ("ping -n --explain server", "ping: ", 1),
])
def test_it_is_said_and_the_run_ends(lab, command, before, status, errno):
    done = lab.run("client", netlite_argv(command.split()), timeout=300,
                   preexec_fn=lambda: refuse(Refusal("recvmsg", errno)))
    assert (done.stderr, done.returncode) == (before + WORDS[errno], status)
