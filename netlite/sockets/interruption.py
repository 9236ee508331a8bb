"""Interruptions without signals: somebody asks, from any thread."""

from __future__ import annotations

from ..engines.events import Interrupted
from .wakeup import Wakeup

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


class Interruption:
    """A source of the driver, as signals are: tells Interrupted once for each time somebody asked."""

    def __init__(self) -> None:
        self._wakeup = Wakeup()
        self._asked = False

    def ask(self) -> None:
        """From any thread; nothing once it is closed."""
        self._asked = True
        self._wakeup.call()

    def receive(self, at_ns: int) -> list[Event]:
        if not self._asked:
            return []
        self._asked = False
        self._wakeup.answer()
        return [Interrupted(at_ns)]

    def fileno(self) -> int:
        return self._wakeup.fileno()

    def due_ns(self) -> int | None:
        """No time is known, which is what virtual clocks ask."""
        return None

    def close(self) -> None:
        self._wakeup.close()
