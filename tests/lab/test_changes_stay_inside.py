"""What programs change in memory, or on recorded tables, is not this machine's: its kernel is watched meanwhile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import originals
import pytest
from worlds import CHANGING

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What came of each command in the three worlds, in namespaces of its own."""
    originals.need("unshare", "ip", "hostname")
    if subprocess.run(["unshare", "-un", "true"], capture_output=True).returncode:
        pytest.skip("no namespaces here")
    (folder := tmp_path_factory.mktemp("snapshot") / "proc").mkdir()
    done = subprocess.run(
        ["unshare", "-un", sys.executable, str(HERE / "watch_changes.py"), str(folder.parent)], capture_output=True, text=True,
        env={**os.environ, "LC_ALL": "C", "PYTHONPATH": f"{HERE.parents[1]}:{HERE.parent}"})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("world", ["in_memory", "recorded"])
def test_nothing_changes_here(told, world):
    assert [each["command"] for each in told[world]] == list(CHANGING)
    assert [each for each in told[world] if each["changed"]] == []


def test_each_of_them_would_change_this_kernel(told):
    """So the watch does see it."""
    assert [each for each in told["this_machine"] if not each["changed"] or each["status"] or each["text"]] == []


def test_memory_says_what_this_kernel_says(told):
    assert [(each["status"], each["text"]) for each in told["in_memory"]] == [(0, "")] * len(CHANGING)


def test_recorded_tables_refuse(told):
    assert [each for each in told["recorded"] if each["status"] == 0 or not each["text"]] == []
