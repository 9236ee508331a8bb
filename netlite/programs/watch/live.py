"""The live view: what the engine knows, drawn twice a second, by textual where that is installed."""

from __future__ import annotations

from _signal import SIGINT

from ...engines.requests import PauseAsked, ResetAsked
from ...engines.watch import Watch
from ...engines.watch_config import WatchConfig
from ...environment import Environment
from ...records.ping_mishaps import ReceiveRefused
from ...records.watch import PathChanged
from ...render.watch import Style
from ...render.watch_screen import Screen
from ...session import Session
from .report import leave, report
from .words import REPORT_COUNT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...links.link import Link
    from ...sockets.terminal import Terminal
    from .words import Options

DRAW_NS = 500_000_000


def show(options: Options, config: WatchConfig, link: Link, style: Style, environment: Environment) -> int:
    """Show how the paths do until somebody has seen enough; the exit status."""
    terminal = environment.terminal()
    if terminal is None:  # nobody can press a key
        return report(options, config.replace(count=config.count or REPORT_COUNT), link, style, environment)
    if not options.plain and has_textual():
        from .rich_view import show_rich

        return show_rich(config, link, style, environment)
    watch = Watch(config)
    session: Session[Any] = Session(watch, link, environment, names=config.names)
    with session:
        with terminal:
            view = View(session, watch, style, terminal)
            view.run()
    return leave(watch.states(), style, environment, view.refused, terminal.ended)


def has_textual() -> bool:
    """Whether the rich view can be had."""
    from ...libraries import find_libraries

    find_libraries()
    from importlib.util import find_spec

    return find_spec("textual") is not None


class View:
    """A session, and the terminal that it is drawn on."""

    def __init__(self, session: Session[Any], watch: Watch, style: Style, terminal: Terminal):
        self.refused: int | None = None
        self._session, self._watch, self._terminal = session, watch, terminal
        self._screen = Screen(style)
        self._began_ns = self._draw_ns = session.clock.now_ns()

    def run(self) -> None:
        """Until q, a signal, or the end of the run."""
        from ...sockets.terminal import Keyboard

        session, terminal = self._session, self._terminal
        while not session.finished and terminal.ended is None:
            self._hear(session.step())
            now_ns = session.clock.now_ns()
            anew = terminal.signals() or self._press(terminal.keys())
            if anew or now_ns >= self._draw_ns:
                self._draw(now_ns)
            until_ns = self._draw_ns if session.deadline_ns is None else min(self._draw_ns, session.deadline_ns)
            if not session.finished and terminal.ended is None:
                session.clock.wait([*session.sources, terminal, Keyboard()], until_ns)

    def _hear(self, records: list[Any]) -> None:
        for record in records:
            if isinstance(record, PathChanged):
                self._screen.changes.append(record)
            elif isinstance(record, ReceiveRefused):
                self.refused = record.errno

    def _draw(self, now_ns: int) -> None:
        self._draw_ns = now_ns + DRAW_NS
        seconds = (now_ns - self._began_ns) // 1_000_000_000
        self._terminal.draw(self._screen.picture(self._watch.states(), f"{seconds} s", *self._terminal.size))

    def _press(self, keys: str) -> bool:
        """Do what keys ask for; whether there were any."""
        screen = self._screen
        for key in keys:
            if key in "qQ":
                self._terminal.ended = self._terminal.ended or SIGINT
            elif key in "p ":
                screen.paused = not screen.paused
                self._session.request(PauseAsked(0, screen.paused))
            elif key == "r":
                screen.changes.clear()
                self._began_ns = self._session.clock.now_ns()
                self._session.request(ResetAsked(0))
                self._hear(self._session.step())
            elif key == "n":
                screen.toggle_names()
            elif key == "j":
                screen.jitter = not screen.jitter
        return bool(keys)
