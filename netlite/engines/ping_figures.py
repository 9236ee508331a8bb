"""What the round trips of a ping come to, as its answers come: figures, samples, runs of losses."""

from __future__ import annotations

from collections import deque

from ..records.ping_figures import PingFigures, PingSeries
from .round_trips import RoundTrips

SAMPLES = 65536  # that a graph shows at most, the latest
SEQUENCES, HALF = 0x10000, 0x8000


class Figures:
    """Answers as they come.  A bit a probe is kept, and the latest SAMPLES round trips."""

    def __init__(self) -> None:
        self.times = RoundTrips()
        self.samples: deque[tuple[int, int]] = deque(maxlen=SAMPLES)  # number of the probe, round trip
        self.transmitted = 0
        self.runs: list[tuple[int, int]] = []  # first probe and length of each run of losses
        self._highest = 0
        self._bits = bytearray()

    def answered(self, sequence: int, rtt_ns: int | None) -> None:
        """The first answer to a probe, by the 16 bits of its sequence number."""
        ahead = (sequence - self._highest) % SEQUENCES
        number = self._highest + ahead if ahead < HALF else max(0, self._highest + ahead - SEQUENCES)
        self._highest = max(self._highest, number)
        place, bit = divmod(number, 8)
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1 - len(self._bits)))
        self._bits[place] |= 1 << bit
        if rtt_ns is not None:
            self.times.add(rtt_ns)
            self.samples.append((number, rtt_ns))

    def is_answered(self, number: int) -> bool:
        """Whether the probe with this number, from 1, was answered."""
        place, bit = divmod(number, 8)
        return place < len(self._bits) and bool(self._bits[place] >> bit & 1)

    def finish(self, transmitted: int) -> None:
        """No more come: find the runs of losses among so many probes."""
        self.transmitted = transmitted
        first = 0
        for number in range(1, transmitted + 2):
            lost = number <= transmitted and not self.is_answered(number)
            if lost and not first:
                first = number
            elif not lost and first:
                self.runs.append((first, number - first))
                first = 0

    def series(self) -> PingSeries:
        """As a record."""
        times = self.times
        longest = max(self.runs, key=lambda run: run[1], default=(None, 0))
        figures = PingFigures(
            times.percentile_ns(50), times.percentile_ns(90), times.percentile_ns(99), times.deviation_ns,
            times.jitter_avg_ns, times.jitter_max_ns, times.jitter_smooth_ns, len(self.runs), longest[1], longest[0],
            sum(length for _, length in self.runs))
        first = self.samples[0][0] if len(self.samples) == SAMPLES else 1
        return PingSeries(self.transmitted, times.count, first, tuple(self.samples), tuple(self.runs), figures)
