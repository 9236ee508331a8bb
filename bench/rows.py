"""The rows of a run: what was measured, beside what, how it went; printed as they are known, and kept."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench import timing

OURS, BEFORE = "netlite", "0.1.0"
PEERS = Path(__file__).with_name("peers")
BARE = f"{sys.executable} -I -S {PEERS}"  # loops of the same system calls, and nothing else
UNITS = {
    "wall_ms": "ms",
    "cpu_ms": "ms of processor time",
    "memory_mib": "MiB",
    "round_trip_us": "us round trip",
    "processor_percent": "% of a processor",
    "traces_per_second": "traces a second",
}
MORE_IS_BETTER = ("traces_per_second",)


@dataclass
class Row:
    """One figure of one command line: of netlite, of what it is compared with, and what we hold ourselves to."""

    group: str
    what: str
    figure: str
    medians: dict[str, float]
    ratios: dict[str, list[float]] = field(default_factory=dict)  # netlite's through the other's: quartiles
    goals: dict[str, float] = field(default_factory=dict)  # the same, at most; "" is for the figure itself

    def reaches(self, other: str) -> bool | None:
        """Whether the goal beside another program is reached, None where there is none."""
        if other not in self.goals:
            return None
        if other:
            return self.ratios[other][1] <= self.goals[other]
        if self.figure in MORE_IS_BETTER:
            return self.medians[OURS] >= self.goals[""]
        return self.medians[OURS] <= self.goals[""]

    def lines(self) -> list[str]:
        """What is printed: a line for each that it is beside."""
        unit, ours, found = UNITS[self.figure], self.medians[OURS], []
        for other in [*self.ratios, *([""] if "" in self.goals or not self.ratios else [])]:
            reached = self.reaches(other)
            goal = "" if reached is None else f"goal {self.goals[other]:g}" + ("" if reached else "  MISSED")
            beside = (
                f"{other} {self.medians[other]:.2f}, ratio {{1:.2f}} ({{0:.2f}}-{{2:.2f}})".format(*self.ratios[other])
                if other
                else ""
            )
            found.append(f"{self.what:48} {ours:9.2f} {unit}  {beside}  {goal}".rstrip())
        return found


class Bench:
    """Measures rows. `word` picks those whose text has it; `before` is where an older netlite's programs are."""

    def __init__(self, programs: Path, word: str = "", before: Path | None = None):
        self.programs, self.word, self.before = programs, word, before
        self.rows: list[Row] = []

    def wants(self, *texts: str) -> bool:
        """Whether a row of this text is asked for."""
        return not self.word or any(self.word in text for text in texts)

    def argvs(self, command: str, beside: dict[str, str]) -> dict[str, list[str]]:
        """The command lines to measure by name; others that are not installed are left out."""
        program, *arguments = command.split()
        found = {OURS: [str(self.programs / program), *arguments]}
        if self.before:
            found[BEFORE] = [str(self.before / program), *arguments]
        for name, line in beside.items():
            other, *words = line.split()
            path = other if "/" in other else shutil.which(other, path=timing.ENVIRONMENT["PATH"])
            if path and os.path.exists(path):
                found[name] = [path, *words]
            else:
                print(f"{command}: {name} is not installed", flush=True)
        return found

    def row(
        self,
        group: str,
        what: str,
        lab,
        command: str,
        goals: dict[str, dict[str, float]],
        *,
        beside: dict[str, str],
        rounds: int = 15,
        load=None,
        figures: tuple[str, ...] = ("wall_ms",),
        node: str = "client",
        warm: bool = True,
        measure: Callable[[list[str]], timing.Measured] = timing.whole_process,
    ) -> None:
        """Measure a command line under a load, beside others.  `goals`: figure, other, at most."""
        if not self.wants(group, what):
            return
        programs = self.argvs(command, beside)
        with load or nullcontext():
            seen = timing.inside(lab, node, timing.in_turns, programs, rounds, measure, warm)
        for figure in figures:
            self.add(
                Row(
                    group,
                    what,
                    figure,
                    {name: timing.middle(seen[name], figure) for name in seen},
                    {name: timing.ratio(seen[OURS], seen[name], figure) for name in seen if name != OURS},
                    {name: goal for name, goal in goals.get(figure, {}).items() if name in seen or not name},
                )
            )

    def add(self, row: Row) -> None:
        """Print a row and keep it."""
        self.rows.append(row)
        print("\n".join(row.lines()), flush=True)

    def save(self, path: Path, **about: object) -> None:
        """Keep the run as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**about, "rows": [asdict(row) for row in self.rows]}, indent=1) + "\n")


def load(path: Path) -> tuple[dict, list[Row]]:
    """A run that was kept: what it says about itself, and its rows."""
    about = json.loads(path.read_text())
    return about, [Row(**row) for row in about.pop("rows")]
