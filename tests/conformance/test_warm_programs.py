"""A program that warm_programs.py starts finds what one finds that is started in a lab: user, variables, descriptors, signals, namespaces."""

from __future__ import annotations

import difflib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from harness import Case, Start
from originals import ORIGINALS_PATH
from quick_lab import Lab
from warm_programs import HERE, Programs

from netlite.errors import NetliteError
from netlite.lab.scene.parts import Node
from netlite.lab.scene.topology import Topology

SHOWN = """cat; echo "$0 $*"; pwd; grep -E '^(Uid|Gid|Groups|Umask|Cap|Sig[^Q]|ShdPnd|NoNewPrivs|Seccomp)' /proc/self/status; ls /proc/self/fd
readlink /proc/self/cwd /proc/self/root /proc/self/ns/*; cat /proc/self/limits; sort -z /proc/self/environ; cut -d' ' -f5,6,18,19,41 /proc/self/stat
cat /proc/self/mounts; echo at last >&2; exit 3"""

RANDOM = """import os, sys
sys.path.insert(0, {here!r})
import program_runs
program_runs.load_programs({root!r})
import netlite.__main__, random
netlite.__main__.start = lambda *_: os.write(1, b"%r\\n" % random.random())
for _ in range(3):
    if not program_runs.fork():
        os.dup2(1, 2)
        program_runs.start_ours("ping", [b"ping"])
        os._exit(0)
    os.wait()"""


@pytest.fixture(scope="module")
def labs():
    try:
        with Lab(Topology([Node("h1")], [])) as one, Lab(Topology([Node("h1")], [])) as other:
            yield one, other
    except NetliteError as refusal:
        pytest.skip(f"no labs here: {refusal}")


@pytest.fixture
def programs(loaded, netlite_path):
    return loaded(netlite_path(None)) or pytest.skip("programs cannot be started so here")


def ends(start: Start, lab, words: list[str], **more) -> tuple:
    process = start.popen(Case(words, **more), lab)
    process.stdin.write(b"given\n")
    process.stdin.close()
    with process.stdout, process.stderr:
        return process.stdout.read(), process.stderr.read(), process.wait()


@pytest.mark.parametrize("user", [None, "nobody"])
def test_it_finds_the_same(user, programs, labs):
    words = ["sh", "-c", SHOWN, "a name", "a word", ""]
    for lab in (*labs, labs[0]):
        wanted, found = (ends(Start(ORIGINALS_PATH, each), lab, words, user=user, environment={"LANG": "xx"}) for each in (None, programs))
        assert list(difflib.unified_diff(*(each[0].decode().splitlines() for each in (wanted, found)), n=0)) == []
        assert found[2] == 3 and b"given\na name a word \n/\n" in found[0]


def test_each_program_has_random_numbers_of_its_own():
    done = subprocess.run([sys.executable, "-I", "-c", RANDOM.format(here=HERE, root=str(Path(HERE).parents[1]))], capture_output=True, text=True)
    assert not done.stderr and len(set(done.stdout.split())) == 3, done


def test_what_still_runs_ends_with_who_asked(netlite_path, labs):
    started = Programs(netlite_path(None))
    process = Start(ORIGINALS_PATH, started).popen(Case(["sleep", "1000"]), labs[0])
    started.close()
    assert process.wait() == -signal.SIGKILL
    process.stdout.close()
    process.stderr.close()
    process.stdin.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)
