"""The system calls of namespaces: unshare, setns, mount, prctl, through the C library.

Python has os.setns and os.unshare from 3.12 on, mount and prctl never.  Errors are OSError.
"""

from __future__ import annotations

import ctypes
import os

CLONE_NEWNS, CLONE_NEWUTS = 0x00020000, 0x04000000  # <linux/sched.h>
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
MS_REMOUNT, MS_BIND, MS_REC, MS_SLAVE = 32, 4096, 16384, 1 << 19  # <linux/mount.h>
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_TIMERSLACK = 1, 29  # <linux/prctl.h>

SIOCETHTOOL, ETHTOOL_STXCSUM = 0x8946, 0x17  # <linux/sockios.h>, <linux/ethtool.h>

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> None:
    if result != 0:
        errno = ctypes.get_errno()
        raise OSError(errno, os.strerror(errno), what)


def unshare(flags: int) -> None:
    """Leave the namespaces of `flags` for new ones."""
    _checked(_libc.unshare(flags), "unshare")


def setns(fd: int, kind: int) -> None:
    """Enter the namespace held by `fd`, which must be of `kind` (CLONE_NEW...)."""
    _checked(_libc.setns(fd, kind), "setns")


def mount(source: str, target: str, filesystem: str = "", flags: int = 0) -> None:
    """mount(2)."""
    words = (word.encode() for word in (source, target, filesystem))
    _checked(_libc.mount(*words, flags, None), f"mount {target}")


def detach(target: str) -> None:
    """Unmount `target`; what is still in use of it stays until it is not."""
    _checked(_libc.umount2(target.encode(), MNT_DETACH), f"umount {target}")


def finish_checksums(device: str) -> None:
    """Have the kernel complete checksums before packets leave by `device`: nobody else will (ETHTOOL_STXCSUM)."""
    import socket
    import struct

    value = ctypes.create_string_buffer(struct.pack("II", ETHTOOL_STXCSUM, 0), 8)
    request = ctypes.create_string_buffer(struct.pack("16sP", device.encode(), ctypes.addressof(value)), 40)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        _checked(_libc.ioctl(channel.fileno(), SIOCETHTOOL, request), f"checksums of {device}")


def die_with_parent(parent_id: int, signal: int) -> None:
    """Have the kernel send us `signal` when our parent, the process `parent_id`, ends."""
    _checked(_libc.prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0), "prctl")
    if os.getppid() != parent_id:  # it ended before we could say so
        os.kill(os.getpid(), signal)


def precise_pauses() -> None:
    """Have our pauses end when they are over, not up to 50 microseconds later."""
    _checked(_libc.prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0), "prctl")


def enter_user_namespace(inside_user: int, inside_group: int, others: int = 0) -> None:
    """Make a user namespace (and the namespaces `others`, owned by it) in which we are `inside_user`.

    Needs no privilege, a single thread, and a kernel that allows it (user_namespaces(7)).
    """
    user, group = os.geteuid(), os.getegid()
    unshare(CLONE_NEWUSER | others)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{inside_user} {user} 1"),
                       ("gid_map", f"{inside_group} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
