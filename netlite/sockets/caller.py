"""On whose behalf this process is root: by sudo, doas, pkexec, or a set-user-ID bit.

*From the kernel*: credentials(7).
"""

from __future__ import annotations

import posix
from errno import EPERM
from os import environ

from ..records.record import Record

NUMBERED = {"SUDO_UID": "sudo", "PKEXEC_UID": "pkexec"}  # variables with the caller's number, and who sets them
NAMED = {"DOAS_USER": "doas"}  # … with his name
LAST_ID = 2**32 - 2  # the one above means "unchanged" to setresuid(2)
NOBODY = 65534


class Caller(Record):
    """The user on whose behalf this process is root; `words` name him in errors."""

    user: int
    group: int
    groups: tuple[int, ...]
    words: str


def find_caller() -> Caller | None:
    """Whom this process is root for, or None where it is nobody but itself.

    What a variable says can only take rights away.  A program that sets one of them may leave the others as
    the caller likes them: so they must agree, and groups come from the system's files.  Raises OSError (EPERM).
    """
    if posix.getuid() and (posix.getuid() != posix.geteuid() or posix.getgid() != posix.getegid()):
        return Caller(posix.getuid(), posix.getgid(), tuple(posix.getgroups()), "the user who started this")
    if posix.geteuid() != 0:
        return None
    found = {_number(name): by for name, by in NUMBERED.items()}
    found |= {_user_named(name): by for name, by in NAMED.items()}
    found.pop(0, None)
    if len(found) > 1:
        raise refused(f"{' and '.join(found.values())} name different callers")
    for user, by in found.items():
        return _user(user, by)
    return None


def _number(variable: str) -> int:
    """The user that a variable names by number; 0 where it is not set."""
    from ..command_line.c_numbers import read_digits

    number = read_digits(environ.get(variable) or "0", 0, LAST_ID)
    if number is None:
        raise refused(f"{variable} is not the number of a user")
    return number


def _user_named(variable: str) -> int:
    from pwd import getpwnam

    try:
        return getpwnam(environ[variable]).pw_uid if environ.get(variable) else 0
    except KeyError:
        raise refused(f"{variable} is not the name of a user") from None


def _user(number: int, by: str) -> Caller:
    """A user with all groups that he would log in with; the current one is what sudo tells, if it is one of them."""
    from pwd import getpwuid

    try:
        entry = getpwuid(number)
    except KeyError:
        return Caller(number, NOBODY, (), f"user {number}, who called {by}")
    groups = tuple(posix.getgrouplist(entry.pw_name, entry.pw_gid))
    current = next((group for group in groups if str(group) == environ.get("SUDO_GID")), entry.pw_gid)
    return Caller(number, current, groups, f"{entry.pw_name}, who called {by}")


def become_caller() -> bool:
    """Be, for good, the user whom this process is root for; False where it is nobody but itself.

    For a program that reads its files again and again: from now on the kernel judges it as the caller.  Capabilities
    stay permitted, none in effect: `privileges.Privileges` gives them up.  Needs SETUID and SETGID in effect.

    Raises OSError (EPERM) where that user could not load the rest of this program: for a capability that reads any file
    would have to stay in effect.
    """
    caller = find_caller()
    if caller is not None:
        from .privileges import become, modules_readable

        become(caller.user, caller.group, caller.groups)
        if not modules_readable():
            raise refused(f"{caller.words}, cannot read the folders of Python and netlite")
    return caller is not None


def refused(words: str) -> OSError:
    """What is raised where the caller may not; `words` say all."""
    return OSError(EPERM, words)
