"""Privileges that a program gives up as soon as it can, as iputils does through libcap.

A capability that is *permitted* can be put in effect when it is needed; one that is given up never
again.  *From the kernel*: capabilities(7), capset(2), prctl(2); they apply to the calling thread.
"""

from __future__ import annotations

import sys
from _struct import Struct
from errno import EACCES, ENOMEM, ENOSYS, EPERM
from posix import O_CLOEXEC, O_RDONLY, close, getegid, geteuid, getgid, getuid, open, setgroups, setresgid, setresuid

NUMBERS = {  # <linux/capability.h>
    "DAC_READ_SEARCH": 2,  # to read any file
    "SETGID": 6, "SETUID": 7,  # to be another user
    "NET_BIND_SERVICE": 10,  # ports below 1024
    "NET_ADMIN": 12,  # SO_MARK, SO_DEBUG
    "NET_RAW": 13}  # raw and packet sockets, IP options, a device
READING = ("SETUID", "SETGID", "DAC_READ_SEARCH")  # what it may take to read a file as sockets.caller_files does
VERSION_3 = 0x20080522
HEADER = Struct("=Ii")  # struct __user_cap_header_struct: version, thread (0: this one)
DATA = Struct("=IIIIII")  # effective, permitted, inheritable: the low words, then the high ones
PR_SET_PDEATHSIG, PR_SET_KEEPCAPS = 1, 8
NO_MEMORY = "failed to map segment"  # of a library, as ld.so says it


class Privileges:
    """What a program may do beyond an ordinary user.

        privileges.limit("NET_RAW")    # all others are given up; this one is permitted, not in effect
        with privileges: ...           # in effect
        privileges.drop()              # none is left

    `permitted` are the capabilities it begins with, a bit each.
    """

    def __init__(self, permitted: int):
        self._permitted = permitted
        self._always = 0  # in effect to the end

    def limit(self, *kept: str) -> int:
        """Give up all capabilities but `kept`, and every identity but that of the real user.

        Returns the errno where the kernel, or a Python without `_ctypes` (ENOSYS), did not let us, else 0.
        """
        if getuid() != geteuid() or getgid() != getegid():
            become_real_user()
        owned = self._permitted | self._always
        if not owned:
            return 0
        self._permitted = owned & mask(*kept)
        search = owned & mask("DAC_READ_SEARCH")
        refused = set_capabilities(0, self._permitted | search)
        if refused == ENOSYS:
            self._permitted = 0  # nothing of this works here
            return refused
        self._always = 0 if not search or modules_readable() else search
        return refused or self._set(0)

    def drop(self) -> int:
        """Give up what `limit` has left; call it when every socket is open.  Returns what `limit` returns."""
        if not self._permitted:
            return 0
        self._permitted = 0
        return self._set(0)

    def __enter__(self) -> None:
        if self._permitted:
            self._set(self._permitted)

    def __exit__(self, *_: object) -> None:
        if self._permitted:
            self._set(0)

    def _set(self, effective: int) -> int:
        return set_capabilities(effective | self._always, self._permitted | self._always)


def mask(*names: str) -> int:
    """A bit for each."""
    return sum(1 << NUMBERS[name] for name in names)


def asked_capabilities() -> int:
    """The capabilities this thread may use, from capget(2); 0 where Python cannot call it."""
    try:
        from ctypes import CDLL, create_string_buffer

        data = create_string_buffer(DATA.size)
        if CDLL(None).capget(HEADER.pack(VERSION_3, 0), data) != 0:
            return 0
    except (ImportError, OSError, AttributeError):
        return 0
    low: int
    high: int
    _, low, _, _, high, _ = DATA.unpack(data)
    return low | high << 32


def set_capabilities(effective: int, permitted: int) -> int:
    """Have `permitted` and no more, `effective` of it in effect; 0, or an errno.

    Python has no capset(2).  It is called through the C part of ctypes alone, which loads in
    half a millisecond where ctypes takes three.
    """
    low, high = 0xFFFFFFFF, 32
    data = DATA.pack(effective & low, permitted & low, 0, effective >> high, permitted >> high, 0)
    return _call("capset", HEADER.pack(VERSION_3, 0), data)


def _call(function: str, *arguments: int | bytes) -> int:
    """Call a function of the C library: 0, EPERM where it fails, ENOSYS where Python cannot call it.

    Raises MemoryError where it could, with more memory: nobody keeps privileges by leaving it too little.
    """
    try:
        from _ctypes import call_cdeclfunction, dlopen, dlsym

        found = dlsym(dlopen(None, 0), function)  # type: ignore[arg-type]
        return EPERM if call_cdeclfunction(found, arguments) else 0
    except (ImportError, OSError) as refusal:
        if getattr(refusal, "errno", None) == ENOMEM or NO_MEMORY in str(refusal):
            raise MemoryError from None
        return ENOSYS


def become_real_user() -> None:
    """Be, for good, the user who started a set-user-ID program, with the capabilities that it has."""
    become(getuid(), getgid())


def become(user: int, group: int, groups: tuple[int, ...] | None = None) -> None:
    """Be another user for good, in other `groups` too unless None; permitted capabilities stay.  Raises OSError."""
    _call("prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)
    if groups is not None:
        setgroups(groups)
    setresgid(group, group, group)
    setresuid(user, user, user)
    _call("prctl", PR_SET_KEEPCAPS, 0, 0, 0, 0)


def end_with(parent: int) -> None:
    """Be killed when the process that forked this one is no more; a change of user takes it back."""
    from _signal import SIGKILL
    from posix import _exit, getppid

    _call("prctl", PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    if getppid() != parent:
        _exit(1)


def modules_readable() -> bool:
    """Whether Python can go on to load modules with no more rights than those in effect.

    Root without capabilities is kept out of another user's private folder.  A program that lives there
    is that user's in any case.
    """
    for place in (__file__.rpartition("/")[0], *sys.path):
        try:
            close(open(place, O_RDONLY | O_CLOEXEC))
        except OSError as refusal:
            if refusal.errno in (EACCES, EPERM):
                return False
    return True
