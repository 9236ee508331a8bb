"""Numbers and addresses on the command line of traceroute, as strtoul, strtol and strtod read them."""

from __future__ import annotations

from ...command_line.traceroute_options import Unreadable

BLANKS = " \t\n\v\f\r"
DIGITS = "0123456789abcdef"
UNSIGNED_LONG_LIMIT = 2**64
LONG_LIMIT = 2**63


def split_integer(text: str) -> tuple[int | None, str]:
    """The integer at the start of `text` (C notation: 0x1f, 017, 15) and what follows it.

    >>> split_integer("0x1fq"), split_integer(" -3"), split_integer("q")
    ((31, 'q'), (-3, ''), (None, 'q'))
    """
    rest = text.lstrip(BLANKS)
    negative = rest[:1] == "-"
    rest = rest[1:] if rest[:1] in ("-", "+") else rest
    radix = 10
    if rest[:2] in ("0x", "0X") and rest[2:3].lower() in DIGITS and rest[2:3]:
        radix, rest = 16, rest[2:]
    elif rest[:1] == "0":
        radix = 8
    length = _span(rest, DIGITS[:radix])
    if not length:
        return None, text
    value = int(rest[:length], radix)
    return -value if negative else value, rest[length:]


def parse_unsigned(text: str) -> int:
    """An unsigned int; negative numbers wrap, too large ones become the largest, as in C."""
    value, rest = split_integer(text)
    if value is None or rest:
        raise Unreadable()
    return _unsigned_long(value) & 0xFFFFFFFF


def parse_signed(text: str) -> int:
    """An int, cut to 32 bits as in C."""
    value, rest = split_integer(text)
    if value is None or rest:
        raise Unreadable()
    value = max(-LONG_LIMIT, min(value, LONG_LIMIT - 1)) & 0xFFFFFFFF
    return value - 2**32 if value >= 2**31 else value


def parse_port(text: str) -> int:
    """A port: a number (whatever follows it is ignored, as in the original) or a service name."""
    value, _ = split_integer(text)
    if value is not None:
        return _unsigned_long(value) & 0xFFFFFFFF
    from _socket import getservbyname

    try:
        return getservbyname(text)
    except (OSError, ValueError):
        raise Unreadable() from None


def split_float(text: str) -> tuple[float | None, str]:
    """The floating point number at the start of `text` and what follows it.

    >>> split_float("5.5,3"), split_float("1e3"), split_float(",")
    ((5.5, ',3'), (1000.0, ''), (None, ','))
    """
    body = text.lstrip(BLANKS)
    sign = body[:1] if body[:1] in ("-", "+") else ""
    rest = body[len(sign):]
    for word in ("infinity", "inf", "nan"):
        if rest[:len(word)].lower() == word:
            return float(sign + word), rest[len(word):]
    if rest[:2].lower() == "0x":
        length = _float_span(rest, DIGITS, "p", 2)
        if length > 2:
            return float.fromhex(sign + rest[:length]), rest[length:]
    length = _float_span(rest, DIGITS[:10], "e", 0)
    if not length:
        return None, text
    return float(sign + rest[:length]), rest[length:]


def parse_float(text: str) -> float:
    """A double, the whole text."""
    value, rest = split_float(text)
    if value is None or rest:
        raise Unreadable()
    return value


def _float_span(text: str, digits: str, exponent: str, start: int) -> int:
    """How far mantissa and exponent reach; 0 where there is no digit."""
    whole = _span(text[start:], digits)
    end = start + whole
    if text[end:end + 1] == ".":
        fraction = _span(text[end + 1:], digits)
        if not whole and not fraction:
            return 0
        end += 1 + fraction
    elif not whole:
        return 0
    if text[end:end + 1].lower() == exponent:
        signed = end + 2 if text[end + 1:end + 2] in ("-", "+") and text[end + 1:end + 2] else end + 1
        length = _span(text[signed:], DIGITS[:10])
        if length:
            end = signed + length
    return end


def _span(text: str, characters: str) -> int:
    return next((at for at, one in enumerate(text) if one.lower() not in characters), len(text))


def _unsigned_long(value: int) -> int:
    """What strtoul returns: the largest value on overflow, the complement of a negative one."""
    if abs(value) >= UNSIGNED_LONG_LIMIT:
        return UNSIGNED_LONG_LIMIT - 1
    return value % UNSIGNED_LONG_LIMIT
