"""netstat's own options on live namespaces, and a short soak."""

from __future__ import annotations

import json
import socket
import subprocess
import sys

import pytest
from lab_processes import ROOT
from quick_lab import Lab

from netlite.lab.scene.topology import chain

sys.path.insert(0, str(ROOT))
from bench.soak_tables import soak  # noqa: E402 - the checkout is not on the path before

NETSTAT = [sys.executable, "-I", str(ROOT / "bin" / "netstat")]


@pytest.fixture(scope="module")
def lab(labs):
    with Lab(chain(1)) as built:
        yield built


def objects(lab: Lab, words: str) -> list[dict]:
    done = lab.run("client", [*NETSTAT, *words.split()])
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_json_of_servers(lab):
    with lab.socket("client", socket.AF_INET6, socket.SOCK_STREAM) as six, \
            lab.socket("client", socket.AF_INET, socket.SOCK_STREAM) as four:
        six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        six.bind(("::", 4000))
        six.listen(17)
        four.bind(("127.0.0.1", 4001))
        four.listen(3)
        rows = objects(lab, "-tln --json")
    assert [(row["proto"], row["local_port_num"], row["backlog_limit"], row["v6_only"]) for row in rows] == [
        ("tcp", 4001, 3, None), ("tcp6", 4000, 17, True)]


def test_states_are_what_the_kernel_says(lab):
    with lab.socket("client", socket.AF_INET, socket.SOCK_STREAM) as server, \
            lab.socket("client", socket.AF_INET, socket.SOCK_STREAM) as client:
        server.bind(("127.0.0.1", 4002))
        server.listen(1)
        client.connect(("127.0.0.1", 4002))
        found = {state: [row["state"] for row in objects(lab, f"-n --json --state {state}")]
                 for state in ("listening", "established", "time-wait", "all")}
    assert found["listening"] == ["LISTEN"] and found["established"] == ["ESTABLISHED"] * 2
    assert sorted(found["all"]) == sorted(found["listening"] + found["established"] + found["time-wait"])


def test_more_names_every_owner(lab):
    pytest.importorskip("tabulate")
    with lab.socket("client", socket.AF_INET, socket.SOCK_STREAM) as server:
        server.bind(("127.0.0.1", 4003))
        server.listen(5)
        done = lab.run("client", [*NETSTAT, "-tln", "--more"])
    row = next(line for line in done.stdout.splitlines() if ":4003" in line)
    assert " 5 " in row and "/" in row.split()[-1] or row.split()[-1] == "-"


def test_netns_shows_the_sockets_of_another_namespace(lab):
    if lab.rootless:
        pytest.skip("entering a namespace from outside needs root")
    sleeper = lab.popen("client", ["sleep", "60"], stdout=subprocess.DEVNULL)
    try:
        with lab.socket("client", socket.AF_INET, socket.SOCK_STREAM) as server:
            server.bind(("127.0.0.1", 4004))
            server.listen(1)
            for word in (str(sleeper.pid), f"/proc/{sleeper.pid}/ns/net"):
                done = subprocess.run([*NETSTAT, "-tln", "--netns", word], capture_output=True, text=True)
                assert "127.0.0.1:4004" in done.stdout and done.returncode == 0, done.stderr
    finally:
        sleeper.kill()
        sleeper.wait()


def test_a_short_soak(labs):
    assert soak(4, commands=("-anpe", "-tuan --json -p", "-ina"), report=lambda line: None) == []
