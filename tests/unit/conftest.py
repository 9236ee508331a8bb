"""Who is there, and a place with files of several users, for tests of files that a program opens for its caller."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from caller_place import NOBODY, SUDO

from netlite.sockets.capabilities import permitted_capabilities
from netlite.sockets.privileges import mask


@pytest.fixture
def by_sudo(monkeypatch):
    """As root on behalf of nobody; skips where we are not root."""
    if os.geteuid() or not permitted_capabilities() & mask("SETUID"):
        pytest.skip("needs root, with the right to be somebody else")
    for name, value in SUDO.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def as_root():
    """Skips where we are not root."""
    if os.geteuid():
        pytest.skip("needs root")


@pytest.fixture
def place():
    """A folder that anybody may enter, with a folder of nobody's in it; other runs of pytest close those of pytest."""
    with tempfile.TemporaryDirectory(prefix="caller-files-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "his").mkdir()
        if os.geteuid() == 0:
            os.chown(folder / "his", NOBODY, NOBODY)
        yield folder
