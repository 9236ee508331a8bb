"""Whether nsswitch.conf names anybody to ask."""

from __future__ import annotations

import pytest

from netlite.name_sources import has_sources


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
