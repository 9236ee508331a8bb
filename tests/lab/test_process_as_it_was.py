"""A process that calls the library, or a program in a world, is afterwards as it was: signals, limits, collector, streams …"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from quick_lab import Lab

from netlite.lab.scene.topology import chain

HERE = Path(__file__).resolve().parent
PATIENCE_S = 500


@pytest.fixture(scope="module")
def lab(labs):
    with Lab(chain(1)) as built:
        yield built


def test_nothing_that_is_called_leaves_the_process_changed(lab):
    pytest.importorskip("scapy")
    path = [str(HERE.parents[1]), str(HERE.parent), *sys.path]
    done = lab.run("client", [sys.executable, "-I", str(HERE / "library_calls.py"), repr(path)],
                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=PATIENCE_S)
    changed = [line for line in done.stderr.splitlines() if re.match(r"(library|asyncio|program|in memory|process of its own): ", line)]
    assert not changed and re.search(r"^all 1\d\d$", done.stderr, re.M) and done.returncode == 0, done.stderr[-3000:] if not changed else changed
