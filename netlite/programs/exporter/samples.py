"""Samples, and the formats in which a scraper takes them: plain text, OpenMetrics, protobuf."""

from __future__ import annotations

from math import inf, isfinite

from .histograms import Histogram
from .metrics import COUNTER, METRICS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from prometheus_client import Metric

Value = float | Histogram
PLAIN = "text/plain; version=0.0.4; charset=utf-8"
PROTOBUF = "application/vnd.google.protobuf"
PROTOBUF_WORDS = {"proto": "io.prometheus.client.metricfamily", "encoding": "delimited"}
HEADS = {name: f"# HELP {name} {text}\n# TYPE {name} {kind}\n" for name, (kind, text) in METRICS.items()}


class Samples:
    """Samples of `METRICS`, in the order in which they were first added; a collector of prometheus_client."""

    def __init__(self) -> None:
        self._found: dict[str, list[tuple[dict[str, str], Value]]] = {}

    def add(self, name: str, value: Value, /, **labels: str) -> None:
        """One sample of `METRICS`; bytes of a label that are no UTF-8 become U+FFFD: Prometheus takes no others."""
        for key, text in labels.items():
            if not text.isascii():
                labels[key] = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        if name in self._found:
            self._found[name].append((labels, value))
        else:
            self._found[name] = [(labels, value)]

    def take(self, other: Samples, /, **labels: str) -> None:
        """All samples of another, with more labels."""
        for name, rows in other._found.items():
            self._found.setdefault(name, []).extend([({**own, **labels}, value) for own, value in rows])

    def values(self, name: str) -> list[tuple[dict[str, str], Value]]:
        """The samples of a name that are here: labels and value."""
        return self._found.get(name, [])

    def rows(self) -> Iterable[tuple[str, list[tuple[dict[str, str], Value]]]]:
        """Names, and their samples."""
        return self._found.items()

    def collect(self) -> Iterable[Metric]:
        """Families, for prometheus_client."""
        from prometheus_client.metrics_core import Metric
        from prometheus_client.samples import Sample

        for name, rows in self._found.items():
            kind, text = METRICS[name]
            family = Metric(name.removesuffix("_total") if kind == COUNTER else name, text, kind)
            family.samples = [Sample(each, labels, value, None, None, None)
                              for own, found in rows for each, labels, value in lines(name, own, found)]
            yield family


def lines(name: str, labels: dict[str, str], value: Value) -> list[tuple[str, dict[str, str], float]]:
    """A sample as text has it; a histogram becomes several."""
    if not isinstance(value, Histogram):
        return [(name, labels, value)]
    return [*[(f"{name}_bucket", {**labels, "le": number(bound_s)}, count) for bound_s, count in value.classic()],
            (f"{name}_count", labels, value.count), (f"{name}_sum", labels, value.sum_s)]


def number(value: float) -> str:
    """As Prometheus reads it.

    >>> number(True), number(5e-05), number(float("inf")), number(float("-inf")), number(float("nan"))
    ('1.0', '5e-05', '+Inf', '-Inf', 'NaN')
    """
    value = float(value)
    if isfinite(value):
        return repr(value)
    return {inf: "+Inf", -inf: "-Inf"}.get(value, "NaN")


def plain(samples: Samples) -> str:
    """The plain text format, version 0.0.4."""
    found = []
    for name, rows in samples.rows():
        found.append(HEADS[name])
        for own, value in rows:
            if not own and not isinstance(value, Histogram):
                found.append(f"{name} {number(value)}\n")
                continue
            for each, labels, here in lines(name, own, value):
                pairs = ",".join([f'{key}="{escaped(text)}"' for key, text in labels.items()])
                found.append(f"{each}{{{pairs}}} {number(here)}\n" if pairs else f"{each} {number(here)}\n")
    return "".join(found)


def escaped(text: str) -> str:
    r"""The value of a label.

    >>> print(escaped('a"\\\n'))
    a\"\\\n
    """
    if text.isalnum():
        return text
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def render(samples: Samples, accept: str) -> tuple[bytes, str]:
    """The samples in the format that a client likes best, and its content type.  ``""``: plain text."""
    liked = qualities(accept)
    best = max(liked.values(), default=0.0)
    if best and liked["protobuf"] == best:
        from .protobuf import CONTENT_TYPE, page

        return page(samples.rows()), CONTENT_TYPE
    if best and liked["open"] == best:
        from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest

        return generate_latest(samples), CONTENT_TYPE_LATEST  # type: ignore[no-untyped-call]
    return plain(samples).encode(), PLAIN


def qualities(accept: str) -> dict[str, float]:
    """How much a client likes each format, as the header Accept says it (RFC 9110 section 12.5.1).

    >>> qualities("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1")
    {'protobuf': 0.0, 'open': 1.0, 'plain': 0.5}
    """
    found = {"protobuf": 0.0, "open": 0.0, "plain": 0.0}
    for part in accept.split(","):
        kind, *rest = [word.strip().lower() for word in part.split(";")]
        words = dict([word.partition("=")[::2] for word in rest])
        if kind == PROTOBUF and all(words.get(key) == value for key, value in PROTOBUF_WORDS.items()):
            name = "protobuf"
        elif kind in ("application/openmetrics-text", "text/plain"):
            name = "open" if kind.startswith("application") else "plain"
        else:
            continue
        try:
            quality = float(words.get("q", "1"))
        except ValueError:
            quality = 0.0
        found[name] = max(found[name], quality if 0 < quality <= 1 else 0.0)
    return found
