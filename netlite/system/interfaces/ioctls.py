"""The interface ioctls of netdevice(7): what ifconfig asked before netlink existed.

They know interfaces by name, and an address label (``eth0:1``) counts as a name.  Answers are
the 24 bytes of `struct ifreq` after the name; `parse_*` turn them into values.
"""

from __future__ import annotations

import _socket
from struct import Struct

SIOCGIFCONF = 0x8912
SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8913, 0x8914
SIOCGIFADDR, SIOCSIFADDR = 0x8915, 0x8916
SIOCGIFDSTADDR, SIOCSIFDSTADDR = 0x8917, 0x8918
SIOCGIFBRDADDR, SIOCSIFBRDADDR = 0x8919, 0x891A
SIOCGIFNETMASK, SIOCSIFNETMASK = 0x891B, 0x891C
SIOCGIFMTU, SIOCSIFMTU = 0x8921, 0x8922
SIOCSIFNAME = 0x8923
SIOCSIFHWADDR, SIOCGIFHWADDR = 0x8924, 0x8927
SIOGIFINDEX = 0x8933
SIOCDIFADDR = 0x8936
SIOCGIFTXQLEN, SIOCSIFTXQLEN = 0x8942, 0x8943
SIOCGIFMAP, SIOCSIFMAP = 0x8970, 0x8971

NAME_BYTES = 16
REQUEST = Struct("=16s24s")  # struct ifreq on 64-bit systems: the name, then a union
FLAGS = Struct("=H22x")
NUMBER = Struct("=i20x")
SOCKET_ADDRESS = Struct("=HH4s16x")  # struct sockaddr_in: family, port, address
HARDWARE = Struct("=H14s8x")  # struct sockaddr: ARPHRD_* type, 14 bytes of address
MAP = Struct("=QQHBBB3x")  # struct ifmap: mem_start, mem_end, base_addr, irq, dma, port


class InterfaceIoctls:
    """Asks the kernel of this network namespace.  Reading needs no privilege."""

    def __init__(self):
        self._socket = _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM | _socket.SOCK_CLOEXEC)

    def names(self) -> list[str]:
        """Every name that has an IPv4 address, labels included, in the kernel's order (SIOCGIFCONF)."""
        from array import array
        from fcntl import ioctl

        rows = 64
        while True:
            room = array("B", bytes(rows * REQUEST.size))
            answer = ioctl(self._socket.fileno(), SIOCGIFCONF,
                           Struct("=i4xQ").pack(len(room), room.buffer_info()[0]))
            used = int.from_bytes(answer[:4], "little")
            if used < len(room) - REQUEST.size:
                break
            rows *= 4
        return list(dict.fromkeys(name.split(b"\0")[0].decode("utf-8", "surrogateescape")
                                  for name, _ in REQUEST.iter_unpack(bytes(room[:used]))))

    def get(self, request: int, name: str) -> bytes:
        """The 24 answer bytes to `request` (SIOCGIF…) about `name`.  Raises OSError."""
        from fcntl import ioctl

        packed = name.encode("utf-8", "surrogateescape")[:NAME_BYTES - 1]
        return ioctl(self._socket.fileno(), request, REQUEST.pack(packed, b""))[NAME_BYTES:]

    def close(self) -> None:
        self._socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
