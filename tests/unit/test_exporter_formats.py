"""What the exporter writes: plain text and protobuf say the same, and native buckets are those of their schema."""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections import Counter
from fractions import Fraction

import pytest

pytest.importorskip("prometheus_client")
pytest.importorskip("h11")
from exporter_clients import ask, values  # noqa: E402
from hypothesis import given  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from prometheus_client import generate_latest  # noqa: E402

from netlite.programs.exporter import histograms  # noqa: E402
from netlite.programs.exporter.histograms import BUCKETS_S, Histogram, spans  # noqa: E402
from netlite.programs.exporter.metrics import COUNTER, GAUGE, HISTOGRAM, METRICS  # noqa: E402
from netlite.programs.exporter.protobuf import page, varint, zigzag  # noqa: E402
from netlite.programs.exporter.samples import Samples, plain, render  # noqa: E402

S = 1_000_000_000
PROMETHEUS = ("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
              "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1")
ROUND_TRIPS = st.integers(0, 4096 * S) | st.integers(0, 10_000_000) | st.sampled_from(histograms.EDGES_NS[1:]) \
    | st.sampled_from(histograms.EDGES_NS[1:-1]).map(lambda edge_ns: edge_ns + 1)


def read_varint(data: bytes, place: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[place]
        number |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return number, place


def read_fields(data: bytes) -> dict[int, list]:
    """Fields of a message by number, in their order: whole numbers, doubles, bytes."""
    found: dict[int, list] = {}
    place = 0
    while place < len(data):
        key, place = read_varint(data, place)
        if key & 7 == 0:
            value, place = read_varint(data, place)
        elif key & 7 == 1:
            (value,), place = struct.unpack_from("<d", data, place), place + 8
        else:
            assert key & 7 == 2
            size, place = read_varint(data, place)
            assert place + size <= len(data)
            value, place = data[place:place + size], place + size
        found.setdefault(key >> 3, []).append(value)
    return found


def signed(number: int) -> int:
    return number >> 1 ^ -(number & 1)


def read_page(data: bytes) -> tuple[dict, dict]:
    """What text would have, {(name, labels): value}, and the native histograms: {(name, labels): fields, counts by bucket}."""
    found, native, place = {}, {}, 0
    while place < len(data):
        size, place = read_varint(data, place)
        family, place = read_fields(data[place:place + size]), place + size
        (name,), (text,), (kind,) = family[1], family[2], family[3]
        name = name.decode()
        assert METRICS[name] == ({0: COUNTER, 1: GAUGE, 4: HISTOGRAM}[kind], text.decode())
        for row in map(read_fields, family[4]):
            labels = frozenset((key.decode(), value.decode()) for pair in map(read_fields, row.get(1, [])) for key, value in zip(pair[1], pair[2]))
            if kind == 4:
                histogram = read_fields(row[7][0])
                native[name, labels] = histogram, native_counts(histogram)
                for bucket in map(read_fields, histogram[3]):
                    bound = bucket[2][0]
                    found[f"{name}_bucket", labels | {("le", "+Inf" if bound == float("inf") else repr(bound))}] = bucket[1][0]
                found[f"{name}_count", labels], found[f"{name}_sum", labels] = histogram[1][0], histogram[2][0]
            else:
                found[name, labels] = read_fields(row[{0: 3, 1: 2}[kind]][0])[1][0]
    return found, native


def native_counts(histogram: dict[int, list]) -> dict[int, int]:
    deltas, index, count, found = iter(histogram.get(13, [])), 0, 0, {}
    for span in map(read_fields, histogram[12]):
        index += signed(span[1][0])
        for _ in range(span[2][0]):
            count += signed(next(deltas))
            found[index] = count
            index += 1
    assert next(deltas, None) is None
    return found


def index_of(rtt_ns: int, schema: int) -> int:
    """The bucket (2^((k-1) / 2^schema), 2^(k / 2^schema)] that holds so many nanoseconds, by whole numbers alone."""
    value, finer, coarser = Fraction(rtt_ns, S), 2 ** max(schema, 0), 2 ** max(-schema, 0)

    def holds(index: int) -> bool:
        return value ** finer <= Fraction(2) ** (index * coarser)

    low, high = -400, 400
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def filled(round_trips) -> Histogram:
    histogram = Histogram()
    for rtt_ns in round_trips:
        histogram.take(rtt_ns)
    return histogram


@given(st.lists(ROUND_TRIPS, max_size=40))
def test_every_round_trip_is_in_its_buckets(round_trips):
    histogram = filled(round_trips)
    native = histogram.native()
    assert native.schema == 3 and native.zeros == round_trips.count(0)
    assert dict(native.counts) == Counter(index_of(each, 3) for each in round_trips if each)
    here = Counter(bisect_left(BUCKETS_S, each / S) for each in round_trips)
    assert [count for _, count in histogram.classic()] == [sum(here[place] for place in range(last + 1)) for last in range(len(BUCKETS_S) + 1)]
    assert (histogram.count, histogram.sum_ns) == (len(round_trips), sum(round_trips))


@given(st.lists(ROUND_TRIPS, min_size=1, max_size=60), st.integers(2, 20))
def test_many_buckets_become_coarser_ones(round_trips, most):
    native = filled(round_trips).native(most)
    assert len(native.counts) <= most and native.schema <= 3
    assert dict(native.counts) == Counter(index_of(each, native.schema) for each in round_trips if each)
    assert native.schema == 3 or len(Counter(index_of(each, 3) for each in round_trips if each)) > most
    assert native.zeros + sum(count for _, count in native.counts) == len(round_trips)


def test_the_bounds_hold_for_all_that_can_be_measured():
    """A bucket for each power of the eighth root of two, from one nanosecond to more than the longest time to wait."""
    full = filled(range(0, 4096 * S, 4096 * S // 5000))
    assert len(full.native().counts) <= histograms.MOST_BUCKETS
    every = filled([*histograms.NATIVE_NS, 0])
    assert len(every.native(10 ** 9).counts) == len(set(histograms.NATIVE_NS)) and every.native().schema == 1


@given(st.dictionaries(st.integers(-300, 300), st.integers(1, 10 ** 9)))
def test_spans_are_the_buckets(counts):
    runs, deltas = spans(sorted(counts.items()))
    message = {12: [varint(1 << 3) + varint(zigzag(offset)) + varint(2 << 3) + varint(length) for offset, length in runs],
               13: [zigzag(delta) for delta in deltas]}
    assert native_counts(message) == counts
    assert all(offset > 0 for offset, _ in runs[1:])


@given(st.integers(0, 2 ** 64 - 1), st.integers(-2 ** 63, 2 ** 63 - 1))
def test_numbers(number, other):
    assert read_varint(varint(number), 0) == (number, len(varint(number)))
    assert signed(zigzag(other)) == other


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
ROWS = st.lists(st.tuples(
    st.sampled_from(["probe_success", "netlite_mib_total", "netlite_ping_rtt_seconds"]),
    st.dictionaries(st.sampled_from(["device", "name", "address"]), TEXTS),
    st.floats(allow_nan=False) | st.integers(0, 2 ** 63) | st.booleans(), st.lists(ROUND_TRIPS, max_size=5)), max_size=8)


def samples_of(rows) -> Samples:
    samples, told = Samples(), set()
    for name, labels, value, round_trips in rows:
        if (name, frozenset(labels.items())) not in told:  # a series is told once
            told.add((name, frozenset(labels.items())))
            samples.add(name, filled(round_trips) if METRICS[name][0] == HISTOGRAM else value, **labels)
    return samples


@given(ROWS)
def test_formats_say_the_same(rows):
    samples = samples_of(rows)
    text = values(plain(samples))
    assert text == values(generate_latest(samples))
    assert read_page(page(samples.rows()))[0] == text


@given(ROWS)
def test_a_native_histogram_counts_what_its_count_says(rows):
    for histogram, counts in read_page(page(samples_of(rows).rows()))[1].values():
        assert histogram[7][0] + sum(counts.values()) == histogram[1][0]
        assert signed(histogram[5][0]) == 3 and histogram[6] == [2.0 ** -128]
        assert histogram[12]              # without a span a scraper takes an empty one for a classic histogram
        assert all(count > 0 for count in counts.values())


@pytest.mark.parametrize(("accept", "kind"), [
    ("", "text/plain"), ("*/*", "text/plain"), ("text/plain;version=0.0.4", "text/plain"), (PROMETHEUS, "application/vnd"),
    ("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "application/openmetrics-text"),
    ("application/vnd.google.protobuf;proto=other;encoding=delimited", "text/plain"),
    ("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text", "text/plain"),
    (PROMETHEUS.replace("delimited", "delimited;q=0.1"), "application/openmetrics-text"),
    (PROMETHEUS.replace("delimited", "delimited;q=x"), "application/openmetrics-text"),
    (PROMETHEUS.replace("delimited", "delimited;q=0"), "application/openmetrics-text"), (";;;,=;q=", "text/plain"), ("text/plain;q=nan", "text/plain")])
def test_a_client_gets_what_it_likes_best(accept, kind):
    samples = Samples()
    samples.add("probe_success", 1)
    body, content_type = render(samples, accept)
    assert content_type.startswith(kind) and body
    assert "application/vnd" not in kind or read_page(body)[0] == {("probe_success", frozenset()): 1}


@pytest.mark.parametrize("version", ["one", "1.x", "2\xff", "1.0.0\t; x=y", "9" * 5000, ""])
def test_a_version_that_is_none_is_neither_a_fault_of_ours_nor_told_back(version):
    response = ask(["/metrics"], headers={"accept": f"application/openmetrics-text;version={version}"})[0]
    assert (response.status, response.content_type) == (200, "application/openmetrics-text; version=1.0.0; charset=utf-8")
    assert response.body.endswith(b"# EOF\n")


def test_the_page_of_metrics_in_protobuf():
    response = ask(["/metrics"], headers={"accept": PROMETHEUS})[0]
    assert response.content_type == "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
    assert set(read_page(response.body)[0]) >= {key for key in values(ask(["/metrics"])[0].body) if key[0].startswith("netlite_exporter")}
