"""tests/replay.py as a program, and that it sees nothing of this machine."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import replay
import snapshots

from netlite.errors import KernelRefused

TOOL = Path(replay.__file__)
MAIN = TOOL.parent / "fixtures" / "nettools" / "main.snapshot"


def run(*words: str, **switches: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, str(TOOL), *words], capture_output=True, cwd="/",
                          env={**os.environ, **switches}, timeout=300)


def test_streams_and_status():
    done = run(str(MAIN), "--", "ifconfig", "nosuch")
    assert (done.stdout, done.returncode) == (b"", 1)
    assert done.stderr == b"nosuch: error fetching interface information: Device not found\n"


def test_a_time_limit_kills():
    done = run(str(MAIN), "--", "netstat", "-rnc", RB_LIMIT="2.5")
    assert done.returncode == -signal.SIGTERM
    assert done.stdout.count(b"Kernel IP routing table") == 3


def test_wrong_words():
    assert run(str(MAIN)).returncode == 2


def test_a_folder_and_its_names(tmp_path):
    snapshot, etc = tmp_path / "snapshot", tmp_path / "etc"
    snapshots.write_folder(snapshots.parse_snapshot(MAIN.read_bytes()), str(snapshot))
    etc.mkdir()
    (etc / "hosts").write_text("10.10.0.9 somewhere.test\n")
    done = run("--etc", str(etc), str(snapshot), "--", "route")
    assert b"somewhere.test" in done.stdout and b"lab-net" not in done.stdout


def test_the_environment_is_the_recorded_one(tmp_path):
    environment = replay.ReplayEnvironment("x", str(tmp_path), switches={"RB_EUID": "7", "RB_EACCES": "12"})
    assert (environment.effective_user_id, environment.variables) == (7, {"LC_ALL": "C"})
    for refused in (lambda: environment.netlink(0), lambda: environment.files.folder(f"{environment.proc}/12/fd"),
                    lambda: environment.files.blocks("/etc/passwd"), lambda: environment.create_file("/dev/null"),
                    lambda: environment.read_file("/etc/passwd")):
        with pytest.raises(OSError):
            refused()
    with pytest.raises(KernelRefused):
        environment.network.open_udp_link(None)
    with pytest.raises(replay.NameUnknown):
        environment.resolver.addresses("example.org")
    assert environment.resolver.addresses("alpha")[0].text == "10.10.0.1"
    assert environment.resolver.name("fd00:10::9") == "beta6.example.test"
