"""Every case of ``cases_*.py``: the original and netlite do the same.  See harness.py."""

from __future__ import annotations

import difflib
import importlib
from pathlib import Path

import originals
import pytest
import scenes
from harness import PATH_LEARNERS, Outcome, observe
from originals import ORIGINALS_PATH

FILES = sorted(path.stem for path in Path(__file__).parent.glob("cases_*.py"))
CASES = [case for name in FILES for case in importlib.import_module(name).CASES]


def observe_both(case, world_of, paths, together: bool) -> list[Outcome]:
    """The outcomes of the original and of netlite."""
    world = world_of(case.scene)
    if case.changes:
        worlds = []
        try:
            worlds += [scenes.World(case.scene) for _ in paths]
            return observe(case, zip(worlds, paths))
        finally:
            for one in worlds:
                one.close()
    if together and case.program in PATH_LEARNERS and case.scene not in scenes.FURNISH:
        return observe(case, zip((world, world_of(case.scene, "twin")), paths))
    return [observe(case, [(world, path)])[0] for path in paths]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.scene}: {case.name}")
def test_same_as_the_original(case, world_of, netlite_path, record_property):
    originals.need(case.program)
    paths = ORIGINALS_PATH, netlite_path(case.user)
    complaints = []
    while len(complaints) < case.attempts:
        complaint = compare(case, *observe_both(case, world_of, paths, together=not complaints))
        if not complaint:
            break
        complaints.append(complaint)
    if complaints:
        record_property("differed", len(complaints))  # said at the end of the run
        record_property("difference", complaints[0])
    if complaint:
        pytest.fail(complaint, pytrace=False)


def compare(case, original: Outcome, ours: Outcome) -> str:
    """What is wrong, or nothing."""
    for part in Outcome.fields:
        expected, found = getattr(original, part), getattr(ours, part)
        if part in case.differs and found == expected:
            return f"{part} no longer differs: {case.differs[part]}"
        if part not in case.differs and found != expected:
            return f"{part}: - the original, + netlite\n{difference(expected, found)}"
    return ""


def difference(expected, found) -> str:
    if not isinstance(expected, list):
        return f"-{expected}\n+{found}"
    return "\n".join(difflib.unified_diff(expected, found, "original", "netlite", lineterm=""))
