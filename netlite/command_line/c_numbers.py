"""Numbers as the C library reads them: the longest start of a text that is one.

`parse_integer` of numbers.py wants the whole text; -i, -W, -F and -Q of ping are laxer.
"""

from __future__ import annotations

from math import inf, isfinite, nan

SPACES = " \t\n\v\f\r"
SMALLEST_NORMAL = 2.2250738585072014e-308
DIGITS = "0123456789"
HEX_DIGITS = DIGITS + "abcdef"


def read_double(text: str) -> tuple[float, str, bool]:
    """strtod in the C locale: the value, what follows it, and whether it was out of range (ERANGE).

    >>> read_double("0x1.8p1s"), read_double("1e-400"), read_double("abc")
    ((3.0, 's', False), (0.0, '', True), (0.0, 'abc', False))
    """
    body = text.lstrip(SPACES)
    sign = body[:1] if body[:1] in ("+", "-") else ""
    body = body[len(sign):]
    lower = body.lower()
    for word, value in (("infinity", inf), ("inf", inf), ("nan", nan)):
        if lower.startswith(word):
            return (-value if sign == "-" else value), body[len(word):], False
    base16 = lower.startswith("0x") and _mantissa(lower[2:], HEX_DIGITS)
    end = 2 + _number_end(lower[2:], HEX_DIGITS, "p") if base16 else _number_end(lower, DIGITS, "e")
    if not end:
        return 0.0, text, False
    try:
        value = float.fromhex(lower[:end]) if base16 else float(lower[:end])
    except OverflowError:
        value = inf
    vanished = abs(value) < SMALLEST_NORMAL and any(c in "123456789abcdf" for c in _digits_of(lower[:end], base16))
    return (-value if sign == "-" else value), body[end:], not isfinite(value) or vanished


def read_whole(text: str) -> int | None:
    """strtol with base 10, or 16 after "0x"; None when something follows the number.

    >>> read_whole("0x1f"), read_whole("31"), read_whole(""), read_whole("1f")
    (31, 31, 0, None)
    """
    digits, base = (text[2:], 16) if text[:2] in ("0x", "0X") else (text, 10)
    if not digits:
        return 0
    body = digits.lstrip(SPACES)
    body = body[1:] if body[:1] in ("+", "-") else body
    if not body or body.lower().strip(HEX_DIGITS if base == 16 else DIGITS):
        return None
    value = int(digits, base)
    return max(-2**63, min(value, 2**63 - 1))


def _mantissa(text: str, digits: str) -> int:
    """The length of digits with at most one point, 0 when there is no digit."""
    end = points = 0
    while end < len(text) and (text[end] in digits or (text[end] == "." and not points)):
        points += text[end] == "."
        end += 1
    return end if end > points else 0


def _number_end(text: str, digits: str, exponent: str) -> int:
    end = _mantissa(text, digits)
    if end and text[end:end + 1] == exponent:
        power = end + 1 + (text[end + 1:end + 2] in ("+", "-") and text[end + 1:end + 2] != "")
        length = _mantissa(text[power:].partition(".")[0], DIGITS)
        end = power + length if length else end
    return end


def _digits_of(text: str, base16) -> str:
    return text[2:].partition("p")[0] if base16 else text.partition("e")[0]
