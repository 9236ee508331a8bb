"""netlite lab: running labs, visitors, shells, faults, and that nothing survives."""

from __future__ import annotations

import os
import signal

import pytest
from lab_processes import Networks, start_python, wait_for_end
from lab_sessions import Session, Terminal, lab_argv

BOTH = pytest.mark.parametrize("ordinary", [False, True], ids=["root", "ordinary"])


@pytest.fixture
def session(labs, request):
    """A session of the user that the test's parameter `ordinary` says."""
    ordinary = request.node.callspec.params.get("ordinary", False) if hasattr(request.node, "callspec") else False
    if ordinary:
        request.getfixturevalue("rootless_labs")
    return Session(ordinary)


@BOTH
@pytest.mark.parametrize("backend", ["namespaces", "userspace", "memory"])
def test_a_command_runs_in_the_lab(session, ordinary, backend):
    done = session.lab("run", "loop", "--backend", backend, "--", "ping", "-4", "-n", "-c1", "-W1", "server")
    assert (done.returncode, done.stderr) == (1, "")
    assert "Time to live exceeded" in done.stdout


@BOTH
@pytest.mark.parametrize("backend", ["namespaces", "userspace"])
def test_visitors_break_mend_and_look(session, ordinary, backend):
    trace = "exec", "client", "traceroute", "-n", "-q1", "-w1", "-m5", "server"
    with session.running("link-down", "--backend", backend) as process:
        hops = session.lab(*trace)
        assert (hops.returncode, hops.stderr) == (0, "")
        assert len(hops.stdout.splitlines()) == 5 and "*" not in hops.stdout
        assert session.lab("break", "cut").stdout == "broken now: cut\n"
        assert "BROKEN cut" in session.lab("map").stdout
        assert session.lab(*trace).stdout.count("*") == 4
        checked = session.lab("check")
        assert (checked.returncode, checked.stdout.split()) == (0, ["good", "link-down", backend, "2", "of", "2"])
        assert session.lab("break", "noticed").stdout == "broken now: cut, noticed\n"
        assert session.lab("fix", "cut").stdout == "broken now: noticed\n"
        assert "198.18.5.2" in session.lab(*trace).stdout
        assert session.lab("break", "nothing").stderr == "netlite lab: there is no fault 'nothing'; faults: cut, noticed\n"
        assert session.lab("exec", "nobody", "true").returncode == 2
        assert session.lab("exec", "client", "sh", "-c", "exit 7").returncode == 7
        assert session.lab("exec", "client", "no-such-program").returncode == 127
        found = session.lab("exec", "client", "mtu", "-n", "server")  # netlite's own, in no folder
        assert (found.returncode, found.stderr) == (0, "") and found.stdout.startswith("path MTU to server"), found
        assert session.lab("down").returncode == 0
        process.wait(30)
    assert session.lab("map").stderr.startswith("netlite lab: no lab of yours is running")


def test_a_lab_whose_nodes_have_programs_is_visited(session):
    with session.running("faults-on-the-way", "--backend", "namespaces"):
        done = session.lab("exec", "r1", "echo", "here")
        assert (done.stdout, done.stderr) == ("here\n", "")


def test_the_lab_is_found_from_inside(session):
    with session.running("chain"):
        done = session.lab("exec", "r2", "netlite", "lab", "exec", "server", "sh", "-c", "echo $NETLITE_NODE")
        assert (done.stdout, done.stderr) == ("server\n", "")


def test_two_labs_of_one_name(session):
    with session.running("chain"):
        second = session.lab("run", "loop", "--", "true")
        assert second.returncode == 0
        assert "another lab of yours is running" in second.stderr
        assert "A chain of three routers" in session.lab("map").stdout


@BOTH
def test_a_shell_on_a_terminal(session, ordinary):
    terminal = Terminal(lab_argv("run", "loop"), session.variables, ordinary)
    told = terminal.until("client$ traceroute") + terminal.until("all is gone.")
    assert "Two routers that send a packet back and forth" in told
    terminal.until("client$ ")
    terminal.type("type ping; netlite lab shell r2")
    assert "netlite" in terminal.until("r2$ ") or "bin/ping" in terminal.text
    terminal.type("ifconfig eth0")
    assert "198.18.2.2" in terminal.until("r2$ ")
    terminal.type("exit")
    terminal.until("client$ ")
    terminal.type("exit 5")
    assert terminal.end() == 5


@BOTH
@pytest.mark.parametrize("backend", ["namespaces", "userspace"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_survives(session, ordinary, backend, number):
    with session.running("loop", "--backend", backend) as process, Networks.held_by(process.pid) as networks:
        session.lab("exec", "client", "sh", "-c", "setsid sleep 1000 </dev/null >/dev/null 2>&1 &")
        inside = networks.users() - {str(process.pid)}
        assert len(inside) >= 3  # the command, its guardian, what it started in turn
        os.kill(process.pid, number)
        process.wait(30)
        wait_for_end(inside)
        assert networks.users() == set()
    assert session.lab("map").returncode == 2


def test_wrong_lines_are_told(session):
    for words, complaint in ((("fly",), "unknown verb 'fly'"), (("run",), "run needs the name of one scene"),
                             (("run", "x"), "there is no scene 'x'"), (("list", "x"), "list takes no words"),
                             (("run", "chain", "--backend", "moon"), "scene chain is not for moon"),
                             (("run", "chain", "--backend", "memory", "--", "ls"), "in memory there is no ls"),
                             (("exec", "r1"), "exec needs a node and a command"),
                             (("check", "-x"), "unknown option -x"), (("run", "./none.toml"), "./none.toml: ")):
        done = session.lab(*words)
        assert done.returncode == 2
        assert done.stderr.startswith(f"netlite lab: {complaint}"), done.stderr


def test_a_scene_of_ones_own(session, tmp_path):
    (tmp_path / "mine.toml").write_text('title = "Mine"\ngoal = "None."\nhosts = ["a", "b"]\n'
                                        '[[wires]]\nends = ["a", "b"]\n'
                                        '[[try]]\ncommand = "ping -4 -c1 b.lab"\nsee = "It."\nexpect = ["ttl=64"]\n')
    done = session.lab("run", f"{tmp_path}/mine.toml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("All 1 commands did what the sentences say.\n")
    with session.running(f"{tmp_path}/mine.toml"):
        assert session.lab("check").returncode == 0


def test_the_list_names_all_scenes(session):
    from netlite.lab.scene import scene

    done = session.lab("list")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in done.stdout.splitlines()] == scene.names()


REFUSED = """
import sys
from netlite.lab.kernel import namespaces
namespaces.START_BUILDER = '''
import sys; sys.path[:0] = {{path!r}}; from netlite.lab.kernel import syscalls
def refuse(flags): raise PermissionError(1, "Operation not permitted", "unshare")
syscalls.unshare = refuse
from netlite.lab.kernel.builder import main; main()
'''
from netlite.__main__ import run
run("lab", "lab", {words!r})
"""


def test_without_namespaces_it_goes_on_in_memory(tmp_path):
    def told(*words: str) -> tuple[str, str, int]:
        with start_python(REFUSED.format(words=list(words))) as process:
            out, err = process.communicate(timeout=300)
        return out, err, process.returncode

    out, err, status = told("run", "loop", "--", "traceroute", "-n", "-q1", "-m3", "server")
    assert (status, len(out.splitlines())) == (0, 4)
    assert err.startswith("No namespaces on this machine: no network namespaces here (unshare: ")
    assert err.endswith("playing in memory.\n") and err.count("\n") == 1
    out, err, status = told("list")
    assert "[namespaces] [userspace] memory" in out and "[namespaces] not on this machine: " in out
    kernels = tmp_path / "kernels.toml"
    kernels.write_text('title = "T"\ngoal = "G"\nhosts = ["a", "b"]\nbackends = ["namespaces"]\n[[wires]]\nends = ["a", "b"]\n')
    out, err, status = told("run", str(kernels))
    assert (out, status) == ("", 2)
    assert err.startswith("netlite lab: scene kernels does not run here: ")
    out, err, status = told("check", "loop")
    assert status == 0 and out.endswith("1 of 1 as described\n") and out.count("skipped") == 2


def test_a_verb_loads_what_it_needs_alone():
    code = """
import sys
from netlite.environment import Environment
from netlite.programs.lab.main import main
environment = Environment("lab")
environment.owns_process = True
assert main(["map", "chain"], environment) == 0
sys.stderr.write(" ".join(sorted(name for name in sys.modules if name.startswith(("netlite.programs.lab.", "netlite.lab.memory", "netlite.teach")))))
"""
    with start_python(code) as process:
        _, err = process.communicate(timeout=300)
    assert err.split() == [f"netlite.programs.lab.{name}" for name in ("endings", "main", "visit", "words")]
