"""Output behaves as stdio: buffered in blocks or lines, and a full disk is remembered."""

from __future__ import annotations

import errno
import os

import pytest

from netlite.environment import Output


@pytest.fixture
def pipe():
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    yield reader, writer
    os.close(reader)
    os.close(writer)


def arrived(reader):
    try:
        return os.read(reader, 1 << 16)
    except BlockingIOError:
        return b""


def test_full_buffering_waits_for_a_block(pipe):
    out = Output(pipe[1], "full")
    out.write("a\n")
    assert arrived(pipe[0]) == b""
    out.write("b" * 4096)
    assert arrived(pipe[0]) == b"a\n" + b"b" * 4096


def test_line_buffering_waits_for_a_newline(pipe):
    out = Output(pipe[1], "line")
    out.write("a")
    assert arrived(pipe[0]) == b""
    out.write("b\n")
    assert arrived(pipe[0]) == b"ab\n"


def test_unbuffered_and_undecodable_bytes(pipe):
    out = Output(pipe[1], "none")
    out.write("name\udcff")
    assert arrived(pipe[0]) == b"name\xff"


def test_a_full_disk_is_remembered_and_not_raised():
    full = os.open("/dev/full", os.O_WRONLY)
    out = Output(full, "none")
    out.write("x")
    os.close(full)
    assert out.errno == errno.ENOSPC
