"""When the next probe may leave: iputils' token bucket, on nanoseconds and without drift.

The bucket fills with time; a probe costs one interval, and it holds `preload` of them.  Here it
is kept as the moment it was last empty.  A probe that leaves a little late is charged to the
moment it was due, so lateness does not add up; after a long stop (a suspended process) the
schedule starts anew instead of catching up.
"""

from __future__ import annotations

MS = 1_000_000
FLOOD_MS = 10
"""The tick of iputils (MININTERVAL): without answers a flood sends 100 probes a second."""


class TokenBucket:
    """`interval_ms` may be changed at any time (-A does)."""

    def __init__(self, interval_ms: int, preload: int):
        self.interval_ms = interval_ms
        self._preload = preload
        self._empty_ns: int | None = None
        self._taken_ns = 0
        self._held_until_ns: int | None = None

    def due_ns(self, in_flight: int) -> int:
        """When the next probe may leave, 0 for the first; `in_flight` matters for the interval 0 alone."""
        if self._empty_ns is None:
            return 0
        if self._held_until_ns is not None:
            return self._held_until_ns
        if not self.interval_ms:
            return self._taken_ns + (FLOOD_MS * MS if in_flight >= self._preload else 0)
        return self._empty_ns + self.interval_ms * MS

    def take(self, now_ns: int) -> None:
        """A probe leaves now."""
        interval_ns = self.interval_ms * MS
        room_ns = interval_ns * self._preload
        if self._empty_ns is None or now_ns - self._empty_ns > room_ns + interval_ns // 2:
            self._empty_ns = now_ns - room_ns
        self._empty_ns += interval_ns
        self._taken_ns = now_ns
        self._held_until_ns = None

    def spill(self, now_ns: int, pause_ms: int = 0) -> None:
        """Sending failed: no saved-up tokens, and nothing for `pause_ms`."""
        self._empty_ns = self._taken_ns = now_ns
        self._held_until_ns = now_ns + max(pause_ms, self.interval_ms) * MS

    def give_back(self, now_ns: int) -> None:
        """Nothing left (the socket buffer is full): try again after a tick."""
        assert self._empty_ns is not None, "nothing was taken"
        self._empty_ns -= self.interval_ms * MS
        self._held_until_ns = now_ns + FLOOD_MS * MS
