"""Output behaves as stdio: buffered in blocks or lines, and a full disk is remembered."""

from __future__ import annotations

import _signal
import errno
import os

import pytest

from netlite.environment import Environment, Output
from netlite.programs.whole_file import WholeFile


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


class AtTheLastMoment:
    """pthread_sigmask() as CPython has it: what came a moment before is handled when the new mask stands already."""

    def __init__(self):
        self.real, self.waiting = _signal.pthread_sigmask, True

    def __call__(self, how, numbers):
        before = self.real(how, numbers)
        if self.waiting and numbers and how == _signal.SIG_BLOCK:
            self.waiting = False
            raise KeyboardInterrupt
        return before


@pytest.fixture
def interrupted_when_held(monkeypatch):
    before = _signal.pthread_sigmask(_signal.SIG_BLOCK, ())
    monkeypatch.setattr(_signal, "pthread_sigmask", AtTheLastMoment())
    yield before
    monkeypatch.undo()
    assert _signal.pthread_sigmask(_signal.SIG_SETMASK, before) == before


def test_who_is_interrupted_a_moment_before_a_document_is_written_can_still_be_ended(interrupted_when_held, tmp_path):
    with open(tmp_path / "out", "wb") as file, pytest.raises(KeyboardInterrupt):
        Output(file.fileno(), "full").write_whole("{}\n")
    assert (tmp_path / "out").read_bytes() == b""


def test_who_is_interrupted_a_moment_before_a_file_is_written_can_still_be_ended(interrupted_when_held, tmp_path):
    environment = Environment("ping")
    environment.owns_process = True
    file = WholeFile(str(tmp_path / "out"), environment)
    with pytest.raises(KeyboardInterrupt):
        file.write(lambda: b"whole")
    assert (tmp_path / "out").read_bytes() == b""
