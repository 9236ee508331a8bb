"""What is left of an exercise: a file with each step, chained by hashes and sealed, to be handed in.

Each step has a link, SHA-256 over the link before it and the step; the seal is an HMAC (RFC 2104) over the last link
and the verdict, keyed by the exercise, the student and a seed that the teacher may have given.  Whoever changes, adds,
removes or moves a step, or hands in another's file under his own name, must make all of it anew.  Everything that is
needed for that is in this file: see docs/exercises.rst for what it does not prove.
"""

from __future__ import annotations

import hashlib
import hmac
import json

from ...records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ..scene.scene import Scene

FORMAT = "netlite exercise 1"
MOST_BYTES = 1 << 20
MOST_COUNTED = 1_000_000
MOST_STEPS = 2000
LONGEST = 2000  # characters of a text in a result


class Step(Record):
    """A line that was typed: when (UTC, ``2030-01-31T08:00:00Z``), where, what, and its link of the chain."""

    at: str
    node: str
    typed: str
    link: str


class Verdict(Record):
    """What a check said: the goals as (sentence, reached), and what was used on the way."""

    reached: bool
    given_up: bool
    goals: tuple[tuple[str, bool], ...]
    hints: int
    mends: int
    checks: int


class Result(Record):
    """A result file; `digest` is that of the exercise it was made with."""

    exercise: str
    digest: str
    student: str
    backend: str
    version: str
    steps: tuple[Step, ...]
    verdict: Verdict
    seal: str = ""


class BadResult(ValueError):
    """A file that is no result, or one that was changed; the text says what is wrong with it."""


def digest_of(scene: Scene) -> str:
    """A hash of what an exercise breaks and wants."""
    return hashlib.sha256(repr((scene.name, scene.goal, scene.faults, scene.exercise)).encode()).hexdigest()[:16]


def first_link(exercise: str, digest: str) -> str:
    """What the chain begins with."""
    return _hash(FORMAT, exercise, digest)


def link_after(link: str, at: str, node: str, typed: str) -> str:
    """The link of a step that follows one with `link`."""
    return _hash(link, at, node, typed)


def is_chained(result: Result) -> bool:
    """Whether each step follows from the one before it, and none is older than that."""
    link, last = first_link(result.exercise, result.digest), ""
    for step in result.steps:
        link = link_after(link, step.at, step.node, step.typed)
        if link != step.link or step.at < last:
            return False
        last = step.at
    return True


def seal_of(result: Result, seed: str) -> str:
    """The seal that a result must have."""
    key = _hash(FORMAT, result.exercise, result.student, seed).encode()
    last = result.steps[-1].link if result.steps else first_link(result.exercise, result.digest)
    sealed = json.dumps([last, result.backend, result.version, result.verdict], ensure_ascii=True)
    return hmac.new(key, sealed.encode(), "sha256").hexdigest()


def is_sealed(result: Result, seed: str) -> bool:
    """Whether the seal is that of this result, student and seed."""
    return hmac.compare_digest(result.seal.encode(), seal_of(result, seed).encode())


def to_text(result: Result, seed: str) -> str:
    """The file."""
    verdict = dict(zip(Verdict.fields, result.verdict))
    verdict["goals"] = [{"goal": goal, "reached": reached} for goal, reached in result.verdict.goals]
    written = {"format": FORMAT, **dict(zip(Result.fields, result)), "verdict": verdict,
               "steps": [dict(zip(Step.fields, step)) for step in result.steps], "seal": seal_of(result, seed)}
    return json.dumps(written, indent=1) + "\n"


def from_text(data: bytes) -> Result:
    """The result that a file holds.  Raises BadResult; nothing is known about its chain and seal then."""
    if len(data) > MOST_BYTES:
        raise BadResult(f"more than {MOST_BYTES} bytes")
    try:
        told = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise BadResult("no JSON") from None
    told = _of(told, dict, "the file")
    if told.get("format") != FORMAT:
        raise BadResult(f"its format is not \"{FORMAT}\"")
    exercise, digest, student, backend, version = [
        _text(told, key) for key in ("exercise", "digest", "student", "backend", "version")]
    steps = _of(told.get("steps"), list, "steps")
    if len(steps) > MOST_STEPS:
        raise BadResult(f"more than {MOST_STEPS} steps")
    return Result(exercise, digest, student, backend, version, tuple(map(_step, steps)),
                  _verdict(told.get("verdict")), _text(told, "seal"))


def _step(told: Any) -> Step:
    told = _of(told, dict, "a step")
    return Step(*[_text(told, key) for key in Step.fields])


def _verdict(told: Any) -> Verdict:
    told = _of(told, dict, "the verdict")
    goals = [_of(goal, dict, "a goal") for goal in _of(told.get("goals"), list, "goals")]
    counts = [_of(told.get(key), int, key) for key in ("hints", "mends", "checks")]
    if not all(0 <= each <= MOST_COUNTED for each in counts):
        raise BadResult("hints, mends or checks are no count")
    return Verdict(_of(told.get("reached"), bool, "reached"), _of(told.get("given_up"), bool, "given_up"),
                   tuple([(_text(goal, "goal"), _of(goal.get("reached"), bool, "reached")) for goal in goals]), *counts)


def _text(told: dict[str, Any], key: str) -> str:
    text: str = _of(told.get(key), str, key)
    if len(text) > LONGEST:
        raise BadResult(f"{key} is longer than {LONGEST} characters")
    return text


def _of(value: Any, kind: type, what: str) -> Any:
    if type(value) is not kind:
        raise BadResult(f"{what} is missing or not as it should be")
    return value


def _hash(*texts: str) -> str:
    return hashlib.sha256(_joined(texts)).hexdigest()


def _joined(texts: Iterable[str]) -> bytes:
    return json.dumps(list(texts), ensure_ascii=True).encode()
