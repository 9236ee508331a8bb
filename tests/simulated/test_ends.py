"""What a run says when it is ended, or nothing can be received: what was cut off is not known, so it proves nothing."""

from __future__ import annotations

import json
import subprocess
from errno import EPERM
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlite.lab.memory.link import SimulatedLink
from netlite.lab.scene import scene
from netlite.lab.scene.parts import Node, Wire
from netlite.lab.scene.topology import Topology, chain
from netlite.programs import simulate as simulate_module
from netlite.programs.simulate import simulate, simulate_for_an_hour

BIN = Path(__file__).parents[2] / "bin"
MS, SECOND = 1_000_000, 1_000_000_000
SLOW = Topology([Node("client"), Node("r1", forwards=True), Node("server")],
                [Wire(("client", "r1"), delay_ns=20 * MS), Wire(("r1", "server"), delay_ns=105 * MS)])
BLACK_HOLE = scene.load("black-hole").topology
REFUSED = "recvmsg: Operation not permitted\n"


def ended(command: str, topology, at_ms: float):
    return simulate(command, topology, "client", signals=[(int(at_ms * MS), "SIGINT")])


@given(st.integers(1, 3000), st.sampled_from(["-4", "-6", "-4 -U"]))
def test_mtu_finds_no_black_hole_where_there_is_none(at_ms, options):
    """However slow the path is, and whenever the run is ended."""
    for played in (ended(f"mtu -n {options} server", SLOW, at_ms),
                   simulate(f"mtu -n {options} -w {at_ms / 1000} server", SLOW, "client")):
        assert "black hole" not in played.stdout and "lost" not in played.stdout and played.status in (0, 1)
        assert played.duration_ns <= at_ms * MS


def test_mtu_ends_at_once_when_it_is_asked_to():
    """Within the round trip of the first probe, which is then no lost one."""
    for played in (ended("mtu -n -4 server", SLOW, 100), simulate("mtu -n -4 -w 0.1 server", SLOW, "client")):
        assert played.stdout.splitlines()[1:] == ["no path MTU: no probe of any size was answered"]
        assert (played.status, played.duration_ns) == (1, 100 * MS)


@given(st.floats(0, 1000))
def test_a_black_hole_is_told_once_three_probes_are_lost(at_ms):
    last = json.loads(ended("mtu -n -4 --json server", BLACK_HOLE, at_ms).stdout)
    lost = [each for each in last["sizes"] if each["fate"] == "lost"]
    assert all(each["tries"] == 3 for each in lost)
    assert last["black_hole"] == bool(lost)
    seen = [each for each in last["hops"] if each["seen"] is False]
    assert [each["reported"] for each in last["narrowings"]] == [False] * len(seen)


def test_a_bound_on_the_probes_cuts_off_as_well():
    import netlite
    from netlite.lab.memory.environment import SimulatedEnvironment

    for most in range(1, 30):
        lab = SimulatedEnvironment("test", BLACK_HOLE, "client")
        *tried, last = netlite.path_mtu("server", version=4, world=lab, max_probes=most)
        assert last.probes <= most
        assert all(each.tries == 3 for each in tried if getattr(each, "fate", None) == 2)


def test_multiple_targets_are_up_down_or_unknown():
    played = ended("ping --multi -4 -c 3 -i 0.1 -W 0.2 --rate 20 server 198.18.4.77 r1 r2 r3 198.18.4.78", chain(3), 220)
    assert played.stdout == """\
server (198.18.4.2): 1 sent, 1 received, 0% loss, rtt min/avg/max = 0.000/0.000/0.000 ms
198.18.4.77: 1 sent, 0 received, 1 under way
r1 (198.18.1.2): 1 sent, 1 received, 0% loss, rtt min/avg/max = 0.000/0.000/0.000 ms
r2 (198.18.2.2): 1 sent, 1 received, 0% loss, rtt min/avg/max = 0.000/0.000/0.000 ms
r3 (198.18.3.2): 1 sent, 1 received, 0% loss, rtt min/avg/max = 0.000/0.000/0.000 ms
198.18.4.78: 0 sent, 0 received
--- 6 targets: 4 up, 0 down, 2 unknown; 5 sent, 4 received, time 220ms ---
"""
    assert played.status == 1


def test_of_multiple_targets_a_lost_probe_is_known():
    played = ended("ping --multi -c 3 -i 0.3 -W 0.2 198.18.4.77", chain(3), 400)
    assert played.stdout.startswith("198.18.4.77: 2 sent, 0 received, 1 under way, 100% loss\n--- 1 targets: 0 up, 1 down; ")


@pytest.mark.parametrize("command, status, complaint, said", [
    ("ping -c3 server", 1, f"ping: {REFUSED}", "1 packets transmitted, 0 received, 100% packet loss"),
    ("ping -f -q server", 1, f"ping: {REFUSED}", "packets transmitted, 0 received, 100% packet loss"),
    ("ping -q -w 5 -6 server", 1, f"ping: {REFUSED}", "1 packets transmitted, 0 received"),
    ("ping --multi server r1", 2, f"ping: {REFUSED}", "--- 2 targets: 0 up, 0 down, 2 unknown; "),
    ("tracepath -n server", 1, f"tracepath: {REFUSED}", ""),
    ("tracepath server", 1, f"tracepath: {REFUSED}", ""),
    ("mtu server", 2, f"mtu: {REFUSED}", ""),
    ("traceroute -n server", 1, f"\n{REFUSED}", "traceroute to server"),
    ("traceroute -I -n server", 1, f"\n{REFUSED}", "traceroute to server"),
    ("traceroute -T -n server", 1, f"\n{REFUSED}", "traceroute to server"),
    ("traceroute --paris server", 1, f"\n{REFUSED}", "traceroute to server"),
    ("traceroute --mda server", 1, f"\n{REFUSED}", "traceroute to server"),
])
def test_what_cannot_be_received_ends_the_run_in_words(monkeypatch, command, status, complaint, said):
    def refuse(link):
        raise OSError(EPERM, "Operation not permitted")

    monkeypatch.setattr(SimulatedLink, "receive", refuse)
    played = simulate(command, chain(2), "client")
    assert (played.status, played.stderr) == (status, complaint)
    assert said in played.stdout


@pytest.mark.parametrize("command, status, last", [
    ("ping -n server", 0, "rtt min/avg"), ("ping -n -i 4000 -c2 server", 0, "rtt min/avg"), ("ping --multi -W 5000 198.18.9.9", 1, "--- 1 targets"),
    ("netstat -r --interval 900", 130, "198.18."), ("traceroute -n -w 5000 -q1 -N1 198.18.9.9", 0, "")])
def test_a_program_without_end_is_interrupted_after_an_hour(command, status, last):
    played = simulate_for_an_hour(command, chain(1), "client")
    assert played.status == status and last in played.stdout and "Traceback" not in played.stdout + played.stderr
    if status != 0 or "ping" in command:
        assert played.stderr.endswith(f"netlite lab: {command.split()[0]} was interrupted: in memory a program runs for an hour at most\n")
        assert played.duration_ns >= 3598 * SECOND


@pytest.mark.parametrize("command, status", [("ping -n -f server", 0), ("ping -n -i 0 server", 0), ("ping -n -f 198.18.9.9", 1),
                                             ("ping -q -l 1000 -i 0 server", 0), ("netstat -r --interval 0.001", 130)])
def test_nor_does_a_program_go_on_for_which_no_time_passes(monkeypatch, command, status):
    """Answers come at once where wires have no delay: a flood would never see the hour."""
    monkeypatch.setattr(simulate_module, "MOST_TURNS", 500)
    played = simulate_for_an_hour(command, chain(1), "client")
    assert (played.status, len(played.packets) <= 2000) == (status, True) and "internal" not in played.stderr
    assert played.stderr.endswith(f"netlite lab: {command.split()[0]} was interrupted: in memory a program runs for 500 waits and packets at most\n")


def test_a_program_that_ends_is_not_interrupted():
    assert "interrupted" not in simulate_for_an_hour("ping -c2 server", chain(1), "client").stderr


def test_a_lab_in_memory_ends_a_ping_without_end():
    done = subprocess.run([f"{BIN}/netlite", "lab", "run", "chain", "--backend", "memory", "--", "ping", "-q", "server"], capture_output=True, text=True)
    assert done.returncode == 0 and "0% packet loss" in done.stdout and "internal error" not in done.stderr
