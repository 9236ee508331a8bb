"""Numbers are refused in iputils' words, with status 1."""

from __future__ import annotations

import pytest

from netlite.command_line.c_numbers import LONG_MAX
from netlite.command_line.iputils import parse_integer, parse_unsigned
from netlite.errors import UsageError


@pytest.mark.parametrize("text, value", [("1", 1), ("+5", 5), (" 7", 7), ("007", 7), (str(LONG_MAX), LONG_MAX)])
def test_good(text, value):
    assert parse_integer("ping", text, 1, LONG_MAX) == value


@pytest.mark.parametrize("text, message", [
    ("abc", "ping: invalid argument: 'abc'\n"),
    ("", "ping: invalid argument: ''\n"),
    ("3x", "ping: invalid argument: '3x'\n"),
    ("0x10", "ping: invalid argument: '0x10'\n"),
    ("1_000", "ping: invalid argument: '1_000'\n"),
    ("٣", "ping: invalid argument: '٣'\n"),
    ("0", "ping: invalid argument: '0': out of range: 1 <= value <= 9223372036854775807\n"),
    ("9223372036854775808", "ping: invalid argument: '9223372036854775808': Numerical result out of range\n"),
])
def test_bad(text, message):
    with pytest.raises(UsageError) as refused:
        parse_integer("ping", text, 1, LONG_MAX)
    assert (refused.value.text, refused.value.status) == (message, 1)


@pytest.mark.parametrize("text, value", [("65535", 65535), ("-18446744073709551615", 1), ("-0", 0)])
def test_unsigned(text, value):
    assert parse_unsigned("ping", text, 0, 65535) == value


@pytest.mark.parametrize("text, reason", [
    ("-1", ": out of range: 0 <= value <= 65535"), ("-9223372036854775809", ": out of range: 0 <= value <= 65535"),
    ("18446744073709551616", ": Numerical result out of range"), ("", ""), ("1x", "")])
def test_not_unsigned(text, reason):
    with pytest.raises(UsageError) as refused:
        parse_unsigned("ping", text, 0, 65535)
    assert (refused.value.text, refused.value.status) == (f"ping: invalid argument: '{text}'{reason}\n", 1)
