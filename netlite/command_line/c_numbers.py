"""Numbers as the C library reads them: strtol(3), strtoul(3), atoi(3), and strtod(3) in the C locale.

The originals take their numbers from these, each with a base, a type and checks of its own, so "010", "0x10",
" +10" and "10k" are numbers in one place and wrong in another.  Every reader gives the value, what follows the
number (the whole text where there is none) and whether the number was out of range (ERANGE).
"""

from __future__ import annotations

INFINITY, NAN = float("inf"), float("nan")
BLANKS = " \t\n\v\f\r"
LONG_MAX, ULONG_MAX, INT_MAX, UINT_MAX = 2**63 - 1, 2**64 - 1, 2**31 - 1, 2**32 - 1
INFINITY, NAN = float("inf"), float("nan")
SMALLEST_NORMAL, SMALLEST_EXPONENT = 2.2250738585072014e-308, -1074
DIGITS = "0123456789"
HEX_DIGITS = DIGITS + "abcdefABCDEF"
DIGITS_OF = {8: "01234567", 10: DIGITS, 16: HEX_DIGITS}
SIGNIFICANT = 25  # more digits than any 64-bit number has: the rest only makes a large number larger


def strtol(text: str, base: int = 10) -> tuple[int, str, bool]:
    """A long: base 8, 10, 16 (with or without 0x) or 0 (0x hexadecimal, 0 octal, else decimal).

    >>> strtol("0x1fq", 0), strtol(" -010", 0), strtol("1e3"), strtol("q"), strtol("9" * 20)
    ((31, 'q', False), (-8, '', False), (1, 'e3', False), (0, 'q', False), (9223372036854775807, '', True))
    """
    value, rest = _integer(text, base)
    return max(-LONG_MAX - 1, min(value, LONG_MAX)), rest, not -LONG_MAX - 1 <= value <= LONG_MAX


def strtoul(text: str, base: int = 10) -> tuple[int, str, bool]:
    """An unsigned long; a negative number is its complement, as in C.

    >>> strtoul("010", 0), strtoul("-1")[0] == ULONG_MAX, strtoul("-" + "9" * 20)
    ((8, '', False), True, (18446744073709551615, '', True))
    """
    value, rest = _integer(text, base)
    if abs(value) > ULONG_MAX:
        return ULONG_MAX, rest, True
    return value & ULONG_MAX, rest, False


def atoi(text: str) -> int:
    """The number at the start of a text as an int, 0 where there is none; glibc's, a long cut to 32 bits.

    >>> atoi(" 12ab"), atoi("0x10"), atoi("4294967297"), atoi("9" * 20)
    (12, 0, 1, -1)
    """
    return as_int(strtol(text)[0])


def as_int(value: int) -> int:
    """A number cut to 32 bits, with a sign.

    >>> as_int(2**31), as_int(2**32 + 5)
    (-2147483648, 5)
    """
    value &= UINT_MAX
    return value - UINT_MAX - 1 if value > INT_MAX else value


def strtod(text: str) -> tuple[float, str, bool]:
    """A double: decimal, hexadecimal (0x1.8p1), inf, infinity, nan, nan(...).

    Out of range are numbers that are too large, and those too small to be exact.

    >>> strtod("0x1.8p1s"), strtod("1e-400"), strtod("abc")
    ((3.0, 's', False), (0.0, '', True), (0.0, 'abc', False))
    """
    body = text.lstrip(BLANKS)
    sign = -1.0 if body[:1] == "-" else 1.0
    body = body[1:] if body[:1] in ("+", "-") else body
    lower = body.lower()
    for word, value in (("infinity", INFINITY), ("inf", INFINITY), ("nan", NAN)):
        if lower.startswith(word):
            payload = body[3:3 + _payload_end(body[3:])] if word == "nan" else ""
            return sign * value, body[len(word) + len(payload):], strtoul(payload[1:-1], 0)[2]
    base16 = lower.startswith("0x") and _mantissa_end(lower[2:], HEX_DIGITS)
    end = 2 + _number_end(lower[2:], HEX_DIGITS, "p") if base16 else _number_end(lower, DIGITS, "e")
    if not end:
        return 0.0, text, False
    value, vanished = _double(lower[:end], bool(base16))
    return sign * value, body[end:], vanished or value == INFINITY


def read_number(text: str, low: float, high: float) -> float | None:
    """The number that a whole text is, None where it is none from `low` to `high`: for netlite's own options.

    >>> read_number("0.5", 0, 1), read_number("2", 0, 1), read_number("1k", 0, 9)
    (0.5, None, None)
    """
    value, rest, _ = strtod(text)
    return None if rest or not text or not low <= value <= high else value


def read_digits(text: str, low: int, high: int) -> int | None:
    """The number that plain digits are, None for one that is not from `low` to `high`, and for anything else.

    >>> read_digits("080", 1, 65535), read_digits("9" * 5000, 1, 65535), read_digits("+1", 0, 9), read_digits("", 0, 9)
    (80, None, None, None)
    """
    if not (text.isascii() and text.isdigit()):
        return None
    value = _integer(text, 10)[0]
    return value if low <= value <= high else None


def _integer(text: str, base: int) -> tuple[int, str]:
    """The number at the start of a text, cut where it is beyond all limits anyway, and what follows it."""
    body = text.lstrip(BLANKS)
    sign = -1 if body[:1] == "-" else 1
    body = body[1:] if body[:1] in ("+", "-") else body
    if base in (0, 16) and body[:2] in ("0x", "0X") and body[2:3] and body[2] in HEX_DIGITS:
        base, body = 16, body[2:]
    elif base == 0:
        base = 8 if body[:1] == "0" else 10
    rest = body.lstrip(DIGITS_OF[base])
    digits = body[:len(body) - len(rest)]
    if not digits:
        return 0, text
    return sign * int(digits.lstrip("0")[:SIGNIFICANT] or "0", base), rest


def _double(number: str, base16: bool) -> tuple[float, bool]:
    """The value of a well-formed number, and whether it lost digits because it is too small."""
    try:
        value = float.fromhex(number) if base16 else float(number)
    except OverflowError:
        return INFINITY, False
    mantissa, _, exponent = number.partition("p" if base16 else "e")
    if value >= SMALLEST_NORMAL or not mantissa.strip("0.x"):
        return value, False
    if not base16:
        return value, True  # to be exact down there takes hundreds of decimal digits
    whole, _, fraction = mantissa[2:].partition(".")
    digits = int(whole + fraction, 16)
    lowest_bit = (digits & -digits).bit_length() - 1
    return value, _integer(exponent, 10)[0] - 4 * len(fraction) + lowest_bit < SMALLEST_EXPONENT


def _mantissa_end(text: str, digits: str) -> int:
    """The length of digits with at most one point, 0 when there is no digit."""
    whole = len(text) - len(text.lstrip(digits))
    if text[whole:whole + 1] != ".":
        return whole
    fraction = text[whole + 1:]
    end = len(fraction) - len(fraction.lstrip(digits))
    return whole + 1 + end if whole or end else 0


def _number_end(text: str, digits: str, exponent: str) -> int:
    """How far a mantissa and the exponent behind it reach."""
    end = _mantissa_end(text, digits)
    if end and text[end:end + 1] == exponent:
        power = text[end + 1:]
        power = power[1:] if power[:1] in ("+", "-") else power
        if power[:1] and power[0] in DIGITS:
            return len(text) - len(power.lstrip(DIGITS))
    return end


def _payload_end(text: str) -> int:
    """The length of the (n-char-sequence) that may follow nan."""
    inside, closing, _ = text[1:].partition(")")
    plain = inside.isascii() and (inside.replace("_", "0").isalnum() or not inside)
    return len(inside) + 2 if text[:1] == "(" and closing and plain else 0
