"""The table of when probes left: which numbers are known, and how much room it takes."""

from netlite.engines.statistics import SentTimes


def test_times_of_all_numbers_take_eight_bytes_each():
    times = SentTimes()
    assert times.get(1) is None and times.get(65_535) is None
    times.note(1023, 7)
    times.note(1024, 8)  # more than a short run has
    times.note_all(65_534, [11, 12, 13, 14])
    assert [times.get(number) for number in (1023, 1024, 65_534, 65_535, 0, 1, 2)] == [7, 8, 11, 12, 13, 14, None]
    times.note(1, 0)
    assert times.get(1) == 0
    assert times._times.nbytes == 8 * 65_536
