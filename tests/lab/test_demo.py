"""The guided tour: as root, as an ordinary user, stopped, without namespaces, and when something is wrong."""

from __future__ import annotations

import signal

import pytest
from lab_processes import Networks, start_python

TOUR = "import sys; from netlite.programs.lab import tour; sys.exit(tour.main(sys.argv[1:]))"
WITHOUT_NAMESPACES = """
import sys
from netlite.lab.kernel import namespaces
from netlite.programs.lab import tour
namespaces.START_BUILDER = '''
import sys; sys.path[:0] = {path!r}; from netlite.lab.kernel import syscalls
def refuse(flags): raise PermissionError(1, "Operation not permitted", "unshare")
syscalls.unshare = refuse
from netlite.lab.kernel.builder import main; main()
'''
sys.exit(tour.main(sys.argv[1:]))
"""
WRONG = """
import sys
from netlite.programs.lab import tour
scene = tour.load("chain")
first = scene.experiments[0].replace(expect=("a unicorn",))
tour.load = lambda name: scene.replace(experiments=(first, scene.experiments[1]))
sys.exit(tour.main(sys.argv[1:]))
"""


def tour(code: str, ordinary: bool = False) -> tuple[str, int]:
    with start_python(code, ordinary) as process:
        out, err = process.communicate(timeout=300)
    assert err == ""
    return out, process.returncode


@pytest.mark.parametrize("ordinary", [False, True])
def test_everything_is_as_described(labs, request, ordinary):
    if ordinary:
        request.getfixturevalue("rootless_labs")
    for _ in range(2):
        out, status = tour(TOUR, ordinary)
        assert status == 0, out
        for command in ("ping ", "ping -6", "traceroute", "tracepath", "netstat", "ifconfig"):
            assert f"$ {command}" in out
        assert "!!" not in out
        assert out.splitlines()[-3].startswith("All 8 commands did what the sentences say")


@pytest.mark.parametrize("ordinary", [False, True])
def test_without_namespaces_the_loopback_device_has_to_do(ordinary):
    out, status = tour(WITHOUT_NAMESPACES, ordinary)
    assert status == 0, out
    assert out.startswith("No virtual routers on this machine: no network namespaces here (unshare: ")
    assert "here$ traceroute -n 127.0.0.1" in out


def test_a_surprise_is_told_and_fails(labs):
    out, status = tour(WRONG)
    assert status == 1
    assert "   !! 'a unicorn' was expected" in out
    assert "NOT as described: 1 of 2 commands:" in out


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_tour_that_is_stopped_leaves_nothing(labs, number, status):
    with start_python(TOUR) as process:
        for line in process.stdout:
            if "$ ping" in line:
                break
        with Networks.held_by(process.pid) as networks:
            assert len(networks.names) == 6  # of five nodes, and of the inner ends of wires
            process.send_signal(number)
            out, err = process.communicate(timeout=300)
            assert (process.returncode, err) == (status, "")
            networks.wait_until_unused()


def test_other_scenes_can_be_named(labs):
    out, status = tour("import sys; from netlite.programs.lab import tour; sys.exit(tour.main(['loop']))")
    assert status == 0, out
    assert out.startswith("Two routers that send a packet back and forth")


def test_the_loopback_scene_needs_no_lab():
    out, status = tour("import sys; from netlite.programs.lab import tour; sys.exit(tour.main(['loopback']))")
    assert status == 0, out
    assert "here$ ifconfig lo" in out


def test_a_scene_that_does_not_exist_is_told():
    with start_python("import sys; from netlite.programs.lab import tour; sys.exit(tour.main(['nowhere']))") as process:
        out, err = process.communicate(timeout=300)
    assert (out, process.returncode) == ("", 2)
    assert err.startswith("there is no scene 'nowhere'; scenes: asymmetric, ")
