"""Changing interfaces by the ioctls of netdevice(7), as ifconfig always did.

These ioctls define the effects (class masks, automatic broadcast, labels, UP on address) and the
errors; only what they cannot do goes through netlink (system.netlink.changes).  All need CAP_NET_ADMIN
to change something and raise KernelRefused with the ioctl's name.
"""

from __future__ import annotations

import _socket
from struct import pack

from ...errors import KernelRefused
from . import ioctls

EBADF, ENOTTY = 9, 25
SIOCSKEEPALIVE, SIOCSOUTFILL = 0x89F0, 0x89F2
SET = {name: getattr(ioctls, name) for name in (
    "SIOCSIFADDR", "SIOCSIFNETMASK", "SIOCSIFBRDADDR", "SIOCSIFDSTADDR", "SIOCSIFMTU", "SIOCSIFTXQLEN",
    "SIOCSIFHWADDR", "SIOCSIFNAME", "SIOCSIFFLAGS", "SIOCSIFMAP", "SIOCGIFMAP", "SIOCGIFFLAGS", "SIOGIFINDEX",
    "SIOCGIFADDR", "SIOCGIFNETMASK", "SIOCGIFBRDADDR", "SIOCDIFADDR")}
SET |= {"SIOCSKEEPALIVE": SIOCSKEEPALIVE, "SIOCSOUTFILL": SIOCSOUTFILL}


class InterfaceChanges:
    """One socket of a family, on which the ioctls are made.

    `errno` instead of a socket makes every call fail with it: a family this system lacks.
    """

    def __init__(self, af: int = _socket.AF_INET, errno: int = 0):
        self._errno = errno
        self._sockets = {} if errno else {af: _socket.socket(af, _socket.SOCK_DGRAM | _socket.SOCK_CLOEXEC)}
        self._af = af

    def call(self, what: str, name: str, payload: bytes = b"") -> bytes:
        """The ioctl `what` on interface or label `name`; returns the union of struct ifreq."""
        packed = name.encode("utf-8", "surrogateescape")[:ioctls.NAME_BYTES - 1]
        return self._ioctl(what, self._af, ioctls.REQUEST.pack(packed, payload))[ioctls.NAME_BYTES:]

    def _ioctl(self, what: str, af: int, request: bytes) -> bytes:
        from fcntl import ioctl

        if self._errno:
            raise KernelRefused(self._errno, what)
        try:
            if af not in self._sockets:
                self._sockets[af] = _socket.socket(af, _socket.SOCK_DGRAM | _socket.SOCK_CLOEXEC)
            return ioctl(self._sockets[af].fileno(), SET[what], request)
        except OSError as refusal:
            raise KernelRefused(refusal.errno, what) from None

    def flags(self, name: str) -> int:
        return ioctls.FLAGS.unpack(self.call("SIOCGIFFLAGS", name))[0]

    def set_flags(self, name: str, on: int, off: int = 0) -> None:
        """Switch flags (16 bits of IFF_*) on and off."""
        self.call("SIOCSIFFLAGS", name, ioctls.FLAGS.pack(self.flags(name) & ~off & 0xFFFF | on))

    def set_address(self, what: str, name: str, address: str) -> None:
        """SIOCSIFADDR, SIOCSIFNETMASK, SIOCSIFBRDADDR or SIOCSIFDSTADDR with an IPv4 address."""
        self.call(what, name, ioctls.SOCKET_ADDRESS.pack(_socket.AF_INET, 0, _socket.inet_aton(address)))

    def address(self, what: str, name: str) -> str:
        """The answer to SIOCGIFADDR, SIOCGIFNETMASK or SIOCGIFBRDADDR."""
        return _socket.inet_ntoa(ioctls.SOCKET_ADDRESS.unpack(self.call(what, name))[2])

    def set_number(self, what: str, name: str, value: int) -> None:
        """SIOCSIFMTU, SIOCSIFTXQLEN, SIOCSKEEPALIVE or SIOCSOUTFILL."""
        self.call(what, name, ioctls.NUMBER.pack(value))

    def set_hardware_address(self, name: str, kind: int, address: bytes) -> None:
        self.call("SIOCSIFHWADDR", name, ioctls.HARDWARE.pack(kind, address))

    def rename(self, name: str, new_name: str) -> None:
        """SIOCSIFNAME; a name longer than 15 bytes is cut."""
        self.call("SIOCSIFNAME", name, new_name.encode("utf-8", "surrogateescape")[:15])

    def set_map(self, name: str, **changes: int) -> None:
        """Change fields of struct ifmap: mem_start, base_address, irq, port."""
        places = ("mem_start", "mem_end", "base_address", "irq", "dma", "port")
        values = dict(zip(places, ioctls.MAP.unpack(self.call("SIOCGIFMAP", name))))
        self.call("SIOCSIFMAP", name, ioctls.MAP.pack(*(values | changes).values()))

    def index(self, name: str) -> int:
        return ioctls.NUMBER.unpack(self.call("SIOGIFINDEX", name))[0]

    def change_ipv6(self, what: str, index: int, address: str, prefix_bits: int) -> None:
        """SIOCSIFADDR, SIOCDIFADDR or SIOCSIFDSTADDR with a struct in6_ifreq."""
        packed = _socket.inet_pton(_socket.AF_INET6, address)
        self._ioctl(what, _socket.AF_INET6, pack("=16sIi", packed, prefix_bits, index))

    def close(self) -> None:
        for sock in self._sockets.values():
            sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
