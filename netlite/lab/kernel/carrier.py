"""The carrier of a wire that is two veth pairs: who takes one end down takes it from the other, as with one."""

from __future__ import annotations

import fcntl
import socket
from contextlib import suppress
from errno import ENOBUFS
from struct import pack, unpack

from . import syscalls

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1  # <linux/sockios.h>, <linux/if.h>
RTMGRP_LINK = 1  # <linux/rtnetlink.h>


class Carrier:
    """Of one wire.  `outer` are its ends on nodes (namespace, device), `inner` the devices that face them.

    An inner end is up while the outer end on the *other* side is; so that one has a carrier.  `told` become readable
    when a device of the nodes changed.
    """

    def __init__(self, outer: tuple[tuple[int, str], tuple[int, str]], inner: tuple[str, str]):
        self._inner, self._outer_names = inner, tuple(device for _, device in outer)
        self.told: list[socket.socket] = []
        self._asked: list[socket.socket] = []
        for namespace, _ in outer:
            syscalls.setns(namespace, syscalls.CLONE_NEWNET)
            self._asked.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            told = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
            told.bind((0, RTMGRP_LINK))
            told.setblocking(False)
            self.told.append(told)

    def enter(self) -> None:
        """To be called once, in the namespace of the inner ends."""
        self._own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.follow()

    def follow(self) -> None:
        """Have the inner ends be as the outer ones are."""
        for told in self.told:
            drain(told)
        for asked, device, facing in zip(self._asked, self._outer_names, reversed(self._inner)):
            with suppress(OSError):  # it has another name now, or is gone
                up = flags_of(asked, device) & IFF_UP
                flags = flags_of(self._own, facing)
                if flags & IFF_UP != up:
                    fcntl.ioctl(self._own, SIOCSIFFLAGS, pack("16sH22x", facing.encode(), flags & ~IFF_UP | up))


def drain(told: socket.socket) -> None:
    """Forget what it says: the devices are asked anyway."""
    while True:
        try:
            told.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError as refusal:
            if refusal.errno != ENOBUFS:  # else more was said than it keeps
                return


def flags_of(sock: socket.socket, device: str) -> int:
    """The flags of a device in the namespace of a socket."""
    flags: int = unpack("16xH22x", fcntl.ioctl(sock, SIOCGIFFLAGS, pack("16s24x", device.encode())))[0]
    return flags
