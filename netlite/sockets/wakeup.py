"""What wakes a wait: a descriptor that another thread makes readable; and an interruption without signals.

Where none is to be had (RLIMIT_NOFILE, seccomp) there is none, and `clock.Clock.wait` looks now and then by itself.
"""

from __future__ import annotations

from posix import EFD_CLOEXEC, EFD_NONBLOCK, close, eventfd, eventfd_read, eventfd_write

from ..engines.events import Interrupted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from ..engines.events import Event

    class Interruptions(Protocol):
        """What is asked of `Interruption`, of `signals.Signals`, and of those in memory."""

        def ask(self) -> None: ...
        def receive(self, at_ns: int) -> Sequence[Event]: ...
        def fileno(self) -> int: ...
        def close(self) -> None: ...


class Wakeup:
    """From any thread: `call`; by who waits: `answer`, when `fileno()` can be read or at any time.

    Who forgets it, or is interrupted before it can be closed, leaves no descriptor behind.  What is closed during
    a call is given back by the one who calls, for its number may be somebody else's at once; a lock would stay locked
    in a child of fork(2).
    """

    _closed = False

    def __init__(self) -> None:
        self._held: list[int] = []         # the descriptor, until it is given back
        self._calling: list[None] = []     # an item for each call under way
        try:
            self._held.append(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))
        except OSError:
            pass

    def call(self) -> None:
        """Wake who waits; nothing once it is closed."""
        self._calling.append(None)
        try:
            if self.fileno() >= 0:
                eventfd_write(self._held[0], 1)
        finally:
            self._calling.pop()
            if self._closed:
                self.close()

    def answer(self) -> None:
        """Be woken no more by the calls until now."""
        if self._held and not self._closed:
            try:
                eventfd_read(self._held[0])
            except BlockingIOError:
                pass

    def fileno(self) -> int:
        return -1 if self._closed or not self._held else self._held[0]

    def close(self) -> None:
        self._closed = True
        try:
            while not self._calling:
                close(self._held.pop())
        except (IndexError, AttributeError):  # it is given back, or was never made
            pass

    __del__ = close


class Interruption(Wakeup):
    """A source of the driver, as signals are: tells Interrupted once for each time somebody asked, and what somebody
    wants to be told."""

    _asked = False

    def __init__(self) -> None:
        super().__init__()
        self._wanted: list[Event] = []

    def ask(self) -> None:
        """From any thread; nothing once it is closed."""
        self._asked = True
        self.call()

    def want(self, event: Event) -> None:
        """Tell `event`, with the time at which that is done.  From any thread; nothing once it is closed."""
        self._wanted.append(event)
        self.call()

    def receive(self, at_ns: int) -> list[Event]:
        events: list[Event] = []
        while self._wanted:
            events.append(self._wanted.pop(0).replace(at_ns=at_ns))
        if self._asked:
            self._asked = False
            events.append(Interrupted(at_ns))
        if events:
            self.answer()
        return events

    def due_ns(self) -> int | None:
        """No time is known, which is what virtual clocks ask."""
        return None
