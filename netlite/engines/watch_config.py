"""Which paths are watched, and how."""

from __future__ import annotations

from ..records.record import Record
from ..records.watch import Way


class WatchConfig(Record):
    """Which `ways` are watched and how.

    `method` "icmp", "udp" or "tcp" (to `port`); hops `first_hop` to `max_hops`, at most `max_unknown` beyond the last
    one that answers.  Each hop gets `count` probes (None: no end), one every `interval_ns`, and each of these has
    `timeout_ns`; at most `rate` probes a second leave in all.  `names` looks names up; `verdicts` False tells changes
    and the states at the end alone.  `wall_offset_ns` is wall time less monotonic time, `seed` where the sequence
    numbers of TCP begin.
    """

    ways: tuple[Way, ...]
    method: str = "icmp"
    port: int = 33434
    first_hop: int = 1
    max_hops: int = 30
    max_unknown: int = 12
    count: int | None = None
    interval_ns: int = 1_000_000_000
    timeout_ns: int = 3_000_000_000
    rate: float = 250.0
    names: bool = False
    verdicts: bool = True
    wall_offset_ns: int = 0
    seed: int = 0
