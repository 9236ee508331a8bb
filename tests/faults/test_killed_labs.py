"""A lab that is killed, at any moment, and one whose builder waits for a kernel that does not answer: nothing is left."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from trials import ours

ROOT = Path(__file__).resolve().parents[2]
MOMENTS = int(os.environ.get("NETLITE_MOMENTS", "8"))
LONGEST_S = 1.0  # by then a lab is built and its first command runs
MARK = "NETLITE_TEST_OF_KILLED_LABS"
STUCK = """
import sys
sys.path[:] = {path!r}
from netlite.lab.kernel import namespaces
from netlite.lab.scene.topology import chain
namespaces.START_BUILDER = '''
import sys
sys.path[:] = {{path!r}}
from netlite.lab.kernel import builder
def need_netlink():
    print("waiting", flush=True)
    while True: {wait}
builder.need_netlink = need_netlink
builder.main()
'''
namespaces.Lab(chain(1))
"""
BOUND = """
import sys
sys.path[:] = {path!r}
from netlite.lab.kernel.builder import end_in_any_case
end_in_any_case({parent}, cpu_s=1, data_bytes=64 << 20)
kept = []
while True: {work}
"""


def marked(mark: str) -> set[int]:
    """The processes that were started with a mark in their environment, at whatever distance, and that still run."""
    found = set()
    for entry in os.listdir("/proc"):
        try:
            if entry.isdigit() and f"{MARK}={mark}".encode() in Path(f"/proc/{entry}/environ").read_bytes().split(b"\0"):
                found.add(int(entry))
        except OSError:
            continue
    return found


def wait_until_gone(mark: str) -> None:
    """The kernel ends them; that takes as long as it takes."""
    end = time.monotonic() + 60
    while left := marked(mark):
        assert time.monotonic() < end, [Path(f"/proc/{each}/cmdline").read_bytes() for each in left]
        time.sleep(0.02)


def started(argv: list[str], mark: str, **options) -> subprocess.Popen:
    return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                            env={**os.environ, MARK: mark}, **options)


@pytest.mark.parametrize("scene, backend", [("loop", "namespaces"), ("loop", "userspace"), ("far", "namespaces")])
def test_killed_at_any_moment(lab, scene, backend, tmp_path, monkeypatch):
    for variable in ("TMPDIR", "XDG_RUNTIME_DIR", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    chance = random.Random(scene + backend)
    running = [started(ours(f"netlite lab run {scene} --backend {backend}"), f"{scene}{backend}{number}") for number in range(MOMENTS)]
    begun = time.monotonic()
    for at, process in sorted((chance.uniform(0, LONGEST_S), number) for number in range(MOMENTS)):
        time.sleep(max(0.0, begun + at - time.monotonic()))
        running[process].kill()
    for number, process in enumerate(running):
        with process:
            process.wait()
        wait_until_gone(f"{scene}{backend}{number}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wait", ["pass", "__import__('signal').pause()"], ids=["busily", "asleep"])
def test_a_builder_ends_with_who_waits_for_it(lab, wait):
    """pyroute2 may wait for ever for a netlink that a sandbox refuses."""
    with started([sys.executable, "-c", STUCK.format(path=[str(ROOT), *sys.path], wait=wait)], wait[:4]) as process:
        assert process.stdout.readline() == b"waiting\n"
        assert len(marked(wait[:4])) == 2
        process.kill()
    wait_until_gone(wait[:4])


@pytest.mark.parametrize("work, status", [("pass", -signal.SIGXCPU), ("kept.append(bytes(1 << 20))", 1)], ids=["time", "memory"])
def test_a_builder_has_bounds(work, status):
    code = BOUND.format(path=[str(ROOT), *sys.path], parent=os.getpid(), work=work)
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    assert done.returncode == status and ("MemoryError" in done.stderr) == (status == 1), done
