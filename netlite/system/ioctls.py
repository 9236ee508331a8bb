"""The ioctls of netdevice(7), arp(7) and routes: what was asked of the kernel before netlink existed.

Here are their numbers and layouts, and `Ioctls`, the sockets on which they are made.  They know interfaces by
name, and an address label (``eth0:1``) counts as a name.
"""

from __future__ import annotations

import _socket
from _struct import Struct
from sys import byteorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .door import IoctlDoor

SIOCADDRT, SIOCDELRT = 0x890B, 0x890C
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
SIOCDARP, SIOCSARP = 0x8953, 0x8955
SIOCGIFMAP, SIOCSIFMAP = 0x8970, 0x8971
SIOCSKEEPALIVE, SIOCSOUTFILL = 0x89F0, 0x89F2  # of SLIP devices, among SIOCDEVPRIVATE

NAME_BYTES = 16
REQUEST = Struct("=16s24s")  # struct ifreq on 64-bit systems: the name, then a union
FLAGS = Struct("=H22x")
NUMBER = Struct("=i20x")
SOCKET_ADDRESS = Struct("=HH4s16x")  # struct sockaddr_in: family, port, address
HARDWARE = Struct("=H14s8x")  # struct sockaddr: ARPHRD_* type, 14 bytes of address
MAP = Struct("=QQHBBB3x")  # struct ifmap: mem_start, mem_end, base_addr, irq, dma, port
SOCKET_ADDRESS6 = Struct("=HHI16s")  # struct sockaddr_in6 without its zone: family, port, flow, address
ADDRESS6 = Struct("=16sIi")  # struct in6_ifreq: address, prefix length, interface index
INTERNET = Struct("=HH4s8x")  # struct sockaddr_in in its own size
# struct rtentry: destination, gateway, netmask (struct sockaddr_in), flags, metric, pointer to the device's name,
# segment size, window, initial round trip time
ROUTE = Struct("=8x16s16s16sH22xH6xQQQH6x")
ROUTE_DEVICE_AT = 88  # where that pointer is
# struct in6_rtmsg: destination, source, gateway, type, prefix lengths of both, metric, information, flags, index
ROUTE6 = Struct("=16s16s16sIHHI4xQII")
ARP = Struct("=16sH14sI16s16s")  # struct arpreq: address, hardware type and address, flags, netmask, device


def encoded_name(name: str) -> bytes:
    """The name of a device or label as a request carries it: at most 15 bytes.

    >>> encoded_name("eth0:1")
    b'eth0:1'
    """
    return name.encode("utf-8", "surrogateescape")[:NAME_BYTES - 1]


def ask(control: IoctlDoor, request: int, name: str) -> bytes:
    """The 24 bytes that answer `request` (SIOCGIF…) about interface or label `name`.  Raises OSError."""
    return control.call(_socket.AF_INET, request, REQUEST.pack(encoded_name(name), b""))[NAME_BYTES:]


class Sockets(dict[int, _socket.socket]):
    """A socket a family, opened at its first use."""

    def __missing__(self, af: int) -> _socket.socket:
        opened = self[af] = _socket.socket(af, _socket.SOCK_DGRAM | _socket.SOCK_CLOEXEC)
        return opened


class Ioctls:
    """The kernel of this network namespace, through one socket a family, opened at its first request."""

    def __init__(self) -> None:
        self._sockets = Sockets()

    def call(self, af: int, request: int, payload: bytes, pointer_at: int = 0,
             text: bytes | None = None) -> bytes:
        """Make `request` on a socket of family `af`; what the kernel made of the payload.

        Where there is a `text`, a pointer to it is put at `pointer_at`.  Raises OSError.  Reading needs no
        privilege, changing CAP_NET_ADMIN.
        """
        from fcntl import ioctl

        if text is None:
            return ioctl(self._sockets[af].fileno(), request, payload)
        from array import array

        kept = array("B", text + b"\0")
        pointer = kept.buffer_info()[0].to_bytes(8, byteorder)
        return ioctl(self._sockets[af].fileno(), request, payload[:pointer_at] + pointer + payload[pointer_at + 8:])

    def addresses(self) -> list[tuple[str, bytes]]:
        """Every IPv4 address with its name, the label of it or its device, in the kernel's order (SIOCGIFCONF)."""
        from array import array
        from fcntl import ioctl

        rows = 64
        while True:
            room = array("B", bytes(rows * REQUEST.size))
            answer = ioctl(self._sockets[_socket.AF_INET].fileno(), SIOCGIFCONF,
                           Struct("=i4xQ").pack(len(room), room.buffer_info()[0]))
            used = int.from_bytes(answer[:4], byteorder)
            if used < len(room) - REQUEST.size:
                break
            rows *= 4
        return [(name.split(b"\0")[0].decode("utf-8", "surrogateescape"), SOCKET_ADDRESS.unpack(union)[2])
                for name, union in REQUEST.iter_unpack(bytes(room[:used]))]

    def close(self) -> None:
        for opened in self._sockets.values():
            opened.close()
        self._sockets.clear()

    def __enter__(self) -> Ioctls:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
