"""Giving up privileges that are no longer needed, as iputils does through libcap.

*From the kernel*: capabilities(7), capset(2); applies to the calling thread.
"""

from __future__ import annotations

from posix import O_CLOEXEC, O_RDONLY, close, open, read
from struct import Struct

NET_ADMIN, NET_RAW = 12, 13  # <linux/capability.h>: SO_MARK, SO_DEBUG; raw sockets, IP options
VERSION_3 = 0x20080522
HEADER = Struct("=Ii")  # struct __user_cap_header_struct: version, thread (0: this one)
DATA = Struct("=IIIIII")  # effective, permitted, inheritable: the low words, then the high ones


def permitted_capabilities() -> int:
    """The capabilities this thread may use, a bit each; 0 where /proc does not tell."""
    try:
        descriptor = open("/proc/thread-self/status", O_RDONLY | O_CLOEXEC)
    except OSError:
        return 0
    try:
        status = read(descriptor, 8192)
    finally:
        close(descriptor)
    after = status.partition(b"\nCapPrm:")[2]
    return int(after.split(None, 1)[0], 16) if after else 0


def keep_capabilities(*kept: int) -> bool:
    """Give up all capabilities but `kept`, for good; False where the kernel did not let us.

    Costs nothing but a look into /proc when there is nothing to give up.  Otherwise capset is
    called through the C part of ctypes alone, which loads in 1 ms where ctypes takes 3.
    """
    owned = permitted_capabilities()
    left = owned & sum(1 << capability for capability in kept)
    if owned == left:
        return True
    try:
        from _ctypes import call_cdeclfunction, dlopen, dlsym

        capset = dlsym(dlopen(None, 0), "capset")  # type: ignore[arg-type]
        low, high = left & 0xFFFFFFFF, left >> 32
        data = DATA.pack(low, low, 0, high, high, 0)
        return call_cdeclfunction(capset, (HEADER.pack(VERSION_3, 0), data)) == 0
    except (ImportError, OSError, AttributeError):
        return False


def drop_capabilities() -> bool:
    """Give up all of them; call it when every socket is open."""
    return keep_capabilities()
