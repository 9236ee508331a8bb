"""Files that root writes, where others left things in its way."""

from __future__ import annotations

import os
from errno import EACCES, EISDIR, ELOOP, ENOENT, EPERM

import pytest
from caller_place import NOBODY, file, refused, write

from netlite.sockets.caller_files import open_for_writing


@pytest.fixture
def everybodys(place, as_root):
    """A folder like /tmp, in which nobody left things for root to step on."""
    folder = place / "tmp"
    folder.mkdir()
    folder.chmod(0o1777)
    file(place / "roots", owner=0)
    for name, target in (("link", place / "roots"), ("new", place / "made"), ("folder", place)):
        (folder / name).symlink_to(target)
        os.lchown(folder / name, NOBODY, NOBODY)
    file(folder / "file", owner=NOBODY, mode=0o666)
    return folder


@pytest.mark.parametrize("name", ["link", "new", "folder/roots", "folder/made", "../tmp/./link", "file"])
def test_root_does_not_step_on_what_others_left(everybodys, name):
    errno, words = refused(open_for_writing, everybodys / name)
    kernels = name == "file" and errno == EACCES  # where fs.protected_regular is set the kernel itself refuses it
    assert kernels or errno in (ELOOP, EPERM) and "nother user" in words
    assert (everybodys.parent / "roots").read_text() == (everybodys / "file").read_text() == "old"
    assert not (everybodys.parent / "made").exists()


def test_nor_by_way_of_a_link_of_its_own(everybodys):
    (everybodys.parent / "mine").symlink_to("tmp/link")
    assert refused(open_for_writing, everybodys.parent / "mine")[0] == ELOOP


@pytest.mark.parametrize("name", ["plain", "mine", "own/x", "there/x", "chain", "../up"])
def test_else_root_writes_as_ever(place, as_root, everybodys, name, monkeypatch):
    """Also through links, its own ones and those in folders that are not everybody's; names relative or not."""
    (everybodys / "mine").symlink_to("plain")
    (everybodys / "own").mkdir()
    (everybodys / "there").symlink_to(place)
    (everybodys / "chain").symlink_to("mine")
    write(everybodys / name)
    assert (everybodys / name).read_bytes() == b"new"
    monkeypatch.chdir(everybodys)
    write(name, b"newer")
    assert (everybodys / name).read_bytes() == b"newer"


def test_root_in_the_folder_of_another_user(place, as_root):
    """Not everybody's folder: as for any program that root runs."""
    (place / "his" / "link").symlink_to(file(place / "roots", owner=0))
    os.lchown(place / "his" / "link", NOBODY, NOBODY)
    write(place / "his" / "link")
    assert (place / "roots").read_bytes() == b"new"


def test_root_and_files_that_are_none(place, as_root, capfd):
    (place / "round").symlink_to("round")
    assert refused(open_for_writing, place / "round")[0] == ELOOP
    assert refused(open_for_writing, place)[0] == EISDIR
    assert refused(open_for_writing, f"{place}/new/")[0] in (EISDIR, ENOENT)
    assert refused(open_for_writing, "/")[0] == refused(open_for_writing, ".")[0] == EISDIR
    assert refused(open_for_writing, "")[0] in (ENOENT, EISDIR)
    assert refused(open_for_writing, place / "missing" / "new")[0] == ENOENT
    for name in ("/dev/null", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"):
        write(name)
    assert capfd.readouterr().out.count("new") >= 1
    ours, theirs = os.pipe()
    for name in (f"/dev/fd/{theirs}", f"/proc/self/fd/{theirs}"):
        write(name)
        assert os.read(ours, 10) == b"new"
    os.close(ours), os.close(theirs)
