"""Control messages as the kernel writes them, captured as hex, to records."""

from __future__ import annotations

from sys import byteorder

import pytest
from hypothesis import given
from hypothesis import strategies as some

from netlite.sockets.ancillary import Ancillary, QueuedError, read_ancillary

TIME_EXCEEDED4 = bytes.fromhex("71000000 020b0000 00000000 00000000 02000000c0000201 0000000000000000")
TOO_BIG6 = bytes.fromhex("5a000000 03020000 dc050000 00000000"
                         "0a00 0000 00000000 20010db8000000000000000000000001 00000000")
LOCAL4 = bytes.fromhex("5a000000 01000000 14050000 00000000 0000000000000000 0000000000000000")

pytestmark = pytest.mark.skipif(byteorder != "little", reason="fixtures come from a little-endian machine")


def test_ancillary_time_exceeded4():
    seen = read_ancillary([(0, 2, b"\x3f\0\0\0"), (0, 11, TIME_EXCEEDED4)])
    assert seen == Ancillary(ttl=63, error=QueuedError(113, 2, 11, 0, 0, 0, "192.0.2.1"))


def test_ancillary_packet_too_big6():
    seen = read_ancillary([(41, 52, b"\x40\0\0\0"), (41, 67, b"\xb8\0\0\0"), (41, 25, TOO_BIG6)])
    error = QueuedError(90, 3, 2, 0, 1500, 0, "2001:db8::1")
    assert seen == Ancillary(ttl=64, traffic_class=0xB8, error=error)


def test_ancillary_local_error_names_nobody():
    assert read_ancillary([(0, 11, LOCAL4)]).error == QueuedError(90, 1, 0, 0, 1300, 0, None)


def test_ancillary_returned_options():
    assert read_ancillary([(0, 7, b"\x07\x07\x04\x0a\0\0\1\0")]).options == b"\x07\x07\x04\x0a\0\0\1\0"


@given(some.lists(some.tuples(some.sampled_from((0, 1, 41)), some.integers(0, 70), some.binary(max_size=64))))
def test_ancillary_any_bytes_give_a_record(messages):
    assert type(read_ancillary(messages)) is Ancillary
