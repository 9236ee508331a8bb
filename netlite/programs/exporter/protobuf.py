"""Samples in Prometheus' protobuf format, which alone carries native histograms.

A page is a row of messages, each behind its length.  A field is a key (number << 3 | how it is written) and a value: a
varint, eight bytes of a double, or a length and bytes.  Numbers below zero are written zigzag where a field is signed.

*On the wire*: protobuf.dev/programming-guides/encoding; *the fields*: io/prometheus/client/metrics.proto of
github.com/prometheus/client_model (MetricFamily, Metric, LabelPair, Histogram, Bucket, BucketSpan).
"""

from __future__ import annotations

from struct import pack

from .histograms import Histogram, spans
from .metrics import COUNTER, GAUGE, HISTOGRAM, METRICS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

CONTENT_TYPE = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
TYPES = {COUNTER: 0, GAUGE: 1, HISTOGRAM: 4}
PLACES = {GAUGE: 2, COUNTER: 3}       # of the value, in a Metric
ZERO_THRESHOLD = 2.0 ** -128          # what is no greater is counted as zero: as everywhere in Prometheus
VARINT, DOUBLE, BYTES = 0, 1, 2


def varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; the eighth says that more follow.

    >>> varint(300).hex()
    'ac02'
    """
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    found.append(number)
    return bytes(found)


def zigzag(number: int) -> int:
    """0, -1, 1, -2 … as 0, 1, 2, 3 …

    >>> [zigzag(number) for number in (0, -1, 1, -2)]
    [0, 1, 2, 3]
    """
    return -2 * number - 1 if number < 0 else 2 * number


def field(number: int, data: bytes) -> bytes:
    """A field of bytes: a text, or a message."""
    return varint(number << 3 | BYTES) + varint(len(data)) + data


def whole(number: int, value: int) -> bytes:
    """A field of a whole number that is not below zero."""
    return varint(number << 3 | VARINT) + varint(value)


def double(number: int, value: float) -> bytes:
    """A field of a double."""
    return varint(number << 3 | DOUBLE) + pack("<d", value)


def page(families: Iterable[tuple[str, list[tuple[dict[str, str], float | Histogram]]]]) -> bytes:
    """MetricFamily messages, each behind its length, of names and their samples (labels and value)."""
    found = []
    for name, rows in families:
        kind, text = METRICS[name]
        parts = [field(1, name.encode()), field(2, text.encode()), whole(3, TYPES[kind])]
        parts += [field(4, metric(kind, labels, value)) for labels, value in rows]
        family = b"".join(parts)
        found += [varint(len(family)), family]
    return b"".join(found)


def metric(kind: str, labels: dict[str, str], value: float | Histogram) -> bytes:
    """A Metric: its labels and its value."""
    pairs = [field(1, field(1, key.encode()) + field(2, text.encode())) for key, text in sorted(labels.items())]
    if isinstance(value, Histogram):
        return b"".join([*pairs, field(7, histogram(value))])
    return b"".join([*pairs, field(PLACES[kind], double(1, value))])


def histogram(value: Histogram) -> bytes:
    """A Histogram, with classic and native buckets."""
    native = value.native()
    runs, deltas = spans(native.counts)
    parts = [whole(1, value.count), double(2, value.sum_s)]
    parts += [field(3, whole(1, count) + double(2, bound_s)) for bound_s, count in value.classic()]
    parts += [whole(5, zigzag(native.schema)), double(6, ZERO_THRESHOLD), whole(7, native.zeros)]
    parts += [field(12, whole(1, zigzag(offset)) + whole(2, length)) for offset, length in runs or [(0, 0)]]
    parts += [whole(13, zigzag(delta)) for delta in deltas]
    return b"".join(parts)
