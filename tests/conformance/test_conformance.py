"""Every case of ``cases_*.py``: the original and netlite do the same.  See harness.py, and generations.py."""

from __future__ import annotations

import difflib
import importlib
from pathlib import Path

import generations
import originals
import pytest
import scenes
from harness import PATH_LEARNERS, Outcome, Start, observe, started_by_script
from originals import ORIGINALS_PATH

FILES = sorted(path.stem for path in Path(__file__).parent.glob("cases_*.py"))
CASES = [case for name in FILES for case in importlib.import_module(name).CASES]
BY_SCRIPT = started_by_script(CASES)


def observe_both(case, world_of, starts, together: bool) -> list[Outcome]:
    """The outcomes of the original and of netlite."""
    asked = generations.asked_words(case, originals.generation(case.program))
    if asked:
        return [observe(case.replace(command=words), [(world_of(case.scene), start)])[0]
                for words, start in zip((asked, case.words), starts)]
    world = world_of(case.scene)
    if case.changes:
        worlds = []
        try:
            worlds += [scenes.World(case.scene) for _ in starts]
            return observe(case, zip(worlds, starts))
        finally:
            for one in worlds:
                one.close()
    if together and case.program in PATH_LEARNERS and case.scene not in scenes.FURNISH:
        return observe(case, zip((world, world_of(case.scene, "twin")), starts))
    return [observe(case, [(world, start)])[0] for start in starts]


@pytest.mark.parametrize("case", CASES, ids=generations.title)
def test_same_as_the_original(case, world_of, netlite_path, loaded, record_property):
    originals.need(case.program)
    ours = netlite_path(case.user)
    programs = loaded(ours)
    starts = Start(ORIGINALS_PATH, programs), Start(ours if case.name in BY_SCRIPT or programs is None else "", programs)
    complaints = []
    while len(complaints) < case.attempts:
        complaint, rows = compare(case, *observe_both(case, world_of, starts, together=not complaints))
        if not complaint:
            break
        complaints.append(complaint)
    record_property("compared", (originals.generation(case.program), 1))  # counted at the end of the run
    for row in rows:
        record_property("row", row)
    if complaints:
        record_property("differed", len(complaints))  # said at the end of the run
        record_property("difference", complaints[0])
    if complaint:
        pytest.fail(complaint, pytrace=False)


def compare(case, original: Outcome, ours: Outcome) -> tuple[str, list[str]]:
    """(what is wrong, or nothing; the differences between the generations that were met)."""
    wanted, rows, complaint = generations.settle(case, originals.generation(case.program), original, ours)
    for part in Outcome.fields if not complaint else ():
        expected, found = getattr(wanted, part), getattr(ours, part)
        if part in case.differs and found == expected:
            return f"{part} no longer differs: {case.differs[part]}", rows
        if part not in case.differs and found != expected:
            return f"{part}: - the original, + netlite\n{difference(expected, found)}", rows
    return complaint, rows


def difference(expected, found) -> str:
    if not isinstance(expected, list):
        return f"-{expected}\n+{found}"
    return "\n".join(difflib.unified_diff(expected, found, "original", "netlite", lineterm=""))


@pytest.mark.parametrize("row", [row for row in generations.rows() if type(row) is generations.Asked], ids=lambda row: row.name)
def test_the_same_words_mean_something_else(row, world_of):
    for case in CASES:
        if generations.title(case) in row.cases and originals.generation(case.program) not in (0, row.follows):
            words = generations.asked_words(case, originals.generation(case.program))
            same, other = (observe(case.replace(command=command), [(world_of(case.scene), Start(ORIGINALS_PATH, None))])[0]
                           for command in (case.words, words))
            assert same.stdout != other.stdout, generations.title(case)


def test_rows_name_cases():
    names = {generations.title(case) for case in CASES}
    page = (Path(__file__).parents[2] / "docs" / "parity" / "debian-13.rst").read_text(encoding="utf-8")
    for row in generations.rows():
        assert f"\n* {row.name}: Debian {row.follows}; " in page
        assert not [name for name in row.named if name not in names], row.name
