"""What a builder of labs does first, so that it need not do the rest (warm_builder.py); loads no module in Python."""

from __future__ import annotations

import _socket
import os
import sys
from array import array

IDENTITY = ("Uid:", "Gid:", "CapEff:", "CapBnd:")


def identity() -> list[str]:
    """What a builder needs to have in common with the process that it asks."""
    with open("/proc/self/status") as file:
        lines = [line for line in file.read().splitlines() if line.startswith(IDENTITY)]
    return lines + [os.readlink(f"/proc/self/ns/{kind}") for kind in ("user", "net", "mnt", "pid")]


def ask(place: bytes, theirs: list[str]) -> None:
    """In a builder: have another do the work, and end with it."""
    if identity() != theirs:
        return
    asking = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        asking.connect(place)
    except OSError:
        return
    channel, user = sys.argv[1:3]
    asking.sendmsg([user.encode()], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, array("i", [0, 2, int(channel)]))])
    asking.recv(1)  # it is closed
    os._exit(0)
