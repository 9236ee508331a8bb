"""Imports are part of the user interface: which modules a program loads to do plain work."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from tree import ROOT

HEAVY = {"scapy", "pyroute2", "tabulate", "argparse", "asyncio", "dataclasses", "typing", "enum", "re", "socket",
         "signal", "ipaddress", "collections", "functools", "json", "ctypes", "threading", "subprocess", "selectors",
         "getopt", "logging", "inspect", "contextlib", "pathlib", "locale", "random", "tempfile", "os", "struct", "math"}
MOST = {"ping -c1 -n 127.0.0.1": 67, "traceroute -m1 -n 127.0.0.1": 63, "tracepath -n 127.0.0.1": 57, "netstat -tn": 42,
        "ifconfig lo": 36, "route -n": 40, "arp -n": 39}  # modules, netlite's and others, to do plain work as root
RUNS = ("ping -c1 127.0.0.1", "ping -h", "traceroute --help", "traceroute -m1 -n 127.0.0.1", "tracepath -h",
        "tracepath -n 127.0.0.1", "netstat -tn", "netstat -s", "netstat -r", "netstat -i", "netstat --help",
        "ifconfig lo", "ifconfig --help", "arp -n", "route -n", "mtu -n 127.0.0.1", "mtu --help",
        "traceroute --paris -n 127.0.0.1", "traceroute --mda -n 127.0.0.1")
REPORT = """
import posix, sys
before = set(sys.modules)
def leave(status):
    posix.write(2, ("\\nloaded " + " ".join(sorted(set(sys.modules) - before))).encode())
    leave_now(status)
sys.path.insert(0, {root!r})
import netlite.__main__ as start
leave_now, start._exit = start._exit, leave
start.run({program!r}, {program!r}, {arguments!r})
"""


def may_open_raw_sockets() -> bool:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()
    except OSError:
        return False
    return True


def loaded_by(program: str, arguments: list[str]) -> tuple[list[str], str]:
    """The modules that a run loads, and all that it wrote to stderr."""
    code = REPORT.format(root=str(ROOT), program=program, arguments=arguments)
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=300,
                          stdin=subprocess.DEVNULL)
    return done.stderr.rpartition("loaded ")[2].split(), done.stderr


@pytest.mark.parametrize("run", MOST)
def test_plain_work_loads_few_modules(run):
    """A number that grows is a decision: each costs a fiftieth of a start of Python in a checkout."""
    program, *arguments = run.split()
    loaded, told = loaded_by(program, arguments)
    assert "netlite.environment" in loaded, told
    assert len(loaded) <= MOST[run], sorted(loaded)


@pytest.mark.parametrize("run", RUNS)
def test_plain_work_loads_no_heavy_module(run):
    program, *arguments = run.split()
    if not (ROOT / "netlite" / "programs" / program / "main.py").exists():
        pytest.skip(f"{program} is not part of netlite")
    loaded, told = loaded_by(program, arguments)
    assert "netlite.environment" in loaded, told
    assert "internal error" not in told
    assert not HEAVY.intersection(module.split(".")[0] for module in loaded)


def test_importing_netlite_loads_nothing_else():
    code = (f"import sys; sys.path.insert(0, {str(ROOT)!r}); before = set(sys.modules)\n"
            "import netlite; print(set(sys.modules) - before - {'__future__'})")
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=300)
    assert done.stdout.strip() == "{'netlite'}"


@pytest.mark.skipif(not may_open_raw_sockets(), reason="who may open no raw socket loads other modules")
def test_what_the_code_file_has_together_is_what_the_programs_load(monkeypatch):
    """`make runs` writes it anew."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    import plain_runs

    assert plain_runs.TARGET.read_text() == plain_runs.text()


def test_a_lab_loads_of_pyroute2_what_it_asks_for():
    pytest.importorskip("pyroute2")
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from netlite.lab.kernel.rtnetlink import load_no_more_than_asked as load; load(); load(); " \
           "from pyroute2.iproute import IPRoute; from pyroute2.nftables.main import NFTables; " \
           "print({'pyroute2.ndb', 'pyroute2.ethtool', 'pyroute2.iproute'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=300)
    assert done.stdout == "{'pyroute2.iproute'}\n", done.stderr


def test_a_pyroute2_whose_parts_need_the_package_is_loaded_whole(tmp_path):
    (tmp_path / "pyroute2").mkdir()
    (tmp_path / "pyroute2/__init__.py").write_text("from . import other\nWhole = object\n")
    (tmp_path / "pyroute2/other.py").write_text("")
    (tmp_path / "pyroute2/iproute.py").write_text("from . import Whole as IPRoute\n")
    code = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(ROOT)!r}]; from netlite.lab.kernel.rtnetlink import load_no_more_than_asked as load; load(); " \
           "from pyroute2.iproute import IPRoute; print(IPRoute)"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=300)
    assert done.stdout == "<class 'object'>\n", done.stderr
