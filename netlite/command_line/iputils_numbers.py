"""Numbers on the command line, as iputils reads them (iputils common.c: strtol_or_err)."""

from __future__ import annotations

from ..errors import UsageError

LONG_MAX = 2**63 - 1
INT_MAX = 2**31 - 1


def parse_integer(program: str, text: str, low: int, high: int) -> int:
    """A decimal number between `low` and `high`, the whole text; else iputils' message, status 1.

    >>> parse_integer("ping", " +7", 0, 10)
    7
    """
    digits = text.lstrip(" \t\n\v\f\r")
    body = digits[1:] if digits[:1] in ("+", "-") else digits
    if not body.isascii() or not body.isdigit():
        raise UsageError(f"{program}: invalid argument: '{text}'\n", 1)
    value = int(digits)
    if not -LONG_MAX - 1 <= value <= LONG_MAX:
        raise UsageError(f"{program}: invalid argument: '{text}': Numerical result out of range\n", 1)
    if not low <= value <= high:
        raise UsageError(f"{program}: invalid argument: '{text}': out of range: "
                         f"{low} <= value <= {high}\n", 1)
    return value
