"""Run a program whose netlink is refused: `refuse_netlink.py socket|send|receive ERRNO COMMAND…`, by seccomp(2)."""

from __future__ import annotations

import os
import platform
import sys

from refuse_receiving import JUMP_EQUAL, LOAD, REFUSE, load_filter

FIRST_ARGUMENT, AF_NETLINK = 16, 16  # in struct seccomp_data
SOCKET, SEND, RECEIVE = 0, 1, 2
CALLS = {"x86_64": (41, (44, 46), (45, 47)), "aarch64": (198, (206, 211), (207, 212)), "riscv64": (198, (206, 211), (207, 212))}


def refuse(what: str, errno: int) -> None:
    """Have socket(AF_NETLINK), or sending or receiving on any socket, fail.  Raises KeyError, OSError where that cannot be."""
    calls = CALLS[platform.machine()]
    if what == "socket":
        load_filter((LOAD, 0, 0, 0), (JUMP_EQUAL, 0, 3, calls[SOCKET]), (LOAD, 0, 0, FIRST_ARGUMENT), (JUMP_EQUAL, 0, 1, AF_NETLINK),
                    (6, 0, 0, REFUSE | errno))
    else:
        first, second = calls[SEND if what == "send" else RECEIVE]
        load_filter((LOAD, 0, 0, 0), (JUMP_EQUAL, 1, 0, first), (JUMP_EQUAL, 0, 1, second), (6, 0, 0, REFUSE | errno))


if __name__ == "__main__":
    refuse(sys.argv[1], int(sys.argv[2]))
    os.execvp(sys.argv[3], sys.argv[3:])
