"""Round trips without end in little memory: mean, deviation, jitter, percentiles.

Mean and deviation are Welford's (Technometrics 4, 1962), which loses no digits however long a run is.  Jitter is
the difference of neighbouring round trips: the last one, their mean, the greatest, and smoothed as RFC 3550 section
6.4.1 has it.  Percentiles come from a histogram: 128 buckets each time the round trip doubles, so that what it tells is
within 0.4 % of one that was measured.
"""

from __future__ import annotations

from math import exp, log, sqrt

FINE_BITS = 7
SMOOTHING = 16  # RFC 3550


class Histogram:
    """Counts of whole numbers from 0, in buckets that are as fine as the numbers are small.

    >>> few = Histogram()
    >>> for number in (1, 2, 3, 4, 1000):
    ...     few.add(number)
    >>> few.percentile(50), few.percentile(99)
    (3, 1002)
    """

    def __init__(self) -> None:
        self.total = 0
        self._counts: dict[int, int] = {}

    def add(self, number: int) -> None:
        """Count a number."""
        self.total += 1
        bucket = bucket_of(number)
        self._counts[bucket] = self._counts.get(bucket, 0) + 1

    def percentile(self, percent: float) -> int | None:
        """The middle of the bucket that the nearest rank is in; None where nothing was counted."""
        left = max(1, -(-self.total * percent // 100))
        for bucket in sorted(self._counts):
            left -= self._counts[bucket]
            if left <= 0:
                return middle_of(bucket)
        return None


def bucket_of(number: int) -> int:
    """Small numbers are buckets of their own; of greater ones the first bits count.

    >>> bucket_of(255), bucket_of(256), bucket_of(257), bucket_of(258)
    (255, 256, 256, 257)
    """
    shift = max(0, number.bit_length() - FINE_BITS - 1)
    return (shift << FINE_BITS) + (number >> shift)


def middle_of(bucket: int) -> int:
    """The number in the middle of a bucket."""
    shift = max(0, (bucket >> FINE_BITS) - 1)
    return (bucket - (shift << FINE_BITS) << shift) + (1 << shift >> 1)


class RoundTrips:
    """The figures of the round trips of a hop, in nanoseconds; None where there are none."""

    def __init__(self) -> None:
        self.count = 0
        self.last_ns: int | None = None
        self.best_ns: int | None = None
        self.worst_ns: int | None = None
        self.jitter_ns: int | None = None
        self.jitter_max_ns: int | None = None
        self._jitter_sum_ns = 0
        self._smooth_ns = 0.0
        self._mean_ns = self._squares = self._logarithms = 0.0
        self._histogram = Histogram()

    def add(self, rtt_ns: int) -> None:
        """One more, in the order of arrival."""
        self.count += 1
        if self.last_ns is None or self.best_ns is None or self.worst_ns is None:
            self.best_ns = self.worst_ns = rtt_ns
        else:
            self.jitter_ns = abs(rtt_ns - self.last_ns)
            self.jitter_max_ns = max(self.jitter_ns, self.jitter_max_ns or 0)
            self._jitter_sum_ns += self.jitter_ns
            self._smooth_ns += (self.jitter_ns - self._smooth_ns) / SMOOTHING
            self.best_ns, self.worst_ns = min(self.best_ns, rtt_ns), max(self.worst_ns, rtt_ns)
        self.last_ns = rtt_ns
        off = rtt_ns - self._mean_ns
        self._mean_ns += off / self.count
        self._squares += off * (rtt_ns - self._mean_ns)
        self._logarithms += log(max(1, rtt_ns))
        self._histogram.add(rtt_ns)

    @property
    def avg_ns(self) -> int | None:
        return round(self._mean_ns) if self.count else None

    @property
    def deviation_ns(self) -> int | None:
        """Of a sample: divided by one less than there are, as mtr does."""
        if not self.count:
            return None
        return round(sqrt(max(0.0, self._squares) / (self.count - 1))) if self.count > 1 else 0

    @property
    def geometric_ns(self) -> int | None:
        return round(exp(self._logarithms / self.count)) if self.count else None

    @property
    def jitter_avg_ns(self) -> int | None:
        return round(self._jitter_sum_ns / (self.count - 1)) if self.count > 1 else None

    @property
    def jitter_smooth_ns(self) -> int | None:
        return round(self._smooth_ns) if self.count > 1 else None

    def percentile_ns(self, percent: float) -> int | None:
        """What so many percent do not exceed, never beyond the best and the worst."""
        found = self._histogram.percentile(percent)
        if found is None or self.best_ns is None or self.worst_ns is None:
            return None
        return min(max(found, self.best_ns), self.worst_ns)
