"""What the library tells about echo probes: one verdict a probe, and one result a host.

All verdicts have the same columns, so that a mixed list of them is a table (`Record._fields`); a column that a
kind has no value for is None.  Times are whole nanoseconds.
"""

from __future__ import annotations

from .record import Record


class Answer(Record):
    """An echo reply to probe `sequence` (from 1, of this host alone) came in time.

    `host` is the word that was given, `sent_at_ns` when the probe left (since 1970), `rtt_ns` the round trip.
    `source` is who answered, with the `ttl` (hop limit) its packet had left and `size_bytes` of ICMP (None where
    the kernel did not tell).
    """

    host: str
    sequence: int
    sent_at_ns: int
    rtt_ns: int
    source: str
    ttl: int | None = None
    size_bytes: int | None = None
    icmp_type: None = None
    icmp_code: None = None
    mtu_bytes: None = None
    errno: None = None
    kind: str = "answer"


class Lost(Record):
    """Nothing came back within the time given."""

    host: str
    sequence: int
    sent_at_ns: int
    rtt_ns: None = None
    source: None = None
    ttl: None = None
    size_bytes: None = None
    icmp_type: None = None
    icmp_code: None = None
    mtu_bytes: None = None
    errno: None = None
    kind: str = "lost"


class ProbeError(Record):
    """A router or host, `source`, says with an ICMP error that the probe did not arrive.

    `icmp_type` and `icmp_code` are the numbers of RFC 792 or RFC 4443 (`records.icmp` has their names),
    `mtu_bytes` what a "too big" asks for; `rtt_ns` is how long it took.  `source` None: our own kernel.
    """

    host: str
    sequence: int
    sent_at_ns: int
    rtt_ns: int
    source: str | None
    ttl: int | None
    size_bytes: None
    icmp_type: int
    icmp_code: int
    mtu_bytes: int | None = None
    errno: int | None = None
    kind: str = "error"


class LocalError(Record):
    """Our own kernel did not send it: `errno` says why (no route, a packet too long for the device, a firewall).

    `mtu_bytes` is what would have passed, where it was too long (EMSGSIZE).
    """

    host: str
    sequence: int
    sent_at_ns: int
    rtt_ns: None = None
    source: None = None
    ttl: None = None
    size_bytes: None = None
    icmp_type: None = None
    icmp_code: None = None
    mtu_bytes: int | None = None
    errno: int = 0
    kind: str = "refused"


Verdict = Answer | Lost | ProbeError | LocalError
"""What becomes of a probe."""


class HostResult(Record):
    """How a host did.

    `address` is what `host` stands for, None where nobody knows (`reason` says so).  Of `sent` probes
    `received` were answered, `lost` were not, of `errors` an ICMP error or our own kernel told; `undecided`
    are those under way when the run was ended early.  `loss` is the part, from 0.0 to 1.0, of the decided ones
    without an answer (None: none was decided).  `duplicates` and `late` are answers beyond the first one, and
    after the time was over. `rtts_ns` are the round trips in the order of arrival, of a long run the last
    65,536; `rtt_min_ns` to
    `rtt_max_ns` are their least, mean, median, 95th percentile and greatest, `jitter_ns` the mean difference
    of neighbours (as RFC 3550 section 6.4.1 means it, without its smoothing), `deviation_ns` the standard
    deviation; None where there are none. `reason` is why, when there was no answer and it is known: the last
    error's words.
    """

    host: str
    address: str | None
    sent: int
    received: int
    lost: int
    errors: int
    undecided: int
    loss: float | None
    duplicates: int
    late: int
    rtt_min_ns: int | None
    rtt_avg_ns: int | None
    rtt_median_ns: int | None
    rtt_p95_ns: int | None
    rtt_max_ns: int | None
    jitter_ns: int | None
    deviation_ns: int | None
    reason: str | None
    rtts_ns: tuple[int, ...]

    @property
    def is_up(self) -> bool:
        """Whether an answer came."""
        return self.received > 0

    def percentile_ns(self, percent: float) -> int | None:
        """The round trip that so many percent (0 to 100) do not exceed (nearest rank); None where there are none."""
        return percentile(sorted(self.rtts_ns), percent)


class Tally(Record):
    """The counts of a `HostResult` alone, for who looks often; each as there."""

    sent: int = 0
    received: int = 0
    lost: int = 0
    errors: int = 0
    duplicates: int = 0
    late: int = 0


def host_result(host: str, address: str | None, rtts_ns: tuple[int, ...] = (), *, sent: int = 0,
                received: int | None = None, lost: int = 0, errors: int = 0, duplicates: int = 0, late: int = 0,
                reason: str | None = None) -> HostResult:
    """A result with all that follows from the counts and round trips; `received` None: there are no others.

    >>> result = host_result("a", "192.0.2.1", (1000, 3000, 2000), sent=4, lost=1)
    >>> result.loss, result.rtt_avg_ns, result.rtt_median_ns, result.jitter_ns, result.percentile_ns(100)
    (0.25, 2000, 2000, 1500, 3000)
    """
    known, ordered = len(rtts_ns), sorted(rtts_ns)
    received = known if received is None else received
    decided = received + lost + errors
    average = sum(rtts_ns) / known if known else 0.0
    differences = [abs(later - earlier) for earlier, later in zip(rtts_ns, rtts_ns[1:])]
    variance = sum((rtt - average) ** 2 for rtt in rtts_ns) / known if known else 0.0
    return HostResult(
        host, address, sent, received, lost, errors, sent - decided, (lost + errors) / decided if decided else
        None, duplicates, late, ordered[0] if ordered else None, round(average) if ordered else None,
        percentile(ordered, 50), percentile(ordered, 95), ordered[-1] if ordered else None,
        round(sum(differences) / len(differences)) if differences else 0 if ordered else None,
        round(variance ** 0.5) if ordered else None, None if received else reason, rtts_ns)


def percentile(ordered: list[int], percent: float) -> int | None:
    """The nearest rank: the least value that at least `percent` of all do not exceed.

    >>> percentile([1, 2, 3, 4], 50), percentile([1, 2, 3, 4], 51), percentile([], 50)
    (2, 3, None)
    """
    if not 0 <= percent <= 100:
        raise ValueError(f"percent is from 0 to 100, not {percent!r}")
    if not ordered:
        return None
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(0, int(rank) - 1)]
