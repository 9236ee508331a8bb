"""Imports are part of the user interface: which modules a program loads to do plain work."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tree import ROOT

HEAVY = {"scapy", "pyroute2", "tabulate", "argparse", "asyncio", "dataclasses", "typing", "enum", "re", "socket",
         "signal", "ipaddress", "collections", "functools", "json", "ctypes", "threading", "subprocess", "selectors",
         "getopt", "logging", "inspect", "contextlib", "pathlib", "locale", "random", "tempfile"}
RUNS = ("ping -c1 127.0.0.1", "ping -h", "traceroute --help", "traceroute -m1 -n 127.0.0.1", "tracepath -h",
        "tracepath -n 127.0.0.1", "netstat -tn", "netstat -s", "netstat -r", "netstat -i", "netstat --help",
        "ifconfig lo", "ifconfig --help", "arp -n", "route -n", "mtu -n 127.0.0.1", "mtu --help",
        "traceroute --paris -n 127.0.0.1", "traceroute --mda -n 127.0.0.1")
REPORT = """
import os, sys
before = set(sys.modules)
def leave(status):
    os.write(2, ("\\nloaded " + " ".join(sorted(set(sys.modules) - before))).encode())
    leave_now(status)
sys.path.insert(0, {root!r})
import netlite.__main__ as start
leave_now, start._exit = start._exit, leave
start.run({program!r}, {program!r}, {arguments!r})
"""


@pytest.mark.parametrize("run", RUNS)
def test_plain_work_loads_no_heavy_module(run):
    program, *arguments = run.split()
    if not (ROOT / "netlite" / "programs" / program / "main.py").exists():
        pytest.skip(f"{program} is not part of netlite")
    code = REPORT.format(root=str(ROOT), program=program, arguments=arguments)
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=30,
                          stdin=subprocess.DEVNULL)
    loaded = done.stderr.rpartition("loaded ")[2].split()
    assert "netlite.environment" in loaded, done.stderr
    assert "internal error" not in done.stderr
    assert not HEAVY.intersection(module.split(".")[0] for module in loaded)


def test_importing_netlite_loads_nothing_else():
    code = (f"import sys; sys.path.insert(0, {str(ROOT)!r}); before = set(sys.modules)\n"
            "import netlite; print(set(sys.modules) - before - {'__future__'})")
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=30)
    assert done.stdout.strip() == "{'netlite'}"
