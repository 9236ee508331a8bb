"""Round trips in buckets: the classic ones with fixed bounds, and those of a native histogram of Prometheus.

A native histogram of schema s has buckets that end at 2^(k / 2^s) seconds, for each whole k, and begin above the one
before; only those that hold something are told.  *In documents*: prometheus.io/docs/specs/native_histograms.
"""

from __future__ import annotations

from bisect import bisect_left
from math import isqrt

from ...records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

SECOND_NS = 1_000_000_000
BUCKETS_S = tuple(5e-05 * 2 ** place for place in range(20))
"""Upper bounds of the round trips that a classic bucket counts: 50 us, doubled up to 26 s."""
SCHEMA = 3                            # eight buckets for each doubling: a quantile is off by 4.5 % at most
MOST_BUCKETS = 160                    # beyond which two and two of them become one
LEAST_INDEX, GREATEST_INDEX = -239, 96  # 1 ns; 4096 s, longer than any time to wait


def upper_ns(index: int) -> int:
    """The greatest whole number of nanoseconds in a bucket of `SCHEMA`: n^8 <= 2^index * 10^72.

    >>> upper_ns(0), upper_ns(8), upper_ns(-8), upper_ns(1)
    (1000000000, 2000000000, 500000000, 1090507732)
    """
    power = SECOND_NS ** 8 << index if index >= 0 else SECOND_NS ** 8 >> -index
    for _ in range(SCHEMA):
        power = isqrt(power)
    return power


CLASSIC_NS = tuple(50_000 << place for place in range(len(BUCKETS_S)))
NATIVE_NS = tuple(upper_ns(index) for index in range(LEAST_INDEX, GREATEST_INDEX + 1))
EDGES_NS = tuple(sorted({0, *CLASSIC_NS, *NATIVE_NS}))
"""Of all buckets, so that one look finds both; the first is that of zero."""
CLASSIC_OF = tuple(bisect_left(CLASSIC_NS, edge_ns) for edge_ns in EDGES_NS)
NATIVE_OF = tuple(bisect_left(NATIVE_NS, edge_ns) + LEAST_INDEX for edge_ns in EDGES_NS)


class Native(Record):
    """A native histogram: how many round trips were zero, and `counts` by the index of their bucket, in its order."""

    schema: int
    zeros: int
    counts: tuple[tuple[int, int], ...]


class Histogram:
    """Counts of round trips."""

    __slots__ = ("_counts", "count", "sum_ns")

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}  # by place in EDGES_NS
        self.count = self.sum_ns = 0

    def take(self, rtt_ns: int) -> None:
        """One more, of 0 ns to 4096 s."""
        place = bisect_left(EDGES_NS, rtt_ns)
        self._counts[place] = self._counts.get(place, 0) + 1
        self.count += 1
        self.sum_ns += rtt_ns

    def copy(self) -> Histogram:
        """As it is now."""
        found = Histogram()
        found._counts, found.count, found.sum_ns = dict(self._counts), self.count, self.sum_ns
        return found

    @property
    def sum_s(self) -> float:
        """Of all of them, in seconds."""
        return self.sum_ns / SECOND_NS

    def classic(self) -> list[tuple[float, int]]:
        """Upper bounds and how many do not exceed them; the last one is infinity."""
        here = [0] * (len(BUCKETS_S) + 1)
        for place, count in self._counts.items():
            here[CLASSIC_OF[place]] += count
        found, total = [], 0
        for bound_s, count in zip((*BUCKETS_S, float("inf")), here):
            total += count
            found.append((bound_s, total))
        return found

    def native(self, most: int = MOST_BUCKETS) -> Native:
        """As a native histogram of the finest schema that needs `most` buckets or fewer."""
        counts: dict[int, int] = {}
        for place, count in sorted(self._counts.items()):
            if place:
                counts[NATIVE_OF[place]] = counts.get(NATIVE_OF[place], 0) + count
        schema = SCHEMA
        while len(counts) > most:         # bucket k of a schema lies in bucket ceil(k / 2) of the one below
            schema, finer, counts = schema - 1, counts, {}
            for index, count in finer.items():
                counts[(index + 1) // 2] = counts.get((index + 1) // 2, 0) + count
        return Native(schema, self._counts.get(0, 0), tuple(counts.items()))


def spans(counts: Sequence[tuple[int, int]]) -> tuple[list[tuple[int, int]], list[int]]:
    """Buckets as Prometheus sends them: runs of them (how far behind the one before, how many), and by how much each
    count is more than the one before.

    >>> spans([(-3, 5), (-2, 4), (7, 4)])
    ([(-3, 2), (8, 1)], [5, -1, 0])
    """
    runs: list[tuple[int, int]] = []
    deltas: list[int] = []
    after = before = 0
    for index, count in counts:
        if runs and index == after:
            runs[-1] = runs[-1][0], runs[-1][1] + 1
        else:
            runs.append((index - after, 1))
        deltas.append(count - before)
        after, before = index + 1, count
    return runs, deltas
