"""A terminal that is drawn on: keys as they are pressed, signals, the size, and everything given back at the end.

While it is open the terminal shows another screen, echoes nothing and hands on each key (termios(3), console_codes(4)).
SIGINT, SIGTERM and SIGHUP ask for the end; SIGTSTP gives the terminal back until SIGCONT; SIGWINCH is a new size.
Main thread only.
"""

from __future__ import annotations

import _signal
from posix import O_CLOEXEC, O_NONBLOCK, close, get_terminal_size, getpid, isatty, kill, pipe2, read, write
from select import epoll, select

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

OTHER_SCREEN, OWN_SCREEN = "\033[?1049h\033[?25l", "\033[0m\033[?25h\033[?1049l"
ENDING = _signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP, _signal.SIGQUIT
CAUGHT = (*ENDING, _signal.SIGTSTP, _signal.SIGCONT, _signal.SIGWINCH)
AT_ONCE = 256
USUAL = 80, 24  # columns and rows of a terminal that does not say


class Terminal:
    """Standard input and output as a terminal.  A context manager; `ended` is the signal that asked for the end, SIGHUP
    also where the terminal has gone."""

    def __init__(self) -> None:
        self.ended: int | None = None
        self._modes: list[Any] | None = None
        self._before: dict[int, Any] = {}
        self._wakeup = -1
        self._signals = self._signalled = -1

    @staticmethod
    def is_here() -> bool:
        """Whether both ends are a terminal."""
        return isatty(0) and isatty(1)

    def __enter__(self) -> Self:
        self._signals, self._signalled = pipe2(O_NONBLOCK | O_CLOEXEC)
        self._wakeup = _signal.set_wakeup_fd(self._signalled, warn_on_full_buffer=False)
        try:
            for number in CAUGHT:
                if _signal.getsignal(number) != _signal.SIG_IGN:
                    self._before[number] = _signal.signal(number, self._caught)
            self._take()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._give_back()
        for number, handler in self._before.items():
            _signal.signal(number, handler)
        self._before.clear()
        _signal.set_wakeup_fd(self._wakeup)
        for end in (self._signals, self._signalled):
            if end >= 0:
                close(end)
        self._signals = self._signalled = -1

    def fileno(self) -> int:
        """What is readable when there is a signal; standard input is the other source."""
        return self._signals

    def due_ns(self) -> int | None:
        """No time is known."""
        return None

    def signals(self) -> bool:
        """Do what the signals since the last call ask for; whether everything is to be drawn anew."""
        anew = False
        try:
            numbers = read(self._signals, AT_ONCE)
        except BlockingIOError:
            return False
        for number in numbers:
            if number in ENDING:
                self.ended = self.ended or number
            elif number == _signal.SIGTSTP:
                self._stop()
            anew = True
        return anew

    def keys(self) -> str:
        """The keys that wait, "" for none.  Where the terminal has gone that is the end."""
        if not select((0,), (), (), 0)[0]:
            return ""
        try:
            pressed = read(0, AT_ONCE)
        except (BlockingIOError, InterruptedError):
            return ""
        except OSError:
            pressed = b""
        if not pressed:
            self.ended = self.ended or _signal.SIGHUP
        return pressed.decode("ascii", "ignore")

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        try:
            columns, rows = get_terminal_size(1)
        except OSError:
            return USUAL
        return (columns, rows) if columns and rows else USUAL

    def draw(self, text: str) -> None:
        """Write to it; where that cannot be, the end is asked for."""
        data = text.encode("utf-8", "replace")
        try:
            while data:
                data = data[write(1, data):]
        except OSError:
            self.ended = self.ended or _signal.SIGHUP

    def _caught(self, number: int, _frame: object) -> None:
        """The number is in the pipe already."""

    def _take(self) -> None:
        from termios import ECHO, ICANON, TCSADRAIN, tcgetattr, tcsetattr

        self._modes = tcgetattr(0)
        modes = tcgetattr(0)
        modes[3] &= ~(ECHO | ICANON)
        tcsetattr(0, TCSADRAIN, modes)
        self.draw(OTHER_SCREEN)

    def _give_back(self) -> None:
        from termios import TCSADRAIN, error, tcsetattr

        modes, self._modes = self._modes, None
        if modes is None:
            return
        self.draw(OWN_SCREEN)
        try:
            tcsetattr(0, TCSADRAIN, modes)
        except error:  # it has gone
            pass

    def _stop(self) -> None:
        """Stop as a program that knows of no terminal, and take it again afterwards."""
        self._give_back()
        before = _signal.signal(_signal.SIGTSTP, _signal.SIG_DFL)
        kill(getpid(), _signal.SIGTSTP)  # goes on here after SIGCONT
        _signal.signal(_signal.SIGTSTP, before)
        self._take()


class Hangup:
    """Readable when the terminal at standard input has gone, and not for its keys."""

    def __init__(self) -> None:
        self._told = epoll()
        self._told.register(0, 0)
        self.fileno, self.close = self._told.fileno, self._told.close


class Keyboard:
    """Standard input as a source to wait for."""

    @staticmethod
    def fileno() -> int:
        return 0

    @staticmethod
    def due_ns() -> int | None:
        """No time is known."""
        return None
