"""Watched paths as the lines of a screen."""

from __future__ import annotations

from collections import deque

from ..records.watch import PathChanged, PathState
from .visible import visible
from .watch import JITTER, Style, change_text, fitted, head_text, name_text, path_title, system_text, values_text

CHANGES = 8
KEYS = "q quit  p pause  r reset  n names  j jitter"
LEAST_NAME, MOST_NAME = 16, 48
HOME, TO_END_OF_LINE, TO_END_OF_SCREEN = "\033[H", "\033[K", "\033[J"


class Screen:
    """How paths are shown: `paused` says so, `jitter` shows the columns of jitter and percentiles instead."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.paused = self.jitter = False
        self.changes: deque[PathChanged] = deque(maxlen=CHANGES)

    def toggle_names(self) -> None:
        """Addresses alone, or names."""
        self.style = self.style.replace(numeric=not self.style.numeric)

    def lines(self, states: list[PathState], clock_text: str, columns: int, rows: int) -> list[str]:
        """What fits: a table a path, changes below; cut to `columns` and `rows`."""
        state_text = "paused" if self.paused else clock_text
        lines = [f"netlite watch  {state_text}  {KEYS}"]
        fields = JITTER if self.jitter else self.style.columns
        width = min(MOST_NAME, max(LEAST_NAME, columns - len(head_text(fields)) - 5))
        for state in states:
            lines += ["", fitted(path_title(state), width + 5) + head_text(fields)]
            for hop in state.hops:
                mark = "*" if hop.changes else "."
                name = system_text(hop, self.style) + name_text(hop, self.style)
                lines.append(f"{hop.hop:3d}{mark} {fitted(name, width)}{values_text(hop, fields)}")
            if state.errno is not None and not any(hop.received for hop in state.hops):
                lines.append(f"     {visible(reason(state.errno))}")
        changed = [f"{visible(change.host)} {change_text(change)}" for change in self.changes]
        room = max(0, rows - len(lines) - 2)
        lines += ["", *changed[-room:]] if changed and room else []
        return [fitted(line, columns).rstrip() for line in lines[:rows]]

    def picture(self, states: list[PathState], clock_text: str, columns: int, rows: int) -> str:
        """The same as what is written to the terminal; nothing flickers, as nothing is wiped before it is written."""
        lines = self.lines(states, clock_text, columns, rows)
        return HOME + f"{TO_END_OF_LINE}\r\n".join(lines) + TO_END_OF_LINE + TO_END_OF_SCREEN


def reason(errno: int) -> str:
    """What our kernel says, in words."""
    from posix import strerror

    return strerror(errno)
