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


class Interruption(Wakeup):
    """A source of the driver, as signals are: tells Interrupted once for each time somebody asked."""

    _asked = False

    def ask(self) -> None:
        """From any thread; nothing once it is closed."""
        self._asked = True
        self.call()

    def receive(self, at_ns: int) -> list[Event]:
        if not self._asked:
            return []
        self._asked = False
        self.answer()
        return [Interrupted(at_ns)]

    def due_ns(self) -> int | None:
        """No time is known, which is what virtual clocks ask."""
        return None
