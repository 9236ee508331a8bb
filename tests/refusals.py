"""What a program can be made to suffer: system calls refused (seccomp(2)), limits, odd or missing streams.

All are put on a process between fork and exec (`preexec_fn`) and need no privilege.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
from functools import cache
from struct import pack

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 1, 38, 22, 2
LOAD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06
NUMBER_AT, FIRST_ARGUMENT_AT = 0, 16  # struct seccomp_data; the low half of an argument comes first
ALLOW, REFUSE = 0x7FFF0000, 0x00050000

CALLS = {  # by architecture: x86_64, and what arm64 and riscv64 have in common (asm-generic/unistd.h)
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200), "sendto": (44, 206),
    "recvfrom": (45, 207), "sendmsg": (46, 211), "recvmsg": (47, 212), "setsockopt": (54, 208),
    "getsockopt": (55, 209), "getsockname": (51, 204), "ioctl": (16, 29), "eventfd2": (290, 19),
    "epoll_create1": (291, 20), "pipe2": (293, 59), "clone": (56, 220), "clone3": (435, 435),
    "timerfd_create": (283, 85), "signalfd4": (289, 74), "prctl": (157, 167), "capset": (126, 91),
    "capget": (125, 90), "getrandom": (318, 278), "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40),
    "pidfd_open": (434, 434), "setitimer": (38, 103)}
ARCHITECTURES = {"x86_64": 0, "aarch64": 1, "riscv64": 1}

_prctl = ctypes.CDLL(None, use_errno=True).prctl


class Refusal:
    """The system call `call` fails with `errno`; only where its first argument is `first`, if that is given."""

    def __init__(self, call: str, errno: int, first: int | None = None):
        self.call, self.errno, self.first = call, errno, first

    def instructions(self) -> list[tuple[int, int, int, int]]:
        """Of the filter, for a socket filter's machine.  Raises KeyError on an unknown architecture."""
        number = CALLS[self.call][ARCHITECTURES[platform.machine()]]
        refused = (RETURN, 0, 0, REFUSE | self.errno)
        if self.first is None:
            return [(LOAD, 0, 0, NUMBER_AT), (JUMP_EQUAL, 0, 1, number), refused]
        return [(LOAD, 0, 0, NUMBER_AT), (JUMP_EQUAL, 0, 3, number), (LOAD, 0, 0, FIRST_ARGUMENT_AT),
                (JUMP_EQUAL, 0, 1, self.first), refused]


def refuse(*refusals: Refusal) -> None:
    """Have calls refused to this process and what it starts.  Raises OSError where there is no seccomp."""
    instructions = [each for refusal in refusals for each in refusal.instructions()] + [(RETURN, 0, 0, ALLOW)]
    program = b"".join(pack("=HBBI", *instruction) for instruction in instructions)
    kept = ctypes.create_string_buffer(program)
    described = ctypes.create_string_buffer(pack("@HP", len(instructions), ctypes.addressof(kept)))
    if _prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or _prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, described, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


@cache
def no_seccomp() -> str:
    """Why calls cannot be refused here, "" where they can: found out by trying, in a child."""
    if platform.machine() not in ARCHITECTURES:
        return f"no numbers of system calls for {platform.machine()}"
    child = os.fork()
    if not child:
        try:
            refuse(Refusal("timerfd_create", 1))
            os._exit(0)
        except OSError as refusal:
            os._exit(refusal.errno or 255)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return os.strerror(status) if status else ""


def end_with_parent() -> None:
    """Whatever ends the one who started it."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def limit(what: int, most: int) -> None:
    """As ulimit does: `what` is resource.RLIMIT_*."""
    resource.setrlimit(what, (most, most))


def close(*descriptors: int) -> None:
    """The program starts without these."""
    for descriptor in descriptors:
        os.close(descriptor)


def put(descriptor: int, path: str, flags: int) -> None:
    """The program has `path` there."""
    opened = os.open(path, flags)
    os.dup2(opened, descriptor)
    if opened != descriptor:
        os.close(opened)
