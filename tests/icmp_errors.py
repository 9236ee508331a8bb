"""ICMP errors for tests of engines."""

from __future__ import annotations

from netlite.records.replies import IcmpError, Origin, Quote


def error(source: str, quote: Quote | None, kind: int = 11, code: int = 0, extensions=()) -> IcmpError:
    """What a router says of a probe: its time was over, unless told otherwise."""
    return IcmpError(Origin.ICMP, source, kind, code, 0, None, 60, quote, extensions)
