"""Signals as readable events: SIGINT, SIGALRM and SIGQUIT end up in a pipe, in order.

SIGCONT ends a wait too: the kernel would go on with what select(2) had left when the process was stopped, however long
ago that is.

Uses the C module under `signal`, which is imported in 0.1 ms instead of 3.7.
"""

from __future__ import annotations

import _signal
from posix import O_CLOEXEC, O_NONBLOCK, close, pipe2, read, write

from ..engines.events import Interrupted, StatusAsked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

AT_ONCE = 64
EVENTS: dict[int, type[Interrupted | StatusAsked]] = {
    _signal.SIGINT: Interrupted, _signal.SIGALRM: Interrupted, _signal.SIGQUIT: StatusAsked}


def heeded(numbers: Iterable[int]) -> list[int]:
    """Those that are not ignored: what is, as under nohup(1), stays so."""
    return [number for number in numbers if _signal.getsignal(number) != _signal.SIG_IGN]


class Signals:
    """Catch the signals of `EVENTS` while open; restores what was there on close.

    Main thread only (the kernel delivers to it, and Python's handlers run in it).
    """

    def __init__(self, caught: Iterable[int] = (*EVENTS, _signal.SIGCONT)):
        try:
            self._read_fd, self._write_fd = pipe2(O_NONBLOCK | O_CLOEXEC)
        except OSError:  # no descriptors are left: signals are remembered here, and waits look by themselves
            self._read_fd = self._write_fd = -1
        self._wakeup_before = _signal.set_wakeup_fd(self._write_fd, warn_on_full_buffer=False)
        self._caught = False
        self._remembered = bytearray()
        self._before = {}
        for number in caught:
            self._before[number] = _signal.signal(number, self._catch)

    def fileno(self) -> int:
        return self._read_fd

    def receive(self, at_ns: int) -> list[Interrupted | StatusAsked]:
        """The events of the signals caught since the last call; costs nothing when there are none."""
        if not self._caught:
            return []
        self._caught = False  # before reading: a signal that comes now is not to be forgotten
        if self._read_fd < 0:
            return self._recall(at_ns)
        try:
            numbers = read(self._read_fd, AT_ONCE)
        except BlockingIOError:
            self._caught = True  # another thread took the signal and has not written yet: look again
            return []
        if len(numbers) == AT_ONCE:
            self._caught = True  # there may be more
        return [EVENTS[number](at_ns) for number in numbers if number in EVENTS]

    def _recall(self, at_ns: int) -> list[Interrupted | StatusAsked]:
        numbers, self._remembered = self._remembered, bytearray()
        return [EVENTS[number](at_ns) for number in numbers if number in EVENTS]

    def ask(self) -> None:
        """Tell Interrupted, as SIGINT does; from any thread, and nothing once it is closed."""
        if self._write_fd >= 0:
            self._caught = True
            write(self._write_fd, bytes((_signal.SIGINT,)))
        else:
            self._catch(_signal.SIGINT, None)

    def _catch(self, number: int, _frame: object) -> None:
        if self._write_fd < 0:
            self._remembered.append(number)
        self._caught = True

    def close(self) -> None:
        for number, handler in self._before.items():
            _signal.signal(number, handler)
        _signal.set_wakeup_fd(self._wakeup_before)
        read_fd, write_fd, self._read_fd, self._write_fd = self._read_fd, self._write_fd, -1, -1
        if read_fd >= 0:
            close(read_fd)
            close(write_fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
