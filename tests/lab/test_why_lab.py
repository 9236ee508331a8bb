"""netlite why in namespaces of the kernel: a fault of each kind, at home, on the way and at the other end.

``netlite lab why --backend namespaces`` tries all of them, which takes ten minutes.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from contextlib import ExitStack

import pytest
from known_scenes import load
from quick_lab import Lab
from scene_plays import look_again

from netlite.lab.scene.parts import Action, Node, Rule, Wire
from netlite.lab.scene.topology import Topology, chain
from netlite.programs.lab.why_in_namespaces import diagnosis_of, run_why, try_in_namespaces
from netlite.programs.registry import netlite_argv

LABELS = {
    "faults-at-home": ("interface-down", "no-carrier", "route-refuses", "wrong-route", "mtu-too-small", "firewall-in-ipv6",
                       "firewall-out-port", "policy-rule", "policy-table", "route-prohibits", "well-no-host",
                       "duplicate-address", "queue-full", "queue-full-no-host", "own-service-well", "unread", "untaken",
                       "forgotten-connection", "well-with-connection", "wrong-source", "wrong-source-6", "other-source-well",
                       "broadcast", "group", "no-zone", "zone-nobody"),
    "faults-on-the-way": ("well", "loss-and-closed-port", "well-echo-dropped", "r2-drops-port-80", "r3-forbids", "queue-full", "service-silent",
                          "r2-swallows-big", "loop-2-3", "ipv4-at-1-ipv6-at-3", "client-r1-cut", "r2-r3-slow", "slow-and-closed-port"),
    "faults-of-names": ("well", "first-dead", "both-refuse", "split", "unknown"),
    "bridge": ("unplugged", "twin", "twin-ipv6"), "nat": ("forgotten",)}
TRIALS = [pytest.param(name, label, id=f"{name}-{label}") for name, labels in LABELS.items() for label in labels]


@pytest.mark.parametrize("name, label", TRIALS)
def test_the_kernel_agrees(quick_labs, name, label):
    scene = load(name)
    wanted = next(each for each in scene.labels if each.name == label)
    found = try_in_namespaces(scene, wanted)
    if found is None:
        pytest.skip("a command of it is not on this machine")
    assert wanted.placed(found), [(each.cause, each.hop, each.evidence) for each in found.verdicts]
    assert found.packets <= 200


def test_a_small_loss_is_placed_with_more_packets(quick_labs):
    """By chance in the order that the kernel gives packets: it may look three times, and never says that it is nearer, or that all is well."""
    scene = load("faults-on-the-way")
    wanted = next(each for each in scene.labels if each.name == "r2-r3-loses-5")
    for _ in range(3):
        found = try_in_namespaces(scene, wanted)
        assert found.packets <= 1000 and found.verdict.cause in ("loss", "loss-unplaced") and found.verdict.hop in (None, 2, 3)
        if wanted.placed(found):
            return
    raise AssertionError(found.verdicts)


WITHOUT_RIGHTS = """\
import ctypes, os, sys
for capability in range(64):
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP
os.execv(sys.argv[1], sys.argv[1:])
"""


def broken() -> Topology:
    rules = (Rule(Action.DROP, destination="server"),)
    return Topology([Node("client"), Node("r1", True, rules=rules), Node("server")],
                    [Wire(("client", "r1")), Wire(("r1", "server"))])


@pytest.mark.parametrize("topology, cause", [(chain(1), "well"), (broken(), "lost-behind")], ids=["well", "broken"])
@pytest.mark.parametrize("group", ["0 2147483647", "1 0"], ids=["icmp", "no-icmp"])
def test_without_rights_it_says_the_same_and_what_is_missing(labs, topology, cause, group):
    with Lab(topology, {"net/ipv4/ping_group_range": group}) as lab:
        done = lab.run("client", [sys.executable, "-I", "-c", WITHOUT_RIGHTS,
                                  *netlite_argv(["why", "--json", "server"])])
        found = diagnosis_of(json.loads(done.stdout))
    assert found.verdict.cause == cause and found.verdict.hop in (None, 1)
    assert any("CAP_NET_RAW" in note for note in found.notes)


def test_a_full_queue_of_this_machine_itself(labs):
    with Lab(chain(1)) as lab, ExitStack() as held:
        listener = held.enter_context(lab.socket("client", socket.AF_INET, socket.SOCK_STREAM))
        listener.bind(("127.0.0.1", 8080))
        listener.listen(0)
        for _ in range(3):
            own = held.enter_context(lab.socket("client", socket.AF_INET, socket.SOCK_STREAM))
            own.setblocking(False)
            own.connect_ex(("127.0.0.1", 8080))
        done = lab.run("client", netlite_argv(["why", "--json", "127.0.0.1:8080"]))
        found = diagnosis_of(json.loads(done.stdout))
    assert found.verdict.cause == "backlog-full", found.verdicts


def test_the_command_prints_the_matrix():
    done = subprocess.run(netlite_argv(["lab", "why", "loop", "firewall"]), capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.split()[:3] for line in lines[:3]] == [["loop", "loop", "loop"], ["firewall", "dropped", "lost-behind"],
                                                        ["firewall", "rejected", "prohibited"]]
    assert "single faults: 3 of 3 named, 3 of 3 named and placed" in lines
    wrong = subprocess.run(netlite_argv(["lab", "why", "--backend", "here"]), capture_output=True, text=True, timeout=300, check=False)
    assert wrong.returncode == 2 and "--backend is one of" in wrong.stderr


def test_a_lab_changes_its_services(labs, record_property):
    scene = load("faults-of-names")

    def look() -> list[str]:
        with Lab(scene.topology) as lab:
            before = run_why(lab, "client", "server.lab")
            lab.change(scene.broken(["dead"]))
            broken_ = run_why(lab, "client", "server.lab")
            lab.change(scene.topology)
            after = run_why(lab, "client", "server.lab")
        causes = [each.verdict.cause for each in (before, broken_, after)]
        return [] if causes == ["well", "name-server-silent", "well"] else causes

    assert look_again(look, record_property) == []
