"""Files without an end: read as root for somebody else they would take root's memory."""

from __future__ import annotations

import os
from errno import EFBIG

import pytest

from netlite.environment import Environment
from netlite.errors import NetliteError
from netlite.packets.capture_files import write_pcap
from netlite.programs.explain import main
from netlite.programs.explain.main import explain_file
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


def test_a_capture_may_be_as_long_as_the_manual_says(tmp_path, monkeypatch, capfd):
    """Not shorter, as other files; and no longer."""
    path, environment = tmp_path / "long.pcap", Environment("explain")
    path.write_bytes(write_pcap([(0, b"x" * 100)]))
    os.truncate(path, 17 << 20)
    assert explain_file(str(path), False, None, environment) == 0
    environment.out.flush()
    assert capfd.readouterr().out.endswith("99000 more packets are not told here.\n")
    monkeypatch.setattr(main, "MOST_FILE_BYTES", 17 << 20)
    os.truncate(path, (17 << 20) + 1)
    with pytest.raises(NetliteError, match=": more than 17 MB$"):
        explain_file(str(path), False, None, environment)
