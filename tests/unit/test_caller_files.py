"""Files named on a command line: opened with the caller's rights, whoever we are."""

from __future__ import annotations

import ctypes
import os
import threading
from errno import EACCES, EISDIR, ELOOP, ENOENT, EPERM
from pathlib import Path
from stat import S_IMODE

import pytest
from caller_place import NOBODY, file, refused, write

from netlite.sockets import as_caller, caller_files
from netlite.sockets.caller_files import open_for_reading, open_for_writing, read_file
from netlite.sockets.capabilities import permitted_capabilities


def test_a_new_file_belongs_to_the_caller(by_sudo, place):
    write(place / "his" / "new")
    found = (place / "his" / "new").stat()
    assert (found.st_uid, found.st_gid, (place / "his" / "new").read_bytes()) == (NOBODY, NOBODY, b"new")
    umask = os.umask(0)
    os.umask(umask)
    assert S_IMODE(found.st_mode) == 0o666 & ~umask


def test_his_own_file_is_written_anew(by_sudo, place):
    write(file(place / "his" / "old", "a long old text"))
    assert (place / "his" / "old").read_bytes() == b"new"


def test_a_folder_in_which_he_may_not_write(by_sudo, place):
    assert refused(open_for_writing, place / "new") == (
        EACCES, "Permission denied (opened as nobody, who called sudo)")
    assert not (place / "new").exists()


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o666])
@pytest.mark.parametrize("folder", [".", "his"])
def test_the_file_of_another(by_sudo, place, folder, mode):
    """Even where its mode would let him write: root's words have no business there."""
    path = file(place / folder / "roots", owner=0, mode=mode)
    assert refused(open_for_writing, path)[0] == (EPERM if mode == 0o666 else EACCES)
    assert (place / folder / "roots").read_text() == "old"


@pytest.mark.parametrize("target", ["roots", "his/old", "his/new", "nowhere/at/all"])
def test_no_link_is_followed(by_sudo, place, target):
    file(place / "roots", owner=0), file(place / "his" / "old")
    (place / "his" / "link").symlink_to(place / target)
    assert refused(open_for_writing, place / "his" / "link") == (
        ELOOP, "Is a symbolic link (opened as nobody, who called sudo)")
    assert (place / "roots").read_text() == (place / "his" / "old").read_text() == "old"
    assert not (place / "his" / "new").exists()


@pytest.mark.parametrize("owner", [0, NOBODY])
def test_no_file_of_several_names(by_sudo, place, owner):
    file(place / "roots", owner=owner, mode=0o666)
    os.link(place / "roots", place / "his" / "name")
    assert refused(open_for_writing, place / "his" / "name")[0] == EPERM
    assert (place / "roots").read_text() == "old"


def test_a_folder_is_none(by_sudo, place):
    assert refused(open_for_writing, place / "his")[0] == EISDIR


@pytest.mark.parametrize("name", ["missing/new", "his/missing/new"])
def test_a_way_that_is_not_there(by_sudo, place, name):
    assert refused(open_for_writing, place / name)[0] == ENOENT


def test_a_device_of_roots_is_none_of_his(by_sudo):
    assert refused(open_for_writing, "/dev/null")[0] == EPERM


def test_his_pipe(by_sudo, place):
    path = place / "his" / "pipe"
    os.mkfifo(path)
    os.chown(path, NOBODY, NOBODY)
    got = []
    reader = threading.Thread(target=lambda: got.append(path.read_bytes()), daemon=True)
    reader.start()
    write(path)
    reader.join(60)
    assert got == [b"new"]


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1"])
def test_his_own_stream_by_its_name(by_sudo, name, capfd):
    write(name)
    assert capfd.readouterr().out == "new"


def test_the_groups_of_root_do_not_help(by_sudo, place):
    path = file(place / "roots", owner=0, mode=0o660)
    groups = os.getgroups()
    os.setgroups([0, *groups])
    try:
        assert refused(open_for_reading, path)[0] == refused(open_for_writing, path)[0] == EACCES
    finally:
        os.setgroups(groups)


def test_his_own_groups_do(by_sudo, place, monkeypatch):
    """A file for a group that he is in, though it is not his first one."""
    path = file(place / "groups", owner=0, mode=0o640)
    os.chown(path, 0, 4242)
    monkeypatch.setattr(caller_files.posix, "getgrouplist", lambda name, group: [group, 4242])
    assert read_file(path) == b"old"
    monkeypatch.setenv("SUDO_GID", "4242")
    write(place / "his" / "new")
    assert (place / "his" / "new").stat().st_gid == 4242


def test_reading_what_he_may(by_sudo, place):
    path = file(place / "his" / "secret", "x" * 200_000, mode=0o600)
    assert read_file(path) == b"x" * 200_000
    with open(open_for_reading(path)) as opened:
        assert opened.read(3) == "xxx"


@pytest.mark.parametrize("work", [read_file, open_for_reading])
def test_reading_what_he_may_not(by_sudo, place, work):
    (place / "his" / "link").symlink_to(file(place / "roots", owner=0, mode=0o600))
    for name in ("roots", "his/link"):
        assert refused(work, place / name) == (EACCES, "Permission denied (opened as nobody, who called sudo)")
    assert refused(read_file, place / "his")[0] == EISDIR


def test_it_is_the_caller_who_reads(by_sudo):
    """Of some files of /proc the kernel asks who reads them only when they are read: what they say of oneself."""
    own = read_file("/proc/self/status").decode()
    assert "CapEff:\t0000000000000000" in own and f"Uid:\t{NOBODY}\t{NOBODY}\t{NOBODY}\t{NOBODY}" in own
    assert f"Gid:\t{NOBODY}\t{NOBODY}\t{NOBODY}\t{NOBODY}" in own


def test_this_process_stays_who_it_is(by_sudo, place):
    before, children = (os.getresuid(), os.getresgid(), os.getgroups(), permitted_capabilities(),
                        len(os.listdir("/proc/self/fd"))), children_of_this_process()
    write(place / "his" / "new")
    read_file(str(place / "his" / "new"))
    refused(open_for_writing, place / "new")
    refused(open_for_writing, place / "his")
    assert before == (os.getresuid(), os.getresgid(), os.getgroups(), permitted_capabilities(),
                      len(os.listdir("/proc/self/fd")))
    assert children_of_this_process() <= children, "those of others may have ended"


def children_of_this_process() -> set[str]:
    return {child for task in os.listdir("/proc/self/task")
            for child in Path(f"/proc/self/task/{task}/children").read_text().split()}


def test_a_child_that_fails_is_an_error(by_sudo, place, monkeypatch):
    monkeypatch.setattr(as_caller, "_become", lambda caller: 1 / 0)
    assert refused(open_for_writing, place / "his" / "new")[1].startswith("the process that opens files failed")
    assert not (place / "his" / "new").exists()


def test_a_user_whom_we_cannot_be(by_sudo, place, monkeypatch):
    """Nothing is opened as root instead."""
    def no(*_):
        raise PermissionError(EPERM, "Operation not permitted")

    monkeypatch.setattr(caller_files.posix, "setresuid", no)
    assert refused(open_for_writing, place / "new")[0] == EPERM and not (place / "new").exists()


PR_SET_SECUREBITS, NO_SETUID_FIXUP = 28, 1 << 2  # <linux/securebits.h>: capabilities outlive a change of user


def test_capabilities_that_outlive_the_change_of_user_do_not_help(by_sudo, place):
    path = file(place / "roots", owner=0, mode=0o600)
    child = os.fork()
    if child == 0:
        try:
            if ctypes.CDLL(None).prctl(PR_SET_SECUREBITS, NO_SETUID_FIXUP, 0, 0, 0):
                os._exit(3)
            os._exit(0 if refused(read_file, path)[0] == EACCES else 1)
        finally:
            os._exit(2)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == 3:
        pytest.skip("securebits cannot be set here")
    assert status == 0


def test_an_ordinary_user_opens_as_ever(as_root, place):
    child = os.fork()
    if child == 0:
        try:
            os.setresgid(NOBODY, NOBODY, NOBODY), os.setresuid(NOBODY, NOBODY, NOBODY)
            os.environ.update(SUDO_UID="0")
            (place / "his" / "link").symlink_to("new")
            write(place / "his" / "link")
            os._exit(0 if read_file(str(place / "his" / "new")) == b"new" else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
