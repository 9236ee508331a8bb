"""What is told of paths that are watched: a verdict a probe, changes of the path, and how each hop does.

Times are whole nanoseconds; ``…_at_ns`` count from 1970.
"""

from __future__ import annotations

from .record import Record


class Way(Record):
    """One path to watch: where to, and as which of its flows (from 0).

    `source_port` is that of its probes with UDP and TCP, `size_bytes` what a probe says its size is: of the whole
    packet, or with ICMP None.
    """

    host: str
    address: str
    flow: int = 0
    source_port: int = 0
    size_bytes: int | None = None


class HopProbe(Record):
    """What became of a probe: `kind` is "router" (it died there), "reached", "refused" (an ICMP error that ends the way
    there), "lost", "unsent" (our own kernel refused it, `errno`), "late" (an answer to one that was lost),
    "duplicate" (a further answer).

    `sequence` counts the probes of this path from 1.  `source` is who answered after `rtt_ns`, with the `ttl` that
    its packet had left; `labels` are the MPLS labels that it quotes (RFC 4950).
    """

    host: str
    flow: int
    hop: int
    sequence: int
    kind: str
    sent_at_ns: int
    source: str | None = None
    rtt_ns: int | None = None
    ttl: int | None = None
    icmp_type: int | None = None
    icmp_code: int | None = None
    labels: tuple[int, ...] = ()
    errno: int | None = None


class PathChanged(Record):
    """The path is another one than before: `kind` "address" (`hop` answers from another address), "longer" or
    "shorter" (it ends at another hop).

    `before` and `after` are addresses, or the numbers of the last hops (None: not known).
    """

    host: str
    flow: int
    hop: int
    kind: str
    at_ns: int
    before: str | int | None
    after: str | int | None


class HopState(Record):
    """How a hop does.

    `source` answered last (None: nobody yet) and has the name `name`, where one was looked up; `sources` are all who
    answered, with how many answers each, the latest last and SOURCES at most.  `kind` is that of the last answer,
    as in `HopProbe`, with the ICMP error's numbers.

    Of `sent` probes (those that our kernel refused too) `received` were answered in time, `lost` were not, of
    `unsent` our kernel said so, `undecided` are under way; `loss` is the part of the decided ones without an answer,
    from 0.0 to 1.0 (None: none is decided).  `late` of the lost were answered after all; `duplicates` are answers
    beyond the first.

    `deviation_ns` is the standard deviation of the round trips (of a sample, as mtr has it), `geometric_ns` their
    geometric mean.  Of neighbouring round trips the difference is `jitter_ns`; its mean is `jitter_avg_ns`, its
    greatest `jitter_max_ns`, smoothed as in RFC 3550 section 6.4.1 `jitter_smooth_ns`.  The percentiles are within
    a hundredth (`engines.round_trips`).
    """

    hop: int
    source: str | None
    name: str | None
    sources: tuple[tuple[str, int], ...]
    kind: str | None
    icmp_type: int | None
    icmp_code: int | None
    labels: tuple[int, ...]
    sent: int
    received: int
    lost: int
    unsent: int
    undecided: int
    late: int
    duplicates: int
    loss: float | None
    last_ns: int | None
    avg_ns: int | None
    best_ns: int | None
    worst_ns: int | None
    deviation_ns: int | None
    geometric_ns: int | None
    jitter_ns: int | None
    jitter_avg_ns: int | None
    jitter_max_ns: int | None
    jitter_smooth_ns: int | None
    p50_ns: int | None
    p90_ns: int | None
    p99_ns: int | None
    changes: int


class PathState(Record):
    """How a path does: its hops from the first one on, as far as anybody answered, and one more where nobody does.

    `last_hop` is where it ends, None as long as nobody knows; `reached` says whether that is the host itself.
    `sent` are all probes that left, those beyond the end too.  `changes` counts `PathChanged`; `errno` is why our own
    kernel refused the last probe that it refused.
    """

    host: str
    address: str
    flow: int
    last_hop: int | None
    reached: bool
    sent: int
    changes: int
    errno: int | None
    hops: tuple[HopState, ...]


SOURCES = 16

WatchRecord = HopProbe | PathChanged | PathState
"""Everything that is told; the states come at the end, one a path."""
