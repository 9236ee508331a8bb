"""What a packet socket shows of a run in the kernel is what the network in memory shows."""

from __future__ import annotations

import re
import shlex

import pytest

from netlite.lab.namespaces import Lab
from netlite.lab.play import netlite_argv
from netlite.lab.simulated_environment import simulate
from netlite.lab.topology import chain

TIMES = re.compile(r"\d+\.\d+ ms\b")
VARYING = re.compile(r"id 0x[0-9a-f]+|The quickest.*?queues\."
                     r"|\d+ probes were answered.*?\.|All \d+ answers.*?\.|The largest step.*?back\.|Hop \d+ answered more quickly.*?passes on\.|-+|\d+\.(?= )")
NARROW = chain(2, "explained", {2: 1400})


@pytest.fixture(scope="module")
def lab(labs):
    with Lab(NARROW) as built:
        yield built


def told(text: str) -> str:
    """The explanation without times, which differ, and without how lines are broken."""
    line = " ".join(text.partition("=== Explained ===")[2].split())
    return " ".join(VARYING.sub(" ", TIMES.sub("T", line)).split())


@pytest.mark.parametrize("command", [
    "ping -4 -n -c1 --explain server", "ping -6 -n -c1 --explain server", "ping -4 -n -c1 -t1 --explain server",
    "ping -4 -n -c1 -M do -s1472 --explain server", "traceroute -n -q1 --explain server",
    "traceroute -6 -n -q1 --explain server", "traceroute -n -I -q1 --explain server",
    "traceroute -n -T -q1 --explain server"])
def test_the_story_is_the_same(lab, command):
    words = command.split()
    words[-1] = lab.address("server", 6 if "-6" in words else 4)
    with lab.popen("client", netlite_argv(words), stdout=-1, stderr=-1, text=True) as process:
        out, err = process.communicate(timeout=60)
    played = simulate(shlex.join(words), NARROW)
    assert err == "" and process.returncode == played.status
    assert "put together" not in out
    assert told(out) == told(played.stdout)
