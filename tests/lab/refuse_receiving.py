"""Run a program that may not receive: `refuse_receiving.py ERRNO COMMAND…`, by seccomp(2)."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from struct import pack

RECVMSG = {"x86_64": 47, "aarch64": 212, "riscv64": 212, "i686": 372}
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LOAD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06  # the number of the system call comes first in struct seccomp_data
ALLOW, REFUSE = 0x7FFF0000, 0x00050000


def refuse(errno: int) -> None:
    """Have recvmsg(2) fail in this process and what it starts.  Raises KeyError, OSError where that cannot be."""
    load_filter((LOAD, 0, 0, 0), (JUMP_EQUAL, 0, 1, RECVMSG[platform.machine()]), (RETURN, 0, 0, REFUSE | errno))


def load_filter(*instructions: tuple[int, int, int, int]) -> None:
    """Have every system call pass a filter of BPF, which allows what gets through it."""
    program = b"".join(pack("=HBBI", *instruction) for instruction in (*instructions, (RETURN, 0, 0, ALLOW)))
    kept = ctypes.create_string_buffer(program)
    described = ctypes.create_string_buffer(pack("@HP", len(program) // 8, ctypes.addressof(kept)))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, described, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


if __name__ == "__main__":
    refuse(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])
