"""The container of recorded kernel tables."""

import os

import pytest
import snapshots

ENTRIES = {
    "ifs": b"name=lo\n",
    "proc/net/empty": b"",
    "proc/net/newline": b"\n",
    "proc/net/blank_end": b"a\n\n",
    "proc/net/no_end": b"a",
    "proc/net/mark": b"x\n==> proc/y\n",
    "proc/net/bytes": b"caf\xe9 \xff\n",
    "proc/7/cmdline": b"/bin/sh\x00-c\x00\x1b[31m\\n",
    "proc/7/fd/3": "socket:[20001]",
    "proc/8": None,
}


def test_text_and_back():
    assert snapshots.parse_snapshot(snapshots.render_snapshot(ENTRIES)) == ENTRIES


@pytest.mark.parametrize("path", ENTRIES)
def test_one_entry_and_back(path):
    alone = {path: ENTRIES[path]}
    assert snapshots.parse_snapshot(snapshots.render_snapshot(alone)) == alone


def test_folder_and_back(tmp_path):
    snapshots.write_folder(ENTRIES, str(tmp_path))
    assert os.readlink(tmp_path / "proc/7/fd/3") == "socket:[20001]"
    assert snapshots.read_folder(str(tmp_path)) == ENTRIES
