"""The figures of round trips beside those of Python's statistics, and of percentiles beside sorting."""

from __future__ import annotations

import statistics

from hypothesis import given
from hypothesis import strategies as st

from netlite.engines.round_trips import Histogram, RoundTrips, bucket_of, middle_of
from netlite.records.verdicts import percentile

TIMES = st.lists(st.integers(0, 10**10), min_size=1, max_size=300)


@given(TIMES)
def test_figures_are_those_of_all_values(times):
    found = RoundTrips()
    for time in times:
        found.add(time)
    differences = [abs(later - earlier) for earlier, later in zip(times, times[1:])]
    assert (found.count, found.last_ns, found.best_ns, found.worst_ns) == (len(times), times[-1], min(times), max(times))
    assert abs(found.avg_ns - statistics.mean(times)) <= 1
    assert abs(found.deviation_ns - (statistics.stdev(times) if len(times) > 1 else 0)) <= 2
    assert found.jitter_ns == (differences[-1] if differences else None)
    assert found.jitter_max_ns == (max(differences) if differences else None)
    assert found.jitter_avg_ns == (round(sum(differences) / len(differences)) if differences else None)
    exact = statistics.geometric_mean([max(1, time) for time in times])
    assert abs(found.geometric_ns - exact) <= 1 + exact * 1e-9
    smooth = 0.0
    for difference in differences:  # RFC 3550 section 6.4.1: J(i) = J(i-1) + (|D(i-1,i)| - J(i-1))/16
        smooth += (difference - smooth) / 16
    assert found.jitter_smooth_ns == (round(smooth) if differences else None)


@given(TIMES, st.sampled_from([1, 10, 50, 90, 99, 100]))
def test_percentiles_are_within_half_a_percent_of_the_nearest_rank(times, percent):
    found = RoundTrips()
    for time in times:
        found.add(time)
    exact = percentile(sorted(times), percent)
    assert abs(found.percentile_ns(percent) - exact) <= exact / 200


@given(st.integers(0, 2**63))
def test_buckets_follow_each_other_and_hold_their_middle(number):
    assert bucket_of(middle_of(bucket_of(number))) == bucket_of(number)
    assert bucket_of(number + 1) - bucket_of(number) in (0, 1)


def test_a_histogram_is_bounded():
    few = Histogram()
    for number in range(1, 2_000_000, 7):
        few.add(number * 977)
    assert len(few._counts) < 64 * 128 and few.total == len(range(1, 2_000_000, 7))


def test_nothing_is_known_of_nothing():
    found = RoundTrips()
    assert {found.avg_ns, found.deviation_ns, found.geometric_ns, found.jitter_avg_ns, found.jitter_smooth_ns,
            found.percentile_ns(50), found.last_ns} == {None}
