"""ping's own options that look at the answers: --stats, --until-up, --until-down, --graph and --svg FILE.

Without them a ping is the original's, byte for byte, and this module is not loaded.
"""

from __future__ import annotations

from ...command_line.own_options import take_own, take_valued
from ...engines.ping_figures import Figures
from ...environment import Environment
from ...errors import UsageError
from ...records.ping import Answer, Summary
from ...records.ping_mishaps import LocalError, NoAnswerYet, ProbeError, SendRefused
from ...render.ping_figures import render_figures, render_graph, render_svg
from ..whole_file import WholeFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...records.ping import PingPlan
    from ...records.ping_results import PingRecord
    from ...session import Session
    from .words import PingOptions

FLAGS = ("--stats", "--until-up", "--until-down", "--graph")
DOWN_PROBES = 3  # without an answer in a row, for so long: it has stopped
DOWN_NS, DOWN_ROUND_TRIPS = 1_000_000_000, 3
GRAPH_COLUMNS = 72
REFUSED = 2


def take_options(words: list[str], environment: Environment) -> tuple[Observer | None, list[str]]:
    """Who looks at the answers, None where no such option is given, and the original's words.  Raises UsageError."""
    end = words.index("--") if "--" in words else len(words)
    own, rest = take_own(words[:end], FLAGS)
    values, rest = take_valued(environment.program, rest, ("--svg",), REFUSED)
    if not own and not values:
        return None, words
    if {"--until-up", "--until-down"} <= own:
        raise UsageError(f"{environment.program}: --until-up or --until-down, not both\n", REFUSED)
    return Observer(own, values.get("--svg"), environment), rest + words[end:]


class Observer:
    """Hears what a run tells, ends it where that was asked for, and says at its end what came of it."""

    def __init__(self, own: set[str], svg: str | None, environment: Environment):
        self.figures = Figures()
        self._own, self._environment = own, environment
        self._silent: set[int] = set()  # probes since the last answer without one
        self._unsent = 0
        self._silent_since_ns: int | None = None
        self._reached = False  # what --until-… waits for
        self._file = None if svg is None else WholeFile(svg, environment)

    def plan(self, plan: PingPlan) -> PingPlan:
        """The same run with every answer told by itself, and silence too."""
        until = self._own & {"--until-up", "--until-down"}
        return plan.replace(quiet=False, in_rounds=False, errors_end=not until,
                            outstanding=plan.outstanding or "--until-down" in self._own)

    def hear(self, record: PingRecord, session: Session[Any]) -> None:
        """One more record of the run."""
        if type(record) is Answer:
            if not record.duplicate:
                self.figures.answered(record.sequence, record.rtt_ns)
            self._silent.clear()
            self._unsent, self._silent_since_ns = 0, None
            if "--until-up" in self._own:
                self._end(session)
        elif type(record) in (NoAnswerYet, ProbeError) and getattr(record, "counted", True):
            self._silent.add(record.sequence)  # type: ignore[union-attr]
        elif type(record) in (LocalError, SendRefused):
            self._unsent += 1
        if "--until-down" in self._own and self._is_down():
            self._end(session)

    def _is_down(self) -> bool:
        """Whether probe after probe has had no answer, and longer than any answer took."""
        silent = len(self._silent) + self._unsent
        now_ns = self._environment.clock.now_ns()
        if silent and self._silent_since_ns is None:
            self._silent_since_ns = now_ns
        patience_ns = max(DOWN_NS, DOWN_ROUND_TRIPS * (self.figures.times.worst_ns or 0))
        return silent >= DOWN_PROBES and now_ns - (self._silent_since_ns or now_ns) >= patience_ns

    def shows(self, record: PingRecord, options: PingOptions) -> bool:
        """Whether the run that was asked for would tell this record."""
        if type(record) is NoAnswerYet:
            return options.outstanding and not options.quiet
        return not options.quiet or type(record) is not Answer

    def _end(self, session: Session[Any]) -> None:
        if not self._reached:
            self._reached = True
            session.interrupt()

    def status(self, status: int) -> int:
        """The exit status: of --until-…, whether that has happened."""
        if self._own & {"--until-up", "--until-down"}:
            return 0 if self._reached else 1
        return status

    def finish(self, name: str, summary: Summary) -> None:
        """Write what was asked for below the summary."""
        environment, figures = self._environment, self.figures
        figures.finish(summary.transmitted)
        series = figures.series()
        if "--stats" in self._own:
            environment.out.write(render_figures(series))
            if environment.document is not None:
                environment.document.tell(series.figures)
        if "--graph" in self._own:
            environment.out.write(render_graph(series, environment.columns or GRAPH_COLUMNS))
        if self._file is not None:
            self._file.write(lambda: render_svg(series, name).encode())
