"""Files named on a command line: opened with the caller's rights, whoever we are."""

from __future__ import annotations

import ast
import ctypes
import os
import subprocess
import sys
import tempfile
import threading
from errno import EACCES, EISDIR, ELOOP, ENOENT, EPERM
from pathlib import Path
from stat import S_IMODE, S_ISREG

import pytest

from netlite.sockets.capabilities import permitted_capabilities
from netlite.sockets import as_caller, caller_files
from netlite.sockets.caller import find_caller
from netlite.sockets.caller_files import open_for_reading, open_for_writing, read_file
from netlite.sockets.privileges import mask

NOBODY = 65534
SUDO = {"SUDO_UID": "65534", "SUDO_GID": "65534"}


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


def callers(monkeypatch, **variables):
    for name in ("SUDO_UID", "SUDO_GID", "PKEXEC_UID", "DOAS_USER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = find_caller()
    return found and (found.user, found.group)


def test_who_calls(as_root, monkeypatch):
    assert callers(monkeypatch) is None
    assert callers(monkeypatch, SUDO_UID="0", SUDO_GID="0") is None  # root called sudo
    assert callers(monkeypatch, SUDO_UID="65534", SUDO_GID="65534") == (NOBODY, NOBODY)
    assert callers(monkeypatch, PKEXEC_UID="65534") == (NOBODY, NOBODY)
    assert callers(monkeypatch, DOAS_USER="nobody") == (NOBODY, NOBODY)
    assert callers(monkeypatch, DOAS_USER="root", SUDO_UID="65534") == (NOBODY, NOBODY)
    assert callers(monkeypatch, SUDO_UID="4000000", SUDO_GID="0") == (4000000, NOBODY)  # unknown: no group is believed


def test_a_variable_gives_no_group(as_root, monkeypatch):
    """doas can be told to leave them as the caller had them."""
    assert callers(monkeypatch, SUDO_UID="65534", SUDO_GID="0") == (NOBODY, NOBODY)
    assert callers(monkeypatch, SUDO_UID="65534") == (NOBODY, NOBODY)
    assert callers(monkeypatch, SUDO_UID="65534", SUDO_GID="42") == (NOBODY, NOBODY)


@pytest.mark.parametrize("variables", [
    {"SUDO_UID": "x"}, {"SUDO_UID": "-1"}, {"SUDO_UID": "4294967295"}, {"SUDO_UID": "٣"}, {"SUDO_UID": "9" * 5000},
    {"SUDO_UID": "1 "}, {"PKEXEC_UID": "1 "}, {"DOAS_USER": "no such user"}, {"DOAS_USER": "nobody", "SUDO_UID": "1"}])
def test_what_is_no_caller_is_refused(as_root, monkeypatch, place, variables):
    with pytest.raises(OSError):
        callers(monkeypatch, **variables)
    assert refused(open_for_writing, place / "new")[0] == EPERM and not (place / "new").exists()


def test_to_an_ordinary_user_the_variables_say_nothing(monkeypatch):
    monkeypatch.setattr(caller_files.posix, "getuid", lambda: 1000)
    monkeypatch.setattr(caller_files.posix, "geteuid", lambda: 1000)
    assert callers(monkeypatch, SUDO_UID="0", DOAS_USER="root") is None
    assert callers(monkeypatch, SUDO_UID="65534") is None


@pytest.mark.parametrize("identity", ["setresuid", "setresgid"])
def test_a_set_id_program_opens_as_who_called_it(as_root, place, identity):
    """In a child: real user (or group) nobody, effective root."""
    (place / "his" / "link").symlink_to(file(place / "roots", owner=0, mode=0o600))
    os.chown(place / "his", NOBODY, NOBODY)
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(NOBODY, 0 if identity == "setresgid" else NOBODY, 0 if identity == "setresgid" else NOBODY)
            os.setresuid(NOBODY, 0 if identity == "setresuid" else NOBODY, 0 if identity == "setresuid" else NOBODY)
            write(place / "his" / "new")
            outcomes = [refused(open_for_writing, place / "new")[0], refused(read_file, place / "roots")[0],
                        refused(open_for_writing, place / "his" / "link")[0]]
            os._exit(0 if outcomes == [EACCES, EACCES, ELOOP] else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    found = (place / "his" / "new").stat()
    assert (found.st_uid, found.st_gid) == (NOBODY, NOBODY) and (place / "roots").read_text() == "old"


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


IN_A_CHILD = """
import os, sys
sys.path[:] = {path!r}
from netlite.sockets import caller, caller_files, privileges
from netlite.sockets.capabilities import permitted_capabilities
import errno
rights = privileges.Privileges(permitted_capabilities())
rights.limit("NET_RAW", "SETUID", "SETGID", "DAC_READ_SEARCH")
privileges.modules_readable = lambda: {readable}
with rights:
    try:
        became = caller.become_caller()
    except OSError as refusal:
        print(refusal.strerror)
        sys.exit()
rights.limit("NET_RAW")
told = []
for path in {files!r}:
    try:
        told.append(caller_files.read_file(path).decode())
    except OSError as refusal:
        told.append(errno.errorcode[refusal.errno])
status = dict(line.split(":") for line in open("/proc/thread-self/status") if line.startswith("Cap"))
print((became, os.getresuid(), os.getresgid(), os.getgroups() == [], told, *[int(status[name], 16) for name in ("CapPrm", "CapEff")]))
"""


def become(files=(), readable=True):
    """What a program that becomes its caller sees."""
    code = IN_A_CHILD.format(path=[str(Path(__file__).resolve().parents[2]), *sys.path], files=[str(file) for file in files],
                             readable=readable)
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=300)
    assert done.stderr == ""
    return done.stdout.strip()


def test_who_becomes_his_caller_is_nobody_else_any_more(by_sudo, place):
    (place / "secret").write_text("secret")
    (place / "secret").chmod(0o600)
    (place / "plain").write_text("plain")
    (place / "plain").chmod(0o644)
    became, users, groups, _, told, permitted, effective = ast.literal_eval(become([place / "secret", place / "plain"]))
    assert became and users == groups == (NOBODY,) * 3 and told == ["EACCES", "plain"]
    assert (permitted, effective) == (mask("NET_RAW"), 0)


def test_without_a_caller_nobody_becomes_anybody(as_root):
    became, users, *_ = ast.literal_eval(become())
    assert (became, users) == (False, (0, 0, 0))


def test_a_caller_who_cannot_read_our_modules_is_refused(by_sudo):
    """Else a right to read every file would have to stay."""
    assert "cannot read the folders of Python and netlite" in become(readable=False)
