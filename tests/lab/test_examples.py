"""Each program of examples/ does what it says, in a network of namespaces."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from quick_lab import Lab

from netlite.lab.scene.parts import Action, Node, Rule, Wire
from netlite.lab.scene.topology import Topology

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
SERVER, SILENT = "198.18.2.2", "198.18.2.66"
ENVIRONMENT = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(EXAMPLES), *filter(None, sys.path)]), "PYTHONUNBUFFERED": "1"}


@pytest.fixture(scope="module")
def lab(labs):
    nodes = [Node("client"), Node("r1", True, rules=(Rule(Action.DROP, destination=f"{SILENT}/32"),)), Node("server")]
    with Lab(Topology(nodes, [Wire(("client", "r1")), Wire(("r1", "server"), mtu_bytes=1400)], "examples")) as built:
        built.setting("client", "net/ipv4/ping_group_range", "0 0")
        yield built


@pytest.fixture
def example(lab):
    """example(name, *words): the lines that an example writes in the lab."""
    def run(name: str, *words: str) -> list[str]:
        done = lab.run("client", [sys.executable, "-W", "error", str(EXAMPLES / f"{name}.py"), *words], env=ENVIRONMENT)
        assert (done.stderr, done.returncode) == ("", 0)
        return done.stdout.splitlines()

    return run


def test_sweep(example):
    down, up, local = sorted(example("sweep", SERVER, SILENT, "::1"), key=lambda line: "down" not in line)
    assert down == f"{SILENT}: down (no answer)"
    assert sorted(line.partition(", average")[0] for line in (up, local)) == [f"{SERVER}: loss 0%", "::1: loss 0%"]


def test_with_asyncio(example):
    seen = {tuple(line.split()[:2]) for line in example("with_asyncio", SERVER, SILENT)}
    assert (SERVER, "answer") in seen and (SERVER, "lost") not in seen and (SILENT, "answer") not in seen


def test_concurrent_traces(example):
    assert example("concurrent_traces", SERVER, "127.0.0.1", "2001:db8:2::2") == [
        f"{SERVER} 198.18.1.2 > 198.18.2.2", "127.0.0.1 127.0.0.1", "2001:db8:2::2 2001:db8:1::2 > 2001:db8:2::2"]


def test_health_check(lab):
    code = f"""
import asyncio, json, health_check
async def ask(path):
    told = []
    async def send(message): told.append(message)
    await health_check.app({{"type": "http", "path": path}}, None, send)
    return told[0]["status"], json.loads(told[1]["body"])
async def main():
    return await asyncio.gather(*[ask("/" + host) for host in ("{SERVER}", "{SILENT}", "no..name")])
print(json.dumps(asyncio.run(main())))
"""
    done = lab.run("client", [sys.executable, "-W", "error", "-c", code], env=ENVIRONMENT)
    assert done.stderr == ""
    up, down, unknown = json.loads(done.stdout)
    assert up[0] == 200 and up[1]["up"] and up[1]["loss"] == 0.0 and up[1]["rtt_avg_ns"] > 0
    assert down[0] == 503 and down[1] == {"host": SILENT, "up": False, "loss": 1.0, "rtt_avg_ns": None, "reason": "no answer"}
    assert unknown[0] == 503 and unknown[1]["reason"]


LISTEN = """
import socket, subprocess, sys
server = socket.create_server(("127.0.0.1", 4711))
done = subprocess.run([sys.executable, sys.argv[1]], capture_output=True, text=True)
print(done.stdout + done.stderr)
"""


def test_open_sockets(lab):
    done = lab.run("client", [sys.executable, "-c", LISTEN, str(EXAMPLES / "open_sockets.py")], env=ENVIRONMENT)
    [line] = [line for line in done.stdout.splitlines() if "port 4711" in line]
    assert line.startswith("127.0.0.1 port 4711: python") and line.endswith(")") and "not told" not in line


def test_default_gateway(example):
    assert example("default_gateway") == ["IPv4: 198.18.1.2 through eth0 answer answer",
                                          "IPv6: 2001:db8:1::2 through eth0 answer answer"]


def test_interface_changes(lab):
    """Something is changed once it watches, and again until it was seen."""
    words = [sys.executable, "-W", "error", str(EXAMPLES / "interface_changes.py"), "5"]
    script = f"""
import subprocess, sys
watching = subprocess.Popen({words!r}, stdout=subprocess.PIPE, text=True)
print(watching.stdout.readline(), end="")
for words in (["addr", "add", "198.18.77.1/24", "dev", "lo"], ["addr", "del", "198.18.77.1/24", "dev", "lo"], ["link", "set", "lo", "mtu", "60000"]):
    subprocess.run(["ip", *words], check=True)
    print(watching.stdout.readline(), end="")
watching.kill()
watching.wait()
"""
    done = lab.run("client", [sys.executable, "-c", script], env=ENVIRONMENT)
    assert (done.stdout.splitlines(), done.stderr) == ([
        "watching", "address lo 198.18.77.1 ", "address lo 198.18.77.1 (gone)", "link lo up "], "")


def test_path_mtus(example):
    hosts = [f"127.0.0.{number}" for number in range(1, 20)] + [SERVER]
    told = dict(line.split() for line in example("path_mtus", *hosts))
    assert told.pop(SERVER) == "1400" and set(told) == set(hosts[:-1]) and len(set(told.values())) == 1


def test_rows_for_pandas(example):
    head, *rows = example("rows_for_pandas", SERVER)
    assert head.startswith("host,sequence,sent_at_ns,rtt_ns,source,ttl") and len(rows) == 5
    assert all(row.startswith(f"{SERVER},") and row.endswith(",answer") for row in rows)


def test_notebook(example):
    answers, mtu = example("notebook")
    assert answers.startswith("10 answers, loss 0.0, median ") and mtu == "path MTU 1400"


def test_the_readme_says_what_happens(lab):
    code = f"import doctest; print(doctest.testfile({str(ROOT / 'README.rst')!r}, module_relative=False))"
    done = lab.run("client", [sys.executable, "-W", "error", "-c", code], env=ENVIRONMENT)
    assert done.stdout.startswith("TestResults(failed=0, attempted=5") and done.stderr == ""


def test_every_example_has_its_test():
    tested = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert {path.stem for path in EXAMPLES.glob("*.py")} <= tested
