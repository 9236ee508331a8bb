"""The C library's number readers beside the C library itself, on spellings of all kinds and on random ones."""

from __future__ import annotations

import ctypes
import math
import os
from itertools import product
from socket import AF_INET6

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rows import over

from netlite.command_line import c_numbers
from netlite.sockets.addresses import zone_index
from netlite.system.routes.all_tables import ask_kernel
from netlite.world import World

LIBRARY = ctypes.CDLL(None, use_errno=True)
RESULTS = {"strtol": ctypes.c_long, "strtoul": ctypes.c_ulong, "strtod": ctypes.c_double, "atoi": ctypes.c_int}
for name, result in RESULTS.items():
    getattr(LIBRARY, name).restype = result
ERANGE = 34

WHOLE = ["", " ", "+", "-", "0", "-0", "+7", "--7", "+-7", " 7", "\t\n\v\f\r7", "7 ", "007", "010", "08", "0x", "0x ", "0x1f",
         "0X1F", "-0x10", "0xg", "0x0x1", "0b1", "1_000", "1e3", "7k", ".5", "7.5", "\u0663", "\u00b2", "\uff11", "\xa07",
         "2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296", "4294967303",
         "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
         "18446744073709551615", "18446744073709551616", "-18446744073709551615", "-18446744073709551616",
         "0xffffffffffffffff", "0x10000000000000000", "01777777777777777777777", "02000000000000000000000",
         "9" * 5000, "0" * 5000 + "7", "-" + "9" * 30, "0x" + "f" * 40, "\udcff", "7\udcff"]
DOUBLES = [*WHOLE, ".", "-.", "1.", ".1.", "1.5e", "1.5e+", "1.5e-", "1e5", "1E5x", "1e+5", "1e-5", "1e400", "-1e400", "1e-400",
           "1e-310", "0e-400", "0e" + "9" * 40, "1e" + "0" * 40 + "5", "1e-" + "9" * 40, "inf", "-INF", "infinit", "infinity",
           "Infinityx", "nan", "-nan", "nan(", "nan()", "nan(1a_)x", "nan(1-)", "nan(" + "9" * 30 + ")", "nan(0x" + "f" * 17 + "g)x", "nan(" + "9" * 30, "0x1p3", "0x1p", "0x1p+", "0x.8", "0x.", "0x.p1",
           "0x1.8p-1z", "0X1P1", "0x1p-1074", "0x1p-1075", "0x3p-1075", "0x2p-1075", "0x1.8p-1074", "0x.4p-1072",
           "0x0p-9999", "0x1p9999", "0x1p" + "9" * 40, "0x1p-" + "9" * 40, "1,5", "1.797693134862315808e308",
           "2.2250738585072014e-308", "2.2250738585072013e-308", "4.9e-324"]


def by_library(name: str, text: str, *base: int):
    """(value, rest, out of range) as the C library says."""
    data = os.fsencode(text)
    buffer, end = ctypes.create_string_buffer(data), ctypes.c_char_p()
    ctypes.set_errno(0)
    value = getattr(LIBRARY, name)(buffer, ctypes.byref(end), *base)
    return value, os.fsdecode(end.value), ctypes.get_errno() == ERANGE


def same(one, other) -> bool:
    if isinstance(one[0], float) and math.isnan(one[0]):
        return math.isnan(other[0]) and one[1:] == other[1:]
    return one == other and math.copysign(1, one[0]) == math.copysign(1, other[0])


@over("name, text, base", list(product(("strtol", "strtoul"), WHOLE, (0, 8, 10, 16))))
def test_integers(name, text, base):
    assert getattr(c_numbers, name)(text, base) == by_library(name, text, base)


@over("text", DOUBLES)
def test_doubles(text):
    assert same(c_numbers.strtod(text), by_library("strtod", text))


@over("text", WHOLE)
def test_atoi(text):
    assert c_numbers.atoi(text) == LIBRARY.atoi(os.fsencode(text))


@settings(max_examples=300, deadline=None)
@given(st.text("0123456789abcdefxXpPnNiI+-._ \t()", max_size=12) | st.integers(-2**66, 2**66).map(str))
def test_any_text(text):
    for name in ("strtol", "strtoul"):
        for base in (0, 10, 16):
            assert getattr(c_numbers, name)(text, base) == by_library(name, text, base)
    assert same(c_numbers.strtod(text), by_library("strtod", text))


@settings(max_examples=200, deadline=None)
@given(st.builds("{}{}{}".format, st.sampled_from(("", "-", "0x", "-0x")), st.decimals(allow_nan=False, allow_infinity=False),
                 st.sampled_from(("", "p-1070", "p-1074", "e-300", "e-323", "p3"))))
def test_any_double(text):
    assert same(c_numbers.strtod(text), by_library("strtod", text))


@pytest.mark.parametrize("zone", ["9" * 5000, "9" * 70_000, "a" * 70_000])
def test_a_zone_that_is_too_long_is_no_device(zone):
    """More digits than Python reads, and more bytes than an attribute of netlink holds."""
    with pytest.raises(OSError, match="No such device"):
        zone_index(zone)
    answer, found = ask_kernel(World(), AF_INET6, "fe80::1", zone)
    assert answer.errno and found is None
