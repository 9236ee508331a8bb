"""Whom a program is root for, and what it is to become him."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from errno import EACCES, ELOOP, EPERM
from pathlib import Path

import pytest
from caller_place import NOBODY, file, refused, write

from netlite.sockets import caller_files
from netlite.sockets.caller import find_caller
from netlite.sockets.caller_files import open_for_writing, read_file
from netlite.sockets.privileges import mask


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
