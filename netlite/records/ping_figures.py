"""What ``ping --stats`` tells."""

from __future__ import annotations

from .record import Record


class PingFigures(Record):
    """Percentiles, deviation (of a sample) and jitter of the round trips in nanoseconds, None where there are none:
    the jitter is the difference of neighbours, its mean, its greatest, and smoothed as in RFC 3550 section 6.4.1.

    `lost` probes without an answer stand in `loss_runs` runs; the longest has `longest_run` and begins with the probe
    `longest_from`.
    """

    p50_ns: int | None
    p90_ns: int | None
    p99_ns: int | None
    deviation_ns: int | None
    jitter_avg_ns: int | None
    jitter_max_ns: int | None
    jitter_smooth_ns: int | None
    loss_runs: int
    longest_run: int
    longest_from: int | None
    lost: int


class PingSeries(Record):
    """A run of ping: of `transmitted` probes `received` were answered; `samples` are (probe, round trip in ns) from
    probe `first` on, `runs` the first probe and the length of each run of losses."""

    transmitted: int
    received: int
    first: int
    samples: tuple[tuple[int, int], ...]
    runs: tuple[tuple[int, int], ...]
    figures: PingFigures
