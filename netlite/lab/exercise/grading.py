"""Grading: what a result file is worth, found out anew by doing its steps in memory.

A result says what its maker's computer said.  Here its chain and seal are looked at, and whatever its steps changed is
done again to the same broken network, in memory: the goals are then looked at, not believed.
"""

from __future__ import annotations

from datetime import datetime

from ...errors import NetliteError
from ...records.record import Record
from ..stages import IN_MEMORY
from .results import BadResult, Result, digest_of, from_text, is_chained, is_sealed
from .session import Session, words_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..scene.scene import Scene
    from .session import Opened

COLUMNS = ("student", "exercise", "grade", "goals", "hints", "mends", "checks", "commands", "minutes", "begun",
           "chain", "seal", "played_again", "remarks", "file")


class Grade(Record):
    """A row of the table; texts as they stand in it."""

    student: str
    exercise: str
    grade: str
    goals: str
    hints: str
    mends: str
    checks: str
    commands: str
    minutes: str
    begun: str
    chain: str
    seal: str
    played_again: str
    remarks: str
    file: str


def unreadable(file: str, problem: str) -> Grade:
    """The row of what is no result."""
    return Grade(**dict.fromkeys(COLUMNS, "")).replace(grade="unreadable", remarks=problem, file=file)


def grade(file: str, data: bytes, find: Callable[[str], Scene], opened: Opened, seeds: dict[str, str] | None) -> Grade:
    """The row of a file; `find` gives an exercise by name (or raises NetliteError), `seeds` the students', None where
    nobody got any."""
    try:
        result = from_text(data)
    except BadResult as problem:
        return unreadable(file, str(problem))
    remarks: list[str] = []
    chained = is_chained(result)
    seed = "" if seeds is None else seeds.get(result.student)
    sealed = "no seed known" if seed is None else "fits" if is_sealed(result, seed) else "broken"
    reached, again = _again(result, find, opened, remarks)
    said = result.verdict
    if again in ("agrees", "differs"):
        is_reached = bool(reached) and all(reached)
    else:
        reached, is_reached = [each for _, each in said.goals], said.reached
    trusted = chained and sealed == "fits" and again == "agrees"
    grade = "doubtful" if not trusted else "given up" if said.given_up else "reached" if is_reached else "not reached"
    return Grade(result.student, result.exercise, grade, f"{sum(reached)} of {len(reached)}", str(said.hints),
                 str(said.mends), str(said.checks), str(sum(bool(step.node) for step in result.steps)),
                 _minutes(result), result.steps[0].at if result.steps else "", "whole" if chained else "broken", sealed,
                 again, "; ".join(remarks), file)


def _again(result: Result, find: Callable[[str], Scene], opened: Opened,
           remarks: list[str]) -> tuple[list[bool], str]:
    """(the goals as they are after the steps, "agrees", "differs", or why that is not known)."""
    try:
        scene = find(result.exercise)
    except NetliteError as problem:
        remarks.append(str(problem))
        return [], "no"
    if digest_of(scene) != result.digest:
        remarks.append("made with another version of the exercise")
        return [], "no"
    programs = {(words_of(step.typed) or [""])[0] for step in result.steps if step.node}
    strange = sorted(programs.difference(IN_MEMORY))
    if strange:
        remarks.append(f"what {', '.join(strange[:3])} did cannot be played again")
        return [], "no"
    try:
        with Session(scene, opened, lambda: "") as session:
            session.play_again(result.steps)
            verdict = session.verdict(session.looked())
    except NetliteError as problem:
        remarks.append(str(problem))
        return [], "no"
    checked = [number for number, step in enumerate(result.steps) if step.typed == "check" and not step.node]
    if not checked:
        remarks.append("never checked")
    elif len(result.steps) - 1 > checked[-1] and verdict != result.verdict:
        remarks.append("more was typed after the last check")
    if verdict.goals != result.verdict.goals and not verdict.given_up and checked:
        remarks.append("the file says something else about the goals")
    agrees = verdict == result.verdict or not checked
    return [reached for _, reached in verdict.goals], "agrees" if agrees else "differs"


def _minutes(result: Result) -> str:
    try:
        begun, ended = [datetime.fromisoformat(result.steps[place].at) for place in (0, -1)]
        return str(round((ended - begun).total_seconds() / 60))
    except (IndexError, ValueError, OverflowError, TypeError):  # one with a zone and one without
        return ""


def alike(files: list[tuple[str, Result]]) -> dict[str, str]:
    """For each file whose steps another has too, in the same order and at the same times: a remark."""
    seen: dict[tuple[tuple[str, str, str], ...], list[str]] = {}
    for file, result in files:
        if result.steps:
            seen.setdefault(tuple([(step.at, step.node, step.typed) for step in result.steps]), []).append(file)
    return {file: f"the same steps at the same times as {', '.join(other for other in group if other != file)}"
            for group in seen.values() if len(group) > 1 for file in group}
