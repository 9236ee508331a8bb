"""Files without an end: read as root for somebody else they would take root's memory."""

from __future__ import annotations

import os
import threading
from errno import EFBIG

import pytest

from netlite.environment import Environment
from netlite.errors import NetliteError
from netlite.packets.capture_files import write_pcap
from netlite.programs.explain import main
from netlite.programs.explain.main import explain_file
from netlite.programs.registry import execute
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


@pytest.mark.parametrize("words, said", [("arp -f /dev/zero", "arp: cannot open etherfile /dev/zero !\n"),
                                         ("hostname -F /dev/zero", "hostname: the specified hostname is invalid\n")])
def test_nor_do_the_files_of_classic_programs_take_all_there_is(words, said, capfd):
    program, *rest = words.split()
    environment = Environment(program)
    assert execute(program, rest, environment) != 0
    environment.out.flush()
    assert capfd.readouterr().err == said


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


def test_a_plain_file_that_is_exchanged_for_a_pipe_holds_nobody_up(tmp_path):
    """Between a look and an open it may become one; so what is open is looked at."""
    path, ended = tmp_path / "file", threading.Event()
    (tmp_path / "plain").write_bytes(b"text")
    os.mkfifo(tmp_path / "pipe")

    def exchange():
        while not ended.is_set():
            for kind in ("pipe", "plain"):  # to exchange a file for itself is to do nothing
                os.link(tmp_path / kind, tmp_path / "next")
                os.rename(tmp_path / "next", path)

    os.link(tmp_path / "plain", path)
    thread = threading.Thread(target=exchange)
    thread.start()
    try:
        found = set()
        for _ in range(2000):
            try:
                found.add(read_file(str(path), plain=True))
            except OSError as refusal:
                found.add(refusal.strerror)
    finally:
        ended.set()
        thread.join()
    assert found <= {b"text", "Is no plain file"}
    os.replace(tmp_path / "pipe", path)
    with pytest.raises(OSError, match="Is no plain file"):
        read_file(str(path), plain=True)
    with pytest.raises(OSError, match="Is no plain file"):
        read_file(str(tmp_path), plain=True)
