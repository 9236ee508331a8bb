"""Protocol counters as the sentences and indents of ``netstat -s``."""

from __future__ import annotations

from .counter_sentences import sentences_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..records.counters import CounterSection

PLAIN, NESTED = 4, 8
HISTOGRAMS = {"input": "ICMP input histogram:", "output": "ICMP output histogram:"}


def render_counters(sections: Iterable[CounterSection], wanted: Callable[[str], bool]) -> str:
    """The text of some sections.

    `wanted(name)` says whether a known section is shown; sections that net-tools does not know are
    always shown, and indented as the section before them ended.
    """
    lines: list[str] = []
    histogram = ""  # the one being told, which is also what decides the indent
    for section in sections:
        sentences = sentences_of(section.name)
        if sentences is not None:
            histogram = ""
            if not wanted(section.name):
                continue
        lines.append(f"{section.name}:")
        for name, value in section.counters:
            histogram = _tell(lines, histogram, name, value, *(sentences or {}).get(name, ("missed", "")))
    return "".join(f"{line}\n" for line in lines)


def _tell(lines: list[str], histogram: str, name: str, value: int, kind: str, sentence: str) -> str:
    """Add the lines of one counter; returns the histogram that is open afterwards."""
    indent = " " * (NESTED if histogram else PLAIN)
    if kind == "missed":
        if value:
            lines.append(f"{indent}{name}: {value}")
        return histogram
    if kind == "never":
        return histogram
    if kind in HISTOGRAMS:
        if kind != histogram:
            lines.append(indent + HISTOGRAMS[kind])
        if value:
            lines.append(" " * NESTED + sentence.replace("%d", str(value)))
        return kind
    if value or kind == "always":
        lines.append(" " * PLAIN + sentence.replace("%d", str(value)))
    return ""
