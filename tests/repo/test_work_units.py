"""The units that parallel workers get: every test in one, and the names in the table are those of files."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import pytest
import work_units
from tree import ROOT

CONFORMANCE = "tests/conformance/test_conformance.py::test_same_as_the_original"


def test_the_table_names_files_and_folders_that_exist():
    names = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    folders = {f"/{path.name}/" for path in (ROOT / "tests").iterdir()}
    assert {*work_units.ALONE, *work_units.SUBJECTS, *work_units.WITH} <= names
    assert all((ROOT / path).is_file() for path in work_units.WITH.values())
    assert {*work_units.FIRST, *work_units.LAST} <= names | folders


@pytest.mark.parametrize("one, other, together", [
    ("tests/unit/test_arp.py::test_a", "tests/unit/test_arp.py::test_b[x]", True),
    ("tests/unit/test_arp.py::test_a", "tests/unit/test_ping.py::test_a", False),
    ("tests/lab/test_demo.py::test_a[1]", "tests/lab/test_demo.py::test_a[2]", False),
    ("tests/repo/test_why_page.py::test_a", "tests/simulated/test_why.py::test_b[x]", True),
    (f"{CONFORMANCE}[chain: ping -c1 h2.lab]", f"{CONFORMANCE}[chain: arp -n]", True),
    (f"{CONFORMANCE}[chain: ping -c1 h2.lab]", f"{CONFORMANCE}[host: arp -n]", False),
    ("tests/lab/test_lab_scenes.py::test_a[original-black-hole]", "tests/lab/test_lab_scenes.py::test_b[black-hole]", True),
])
def test_what_shares_something_stays_together(one, other, together):
    units = work_units.share_out([one, other])
    assert (units[one] == units[other]) is together


def test_a_big_subject_is_cut():
    tests = [f"{CONFORMANCE}[chain: ping -c{number} h2.lab]" for number in range(2 * work_units.CHUNK + 1)]
    units = list(work_units.share_out(tests).values())
    assert sorted(map(units.count, set(units))) == [1, work_units.CHUNK, work_units.CHUNK]
    assert units == sorted(units, key=units.index)


def test_what_waits_goes_first_and_what_computes_longest_last():
    ids = ["tests/unit/test_arp.py::a", "tests/lab/test_demo.py::a", "tests/repo/test_packaging.py::a", f"{CONFORMANCE}[a]"]
    ordered = work_units.in_order([SimpleNamespace(nodeid=nodeid) for nodeid in ids])
    assert [ids.index(item.nodeid) for item in ordered] == [3, 1, 0, 2]


def test_three_workers_of_many_give_way():
    assert [work_units.in_background(worker, 7) for worker in ("gw0", "gw2", "gw3", "gw6")] == [True, True, False, False]
    assert not work_units.in_background("gw0", 6)


def test_a_worker_that_dies_costs_one_test(tmp_path):
    """The run ends, and every other test ran once: those of its file before and after, and those of others."""
    (tmp_path / "conftest.py").write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT / 'tests')!r})\nimport work_units\n"
        "def pytest_xdist_make_scheduler(config, log):\n    return work_units.make_scheduler(config, log)\n")
    for letter in "abcd":
        (tmp_path / f"test_{letter}.py").write_text(
            "import os, pytest\n@pytest.mark.parametrize('number', range(4))\ndef test_one(number):\n"
            f"    if ({letter!r}, number) == ('c', 1):\n        os._exit(1)\n")
    run = subprocess.run([sys.executable, "-I", "-m", "pytest", "-n", "2", "-p", "no:cacheprovider", "-q", "--rootdir", str(tmp_path), str(tmp_path)],
                         capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)
    assert "1 failed, 15 passed" in run.stdout, run.stdout
    assert "crashed while running 'test_c.py::test_one[1]'" in run.stdout
