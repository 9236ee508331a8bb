"""A bell: one thread rings it, once and for all, and another one, which waits for many things, hears it.

Each has an end of its own and closes that alone, so neither can meet a descriptor that the other has given back.
"""

from __future__ import annotations

from _socket import socketpair

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _socket import socket


class Bell:
    """A source of `clock.Clock`; where there is no descriptor to be had, a clock looks now and then."""

    def __init__(self) -> None:
        self.rung = False
        self._ends: tuple[socket, socket] | None = None
        try:
            self._ends = socketpair()
        except OSError:
            pass

    def ring(self) -> None:
        """For who rings; harmless when nobody listens any more."""
        self.rung = True
        if self._ends is not None:
            self._ends[0].close()

    def close(self) -> None:
        """For who listens: that was all."""
        if self._ends is not None:
            self._ends[1].close()

    def fileno(self) -> int:
        """It can be read once it was rung; -1 for none."""
        return -1 if self._ends is None else self._ends[1].fileno()

    def due_ns(self) -> None:
        """No time is known, which is what virtual clocks ask."""
