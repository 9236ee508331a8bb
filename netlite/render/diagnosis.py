"""A diagnosis as text: a sentence a cause, under it what was seen, how sure it is, what else fits, what to do."""

from __future__ import annotations

from ..records.diagnosis import Diagnosis, Verdict
from .visible import visible

LABEL = 9


def render_diagnosis(diagnosis: Diagnosis, quiet: bool = False) -> str:
    """All verdicts, the nearest first; with `quiet` their sentences alone."""
    if quiet:
        return "".join([f"{visible(each.sentence)}\n" for each in diagnosis.verdicts])
    text = "\n".join([_verdict(each) for each in diagnosis.verdicts])
    notes = "".join([f"Note: {visible(note)}\n" for note in diagnosis.notes])
    packets = "1 packet" if diagnosis.packets == 1 else f"{diagnosis.packets} packets"
    return f"{text}{notes}({packets}, {diagnosis.duration_ns / 1e9:.1f} s)\n"


def _verdict(verdict: Verdict) -> str:
    lines = [visible(verdict.sentence)]
    lines += _rows("seen", [visible(each) for each in verdict.evidence])
    if verdict.cause != "well":
        where = "" if verdict.hop is None else ", this machine" if not verdict.hop else f", hop {verdict.hop}"
        version = f", IPv{verdict.version}" if verdict.version else ""
        lines += _rows("sure", [f"{verdict.confidence} % ({verdict.cause}{where}{version})"])
    lines += _rows("or", [visible(f"{each.cause}: {each.apart}") for each in verdict.doubts])
    lines += _rows("ask", [visible(verdict.who)] if verdict.who else [])
    lines += _rows("next", [visible(verdict.next_step)] if verdict.next_step else [])
    return "\n".join(lines) + "\n"


def _rows(label: str, texts: list[str]) -> list[str]:
    return [f"  {label if not place else '':<{LABEL - 2}}{text}" for place, text in enumerate(texts)]
