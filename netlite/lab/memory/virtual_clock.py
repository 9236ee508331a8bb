"""Time that passes only when somebody waits: an hour of timeouts takes no time at all."""

from __future__ import annotations

from ...sockets.clock import Clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol

    class Timed(Protocol):
        """What can be waited for in memory."""

        def due_ns(self) -> int | None: ...

SECOND_NS = 1_000_000_000
HOUR_NS = 3600 * SECOND_NS
START_WALL_NS = 1_700_000_000 * SECOND_NS


class NothingWillHappen(Exception):
    """A program waits for ever, or longer than the clock allows: no test may hang."""


class VirtualClock(Clock):
    """`wait` jumps to what happens next.

    What is waited for tells with ``due_ns()`` when it can be read next, or None.  After `turns_left` waits and
    packets it goes to `end_ns`: a flood takes no time, and would have no end.
    """

    def __init__(self, limit_ns: int = HOUR_NS):
        self._now_ns = SECOND_NS  # not 0, which looks like "no time" too easily
        self._limit_ns = self.end_ns = limit_ns
        self.turns_left = -1              # no end

    def now_ns(self) -> int:
        return self._now_ns

    def wall_ns(self) -> int:
        return START_WALL_NS + self._now_ns

    def pass_to(self, time_ns: int) -> None:
        """Let the time pass, whatever happens meanwhile."""
        self._now_ns = max(self._now_ns, time_ns)

    def wait(self, sources: Iterable[Timed], until_ns: int | None) -> None:  # type: ignore[override]
        """Jump to the first arrival of any source, or to `until_ns` if that comes first."""
        coming = [source.due_ns() for source in sources] + [until_ns]
        times = [time for time in coming if time is not None]
        if not times or min(times) > self._limit_ns:
            raise NothingWillHappen(f"waiting at {self._now_ns} ns for {sources} until {until_ns}")
        self._now_ns = max(self._now_ns, min(times))
        self.turn()

    def turn(self) -> None:
        """Something was done."""
        self.turns_left -= 1
        if self.turns_left == 0:
            self.pass_to(self.end_ns)
