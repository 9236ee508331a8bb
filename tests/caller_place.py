"""Files of several users, made, written and refused; who is there, the fixtures of tests/unit say."""

from __future__ import annotations

import os
from stat import S_ISREG

import pytest

from netlite.sockets.caller_files import open_for_writing

NOBODY = 65534
SUDO = {"SUDO_UID": "65534", "SUDO_GID": "65534"}


def file(path, text="old", owner=NOBODY, mode=0o644):
    path.write_text(text)
    os.chown(path, owner, owner)
    path.chmod(mode)
    return str(path)


def refused(work, path) -> tuple[int, str]:
    with pytest.raises(OSError) as refusal:
        os.close(work(str(path)))
    assert "\n" not in refusal.value.strerror
    return refusal.value.errno, refusal.value.strerror


def write(path, text=b"new") -> None:
    with open(open_for_writing(str(path)), "wb") as opened:
        if S_ISREG(os.fstat(opened.fileno()).st_mode):
            opened.truncate()
        opened.write(text)
