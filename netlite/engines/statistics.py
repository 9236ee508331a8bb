"""The numbers of a ping run, computed with iputils' integers so that every digit agrees."""

from __future__ import annotations

from _struct import Struct

from ..records.ping import RoundTrips, Summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..records.ping_rounds import Progress

INT_MAX = 2**31 - 1
SEQUENCES = 0x10000
HALF = 0x7FFF
FEW = 1024  # numbers of a short run; a longer one takes the room for all at once
NEVER = -1
TIME_BYTES = 8


class Statistics:
    """Counts of a run.  Times come in as whole microseconds."""

    def __init__(self) -> None:
        self.transmitted = 0
        self.received = 0
        self.duplicates = 0
        self.corrupted = 0
        self.errors = 0
        self.pipe = -1
        self.longest_us = 0
        self.weighted = 0          # the moving average times 8
        self._acknowledged = 0     # the highest sequence answered so far, 16 bits
        self._shortest_us: int | None = None
        self._sum_us = 0.0
        self._sum_squares = 0.0

    def sent(self) -> None:
        """One more probe left, or was given up."""
        self.transmitted += 1
        low = self.transmitted % SEQUENCES
        if low - self._acknowledged > HALF:
            self._acknowledged = (low + 1) % SEQUENCES

    def acknowledge(self, sequence: int) -> None:
        """Something came back for `sequence`: nothing before it counts as in flight any more."""
        low = self.transmitted % SEQUENCES
        behind = (low - sequence) % SEQUENCES
        if behind > HALF:
            return
        self.pipe = max(self.pipe, behind + 1)
        ahead = (sequence - self._acknowledged) % SEQUENCES
        if 0 < ahead <= HALF or low - self._acknowledged > HALF:
            self._acknowledged = sequence

    @property
    def in_flight(self) -> int:
        ahead = (self.transmitted - self._acknowledged) % SEQUENCES
        return ahead if ahead <= HALF else self.transmitted - self.received - self.errors

    def round_trip(self, rtt_us: int) -> None:
        """Note the round-trip time of an answer or a duplicate."""
        self._sum_us += rtt_us
        self._sum_squares += float(rtt_us * rtt_us)
        self.longest_us = max(self.longest_us, rtt_us)
        self._shortest_us = rtt_us if self._shortest_us is None else min(self._shortest_us, rtt_us)
        if self.weighted:
            self.weighted += rtt_us - self.weighted // 8
        else:
            self.weighted = rtt_us * 8

    def exchanged(self, last_sequence: int, rtts_us: list[int] | None, count: int, depth: int = 1) -> None:
        """`count` probes were answered in order, `depth` under way: sent, acknowledge and round_trip of each."""
        self.transmitted += count
        self.received += count
        self._acknowledged = last_sequence
        self.pipe = max(self.pipe, depth)
        if not rtts_us:
            return
        self._sum_us += sum(rtts_us)
        self._sum_squares += float(sum([rtt_us * rtt_us for rtt_us in rtts_us]))
        self.longest_us = max(self.longest_us, max(rtts_us))
        shortest_us = min(rtts_us)
        self._shortest_us = shortest_us if self._shortest_us is None else min(self._shortest_us, shortest_us)
        weighted = self.weighted
        for rtt_us in rtts_us:
            weighted = weighted + rtt_us - weighted // 8 if weighted else rtt_us * 8
        self.weighted = weighted

    def round_trips(self) -> RoundTrips | None:
        """The figures of all round trips so far, None when there are none."""
        total = self.received + self.duplicates
        if self._shortest_us is None or not self.received:
            return None
        average_us = int(self._sum_us / total)
        if self._sum_us < INT_MAX:
            variance = (self._sum_squares - self._sum_us * self._sum_us / total) / total
        else:
            variance = self._sum_squares / total - average_us * average_us
        return RoundTrips(self._shortest_us, average_us, self.longest_us, integer_root(int(variance)),
                          self.weighted // 8)

    def progress(self) -> Progress:
        from ..records.ping_rounds import Progress

        return Progress(self.transmitted, self.received, self.round_trips())

    def summary(self, elapsed_ns: int, with_gap: bool) -> Summary:
        """The last record of a run; `with_gap` where the pace was not given beforehand."""
        gap_us = None
        if with_gap and self.received and self.transmitted > 1:
            gap_us = elapsed_ns // 1000 // (self.transmitted - 1)
        return Summary(self.transmitted, self.received, self.duplicates, self.corrupted, self.errors,
                       elapsed_ns, self.round_trips(), self.pipe, gap_us, self.weighted // 8)


def integer_root(square: int) -> int:
    """Newton's square root on integers as iputils does it: not always rounded down.

    >>> integer_root(3), integer_root(4), integer_root(99)
    (2, 2, 10)
    """
    if square <= 0:
        return 0
    previous, root = 2**63 - 1, square
    while root < previous:
        previous, root = root, (root + square // root) // 2
    return root


class SentTimes:
    """The monotonic time (ns) of the last probe of each sequence number: eight bytes a number, however many leave."""

    def __init__(self) -> None:
        self._times = _room_for(FEW)

    def get(self, sequence: int) -> int | None:
        """None where no probe with that number has left."""
        if sequence >= len(self._times):
            return None
        sent_ns = self._times[sequence]
        return None if sent_ns == NEVER else sent_ns

    def note(self, sequence: int, sent_ns: int) -> None:
        if sequence >= len(self._times):
            self._grow()
        self._times[sequence] = sent_ns

    def note_all(self, first: int, times_ns: Sequence[int]) -> None:
        """Of probes in a row, the first of them with the number `first`; of at most all numbers."""
        if first + len(times_ns) > len(self._times):
            self._grow()
        before_wrap = times_ns[:SEQUENCES - first]
        _pack(self._times, first, before_wrap)
        _pack(self._times, 0, times_ns[len(before_wrap):])

    def _grow(self) -> None:
        if len(self._times) < SEQUENCES:
            known, self._times = self._times, _room_for(SEQUENCES)
            self._times[:len(known)] = known


def _room_for(numbers: int) -> memoryview[int]:
    return memoryview(bytearray(b"\xff") * (numbers * TIME_BYTES)).cast("q")


def _pack(times: memoryview[int], first: int, times_ns: Sequence[int]) -> None:
    Struct(f"={len(times_ns)}q").pack_into(times, first * TIME_BYTES, *times_ns)
