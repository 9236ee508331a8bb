"""A lab of many nodes holds many descriptors: those it waits for may have any number."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from netlite.lab.kernel.running import RunningLab
from netlite.lab.stages import follow

HELD = 1100


@pytest.fixture(autouse=True)
def many_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < HELD + 200:
        pytest.skip(f"only {hard} descriptors are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, HELD + 200), hard))
    with ExitStack() as held:
        held.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        for _ in range(HELD):
            held.callback(os.close, os.open("/dev/null", os.O_RDONLY))
        yield


def start(code: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-I", "-S", "-c", code], stdout=subprocess.PIPE)


def test_the_end_of_a_program_is_seen():
    with start("raise SystemExit(7)") as process:
        assert RunningLab(None, None, "namespaces", "none").wait(process) == 7


def test_what_a_program_prints_isfollowed():
    shown = []
    with start("print('one'); print('two', flush=True)") as process:
        assert follow(process.stdout, shown.append) == "one\ntwo\n"
    assert "".join(shown).endswith("   | one\n   | two\n")


def test_a_visitor_that_left_does_not_end_the_lab():
    """`netlite lab run` has SIGPIPE end it, for what it prints."""
    code = ("import signal, socket; from netlite.lab.kernel.handover import give\n"
            "signal.signal(signal.SIGPIPE, signal.SIG_DFL)\n"
            "ours, theirs = socket.socketpair(); theirs.close()\n"
            "try: give(ours, {})\nexcept BrokenPipeError: print('seen')")
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "seen\n")
