"""The rich live view, by textual: hops with their history, a graph of the one that is selected, changes, export.

Needs the extra ``tui``.  What others chose goes into `rich.text.Text`, which has no markup, as `render.visible` has it.
"""

from __future__ import annotations

from _signal import SIGHUP, SIGINT, SIGTERM
from asyncio import get_running_loop
from collections import deque

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.css.query import NoMatches
from textual.widgets import DataTable, Footer, Input, Sparkline, Static

from ...aio.pump import Pump
from ...engines.requests import PauseAsked, ResetAsked
from ...engines.watch import Watch
from ...engines.watch_config import WatchConfig
from ...environment import Environment
from ...records.ping_mishaps import ReceiveRefused
from ...records.watch import HopProbe, PathChanged
from ...render.visible import visible
from ...render.watch import COLUMNS, JITTER, Style, change_text
from ...session import Session
from ...sockets.signals import heeded
from ...sockets.terminal import Hangup
from .export import export
from .report import leave
from .rich_rows import HISTORY, Columns, selected_words, table_rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from ...links.link import Link
    from .rich_rows import Place

DRAW_S = 0.5
GRAPH, CHANGES = 240, 6
ENDING = (SIGINT, SIGTERM, SIGHUP)


def show_rich(config: WatchConfig, link: Link, style: Style, environment: Environment) -> int:
    """Show the paths until somebody has seen enough; the exit status."""
    watch = Watch(config)
    session: Session[Any] = Session(watch, link, environment, names=config.names)
    with session:
        view = WatchApp(session, watch, style, environment)
        view.run()
        if view.failure is not None:
            raise view.failure
    return leave(watch.states(), style, environment, view.refused, view.ended)


class WatchApp(App[None]):
    """The paths of a session on the screen."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #title { height: 1; background: $primary; color: $text; padding: 0 1; }
    #hops { height: 1fr; }
    #selected { height: 1; padding: 0 1; color: $text-muted; }
    #graph { height: 4; margin: 0 1; }
    #changes { height: auto; max-height: 8; padding: 0 1; }
    #asked { display: none; height: 3; }
    """
    BINDINGS: ClassVar[list[Any]] = [
        Binding("q,ctrl+c", "leave", "quit", priority=False), Binding("p,space", "pause", "pause"),
        Binding("r", "reset", "reset"), Binding("d", "display", "display"), Binding("n", "names", "names"),
        Binding("j", "jitter", "jitter"), Binding("o", "fields", "fields"), Binding("e", "export", "export"),
        Binding("ctrl+z", "suspend_process", "stop", show=False)]

    def __init__(self, session: Session[Any], watch: Watch, style: Style, environment: Environment):
        super().__init__()
        self.refused: int | None = None
        self.ended: int | None = None
        self.failure: BaseException | None = None
        self._session, self._watch, self._look, self._environment = session, watch, style, environment
        self._history: dict[Place, deque[int | None]] = {}
        self._changes: deque[PathChanged] = deque(maxlen=CHANGES)
        self._rows: list[Place | str] = []
        self._paused = self._jitter = False
        self._mode = 0  # figures and history, figures, history
        self._asking = ""
        self._pump: Pump | None = None
        self._gone: Hangup | None = None

    def compose(self) -> ComposeResult:
        """The widgets, from the top."""
        yield Static(id="title")
        yield DataTable(id="hops", cursor_type="row", zebra_stripes=True)
        yield Static(id="selected")
        yield Sparkline([], id="graph", summary_function=max)
        yield Static(id="changes")
        yield Input(id="asked")
        yield Footer()

    def on_mount(self) -> None:
        """Begin."""
        loop = get_running_loop()
        if self._environment.owns_process:
            for number in heeded(ENDING):
                loop.add_signal_handler(number, self._end, number)
            self._gone = Hangup()  # textual would wait for ever for the thread that writes to the terminal
            loop.add_reader(self._gone.fileno(), self._environment.end_by, SIGHUP)
        self._begin_table()
        self._pump = Pump(loop, self._session, self._hear, self._over)
        self.set_interval(DRAW_S, self.draw)
        self.query_one("#hops").focus()
        self.app_resume_signal.subscribe(self, lambda _: self._show_all())

    def _show_all(self) -> None:
        """The terminal shows nothing of it any more."""
        self.screen.refresh(layout=True)
        for widget in self.screen.walk_children():
            widget.refresh(layout=True)

    def on_unmount(self) -> None:
        """Step no more."""
        if self._pump is not None:
            self._pump.stop()
        if self._gone is not None:
            self._gone.close()

    def _end(self, number: int) -> None:
        self.ended = number
        self.exit()

    def _hear(self, records: list[Any]) -> None:
        for record in records:
            if isinstance(record, HopProbe):
                if record.kind not in ("late", "duplicate"):
                    place = record.host, record.flow, record.hop
                    self._history.setdefault(place, deque(maxlen=GRAPH)).append(record.rtt_ns)
            elif isinstance(record, PathChanged):
                self._changes.append(record)
            elif isinstance(record, ReceiveRefused):
                self.refused = record.errno

    def _over(self, raised: BaseException | None) -> None:
        self.draw()
        self.failure = self.failure or raised
        if self.refused is not None or raised is not None:
            self.exit()

    def _handle_exception(self, error: Exception) -> None:
        """What goes wrong is said by the program, in one line, when the terminal is given back."""
        self.failure = self.failure or error
        self.exit()

    # drawing

    @property
    def _columns(self) -> Columns:
        letters = "" if self._mode == 2 else JITTER if self._jitter else self._look.columns
        return Columns(letters.replace(" ", ""), self._mode != 1)

    def _begin_table(self) -> None:
        table: DataTable[Any] = self.query_one("#hops", DataTable)
        table.clear(columns=True)
        table.add_column("Hop", key="hop")
        table.add_column("Host", key="host", width=30)
        columns = self._columns
        for place, letter in enumerate(columns.letters):
            table.add_column(Text(COLUMNS[letter].title, justify="right"), key=f"{place}{letter}")
        if columns.history:
            table.add_column("History", key="history", width=HISTORY)
        self._rows = []

    def draw(self) -> None:
        """Show how the paths do now."""
        try:
            self._draw()
        except NoMatches:  # on its way out: some widgets are gone already
            pass

    def _draw(self) -> None:
        states = self._watch.states()
        table: DataTable[Any] = self.query_one("#hops", DataTable)
        rows = table_rows(states, self._columns, self._look, self._history)
        if [place for place, _ in rows] != self._rows:
            at = table.cursor_row
            table.clear()
            self._rows = [place for place, _ in rows]
            for place, cells in rows:
                table.add_row(*cells, key=repr(place))
            table.move_cursor(row=min(at, max(0, len(rows) - 1)))
        else:
            for place, cells in rows:
                for column, value in zip(table.columns, cells):
                    table.update_cell(repr(place), column, value)
        changes = sum(state.changes for state in states)
        self.query_one("#title", Static).update(Text(
            f"netlite watch  {', '.join(visible(state.host) for state in states[:4])}  "
            f"{'paused' if self._paused else 'ended' if self._session.finished else 'running'}  {changes} changes"))
        self.query_one("#changes", Static).update(Text("\n".join(
            [f"{visible(change.host)}, flow {change.flow}: {change_text(change)}" for change in self._changes])))
        self._draw_selected()

    def _draw_selected(self) -> None:
        row = self.query_one("#hops", DataTable).cursor_row
        selected = self._rows[row] if 0 <= row < len(self._rows) else ""
        place = selected if isinstance(selected, tuple) else None
        results = [] if place is None else list(self._history.get(place, ()))
        self.query_one("#graph", Sparkline).data = [(result or 0) / 1e6 for result in results]
        self.query_one("#selected", Static).update(Text(selected_words(place, results)))

    # keys

    def action_leave(self) -> None:
        """q: the end."""
        self.exit()

    def action_pause(self) -> None:
        """p: send nothing, or again."""
        self._paused = not self._paused
        self._session.request(PauseAsked(0, self._paused))
        self.draw()

    def action_reset(self) -> None:
        """r: count anew."""
        self._history.clear()
        self._changes.clear()
        self._session.request(ResetAsked(0))

    def action_display(self) -> None:
        """d: figures and history, figures, history."""
        self._mode = (self._mode + 1) % 3
        self._show_anew()

    def action_names(self) -> None:
        """n: addresses or names."""
        self._look = self._look.replace(numeric=not self._look.numeric)
        self.draw()

    def action_jitter(self) -> None:
        """j: jitter and percentiles, or round trips."""
        self._jitter = not self._jitter
        self._show_anew()

    def action_fields(self) -> None:
        """o: which columns."""
        self._ask("fields", self._look.columns)

    def action_export(self) -> None:
        """e: to a file, as its name ends."""
        self._ask("file (.json, .csv, .svg or text)", "")

    def _show_anew(self) -> None:
        self._begin_table()
        self.draw()

    def _ask(self, what: str, value: str) -> None:
        asked = self.query_one("#asked", Input)
        self._asking = what
        asked.placeholder, asked.value, asked.styles.display = what, value, "block"
        asked.focus()

    def on_key(self, event: Any) -> None:
        """Escape: no answer."""
        if event.key == "escape" and self._asking:
            self._answered()

    def _answered(self) -> None:
        self._asking = ""
        self.query_one("#asked", Input).styles.display = "none"
        self.query_one("#hops").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """What was asked for is given."""
        asking, value = self._asking, event.value.strip()
        self._answered()
        if not value:
            return
        if asking != "fields":
            self.notify(visible(self._export(value)))
        elif all(letter in COLUMNS for letter in value):
            self._look = self._look.replace(columns=value)
            self._jitter = False
            self._show_anew()
        else:
            self.notify(f"fields are {' '.join(COLUMNS)}")

    def _export(self, file: str) -> str:
        """What is to be said of it."""
        picture = self.export_screenshot() if file.endswith(".svg") else None
        return export(file, picture, self._watch.states(), self._look, self._environment)
