"""Files without an end: read as root for somebody else they would take root's memory."""

from __future__ import annotations

import os
from errno import EFBIG

import pytest

from netlite.sockets.caller_files import read_file, read_stream
from netlite.sockets.capabilities import permitted_capabilities
from netlite.sockets.privileges import mask


@pytest.mark.parametrize("somebody", [False, True])
def test_a_file_without_an_end_is_too_large(monkeypatch, somebody):
    if somebody:
        if os.geteuid() or not permitted_capabilities() & mask("SETUID"):
            pytest.skip("needs root, with the right to be somebody else")
        monkeypatch.setenv("SUDO_UID", "65534")
        monkeypatch.setenv("SUDO_GID", "65534")
    with pytest.raises(OSError, match="File too large") as refusal:
        read_file("/dev/zero")
    assert refusal.value.errno == EFBIG


def test_nor_does_the_standard_input_take_all_there_is():
    with open("/dev/zero", "rb", buffering=0) as stream, pytest.raises(OSError) as refusal:
        read_stream(stream.fileno())
    assert refusal.value.errno == EFBIG
