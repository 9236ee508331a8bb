"""The real clock: monotonic time, wall time, and waiting."""

from __future__ import annotations

from select import select
from time import monotonic_ns, time_ns


class Clock:
    """Time and waiting.  `lab.memory.network.VirtualClock` has the same three methods."""

    now_ns = staticmethod(monotonic_ns)
    wall_ns = staticmethod(time_ns)

    @staticmethod
    def wait(sources: list, until_ns: int | None) -> None:
        """Wait until a source can be read or `until_ns` is reached; None waits for sources alone.

        `select` is used for its microsecond time-out; `poll` rounds to milliseconds.
        """
        timeout = None if until_ns is None else max(0, until_ns - monotonic_ns()) / 1e9
        select([source for source in sources if source.fileno() >= 0], (), (), timeout)
