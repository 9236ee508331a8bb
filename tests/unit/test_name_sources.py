"""Whether nsswitch.conf names anybody to ask."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from netlite.name_sources import has_sources, is_searchable


@pytest.mark.parametrize("text, asked", [
    ("hosts: files dns", True), ("hosts:files", True), (" hosts\t:\tfiles", True), ("hosts: # files", True), ("", True), ("#hosts:", True),
    ("HOSTS:", True), ("hosts: files [NOTFOUND=return", True), ("hosts:\nhosts: files", True), ("passwd:\nhosts: files", True),
    ("hosts:", False), ("hosts", False), ("hosts: [NOTFOUND=return]", False), ("hosts:[] files", False), ("hosts: files\nhosts:\t", False),
    ("\n hosts : \npasswd: files", False)])
def test_whom_to_ask(text, asked, tmp_path):
    (tmp_path / "nsswitch.conf").write_text(text)
    assert has_sources("hosts", str(tmp_path / "nsswitch.conf")) is asked


def test_no_file_is_the_librarys_own_choice(tmp_path):
    assert has_sources("hosts", str(tmp_path / "nsswitch.conf"))


def test_who_has_sources_is_not_looked_at_again(tmp_path):
    file = tmp_path / "nsswitch.conf"
    file.write_text("hosts:")
    assert not has_sources("hosts", str(file))
    file.write_text("hosts: files")
    assert has_sources("hosts", str(file))
    file.write_text("hosts:")
    assert has_sources("hosts", str(file))


@pytest.mark.parametrize("domains, lives", [
    ("", True), ("lan", True), ("a" * 255, True), ("a" * 256, False), ("a" * 5000, False), ("ab.example " * 1000, True), ("x " + "a" * 253, True),
    ("x " + "a" * 254, False), ("a" * 255 + " x", True), ("a" * 56 + " " + "a" * 254, True), ("a" * 55 + " " + "a" * 254, False), (" " + "a" * 255, False),
    (" " * 300 + "a" * 254, True), ("a\n" + "a" * 300, True), ("a\t\ta\t" * 9 + "a" * 300, True)])
def test_what_the_c_library_would_die_of(domains, lives):
    assert is_searchable(domains.encode()) is lives
    if platform.libc_ver()[0] == "glibc":  # which aborts before it looks into a file
        asked = [sys.executable, "-I", "-S", "-c", "from resource import *; import _socket; setrlimit(RLIMIT_CORE, (0, 0)); _socket.getaddrinfo(b'localhost', None)"]
        done = subprocess.run(asked, env={"LOCALDOMAIN": domains}, capture_output=True, text=True, timeout=60)
        assert ("Assertion" in done.stderr) is not lives, done
