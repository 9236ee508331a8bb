"""The real clock: monotonic time, wall time, and waiting."""

from __future__ import annotations

from select import POLLIN, poll, select
from time import monotonic_ns, time_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    class Source(Protocol):
        """What can be waited for."""

        def fileno(self) -> int: ...

    class AnyClock(Protocol):
        """What is asked of `Clock`, and of the clocks that tests and the lab have in its place."""

        def now_ns(self) -> int: ...

        def wall_ns(self) -> int: ...

        def wait(self, sources: list[Source], until_ns: int | None) -> bool | None: ...

SELECTABLE = 1024  # FD_SETSIZE: select(2) takes descriptors below this
MS = 1_000_000
LONGEST_MS = 2**31 - 1
NAP_NS = 50_000
LOOK_NS = 20 * MS  # how long nobody looks at a source that has no descriptor


class Clock:
    """Time and waiting.  `lab.memory.virtual_clock.VirtualClock` has the same three methods."""

    now_ns = staticmethod(monotonic_ns)
    wall_ns = staticmethod(time_ns)

    @staticmethod
    def wait(sources: Sequence[Source], until_ns: int | None) -> bool | None:
        """Wait until a source can be read or `until_ns` is reached; None waits for sources alone.

        Returns whether one can be read, None where that is not seen: where a source has no descriptor (-1) this
        returns now and then, for who waits to look.

        `select` is used for its microsecond time-out; `poll`, which rounds to milliseconds, where it must be.
        """
        timeout_s = None if until_ns is None else max(0, until_ns - monotonic_ns()) / 1e9
        try:
            return bool(select(sources, (), (), timeout_s)[0])
        except ValueError:  # one has no descriptor, or one that select(2) does not take
            pass
        descriptors = [descriptor for descriptor in (source.fileno() for source in sources) if descriptor >= 0]
        in_sight = len(descriptors) == len(sources)
        if not in_sight:
            look_ns = monotonic_ns() + LOOK_NS
            until_ns = look_ns if until_ns is None else min(until_ns, look_ns)
            timeout_s = max(0, until_ns - monotonic_ns()) / 1e9
        if max(descriptors, default=0) >= SELECTABLE:
            _wait_by_poll(descriptors, until_ns)
            return None
        readable = select(descriptors, (), (), timeout_s)[0]
        return bool(readable) if in_sight else None


def _wait_by_poll(descriptors: list[int], until_ns: int | None) -> None:
    """Whole milliseconds by poll(2); what is left of one in naps."""
    polled = poll()
    for descriptor in descriptors:
        polled.register(descriptor, POLLIN)
    if until_ns is None:
        polled.poll()
        return
    left_ns = max(0, until_ns - monotonic_ns())
    while not polled.poll(min(left_ns // MS, LONGEST_MS)) and left_ns:
        left_ns = max(0, until_ns - monotonic_ns())
        if left_ns < MS:
            select((), (), (), min(left_ns, NAP_NS) / 1e9)
