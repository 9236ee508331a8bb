"""Changing interfaces by the ioctls of netdevice(7), as ifconfig always did.

These ioctls define the effects (class masks, automatic broadcast, labels, UP on address) and the
errors; only what they cannot do goes through netlink (system.netlink.changes).  All need CAP_NET_ADMIN
to change something and raise KernelRefused with the ioctl's name.
"""

from __future__ import annotations

import _socket

from ...errors import KernelRefused
from .. import ioctls

REQUESTS = {name: getattr(ioctls, name) for name in (
    "SIOCSIFADDR", "SIOCSIFNETMASK", "SIOCSIFBRDADDR", "SIOCSIFDSTADDR", "SIOCSIFMTU", "SIOCSIFTXQLEN",
    "SIOCSIFHWADDR", "SIOCSIFNAME", "SIOCSIFFLAGS", "SIOCSIFMAP", "SIOCGIFMAP", "SIOCGIFFLAGS", "SIOGIFINDEX",
    "SIOCGIFADDR", "SIOCGIFNETMASK", "SIOCGIFBRDADDR", "SIOCDIFADDR", "SIOCSKEEPALIVE", "SIOCSOUTFILL")}

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..door import Door, IoctlDoor


class InterfaceChanges:
    """The ioctls of a world, by name.

    They are made on a socket of family `af`: that of AF_INET alone minds labels.  `errno` makes every call fail with
    it: a family this system lacks.
    """

    def __init__(self, world: Door, errno: int = 0, af: int = _socket.AF_INET):
        self._errno, self._af = errno, af
        self._ioctls: IoctlDoor = world.ioctls

    def call(self, what: str, name: str, payload: bytes = b"", af: int | None = None) -> bytes:
        """The ioctl `what` on interface or label `name`; returns the union of struct ifreq."""
        request = ioctls.REQUEST.pack(ioctls.encoded_name(name), payload)
        return self._call(what, af or self._af, request)[ioctls.NAME_BYTES:]

    def _call(self, what: str, af: int, request: bytes) -> bytes:
        if self._errno:
            raise KernelRefused(self._errno, what)
        try:
            return self._ioctls.call(af, REQUESTS[what], request)
        except OSError as refusal:
            raise KernelRefused(refusal.errno, what) from None

    def flags(self, name: str) -> int:
        """The flags of an interface, 16 bits of IFF_*."""
        flags: int = ioctls.FLAGS.unpack(self.call("SIOCGIFFLAGS", name, af=_socket.AF_INET))[0]
        return flags

    def set_flags(self, name: str, on: int, off: int = 0) -> None:
        """Switch flags (16 bits of IFF_*) on and off; off always as IPv4 has it, so that a label goes down alone."""
        flags = ioctls.FLAGS.pack(self.flags(name) & ~off & 0xFFFF | on)
        self.call("SIOCSIFFLAGS", name, flags, _socket.AF_INET if off else self._af)

    def set_address(self, what: str, name: str, address: str) -> None:
        """SIOCSIFADDR, SIOCSIFNETMASK, SIOCSIFBRDADDR or SIOCSIFDSTADDR with an address; IPv6 does not know how."""
        if ":" in address:
            packed = _socket.inet_pton(_socket.AF_INET6, address)
            self.call(what, name, ioctls.SOCKET_ADDRESS6.pack(_socket.AF_INET6, 0, 0, packed), _socket.AF_INET6)
        else:
            packed = _socket.inet_aton(address)
            self.call(what, name, ioctls.SOCKET_ADDRESS.pack(_socket.AF_INET, 0, packed), _socket.AF_INET)

    def address(self, what: str, name: str) -> str:
        """The answer to SIOCGIFADDR, SIOCGIFNETMASK or SIOCGIFBRDADDR."""
        return _socket.inet_ntoa(ioctls.SOCKET_ADDRESS.unpack(self.call(what, name, af=_socket.AF_INET))[2])

    def labels(self) -> list[str]:
        """Every name that has an IPv4 address, in the kernel's order (SIOCGIFCONF).  Raises OSError."""
        return list(dict.fromkeys(name for name, _ in self._ioctls.addresses()))

    def set_number(self, what: str, name: str, value: int) -> None:
        """SIOCSIFMTU, SIOCSIFTXQLEN, SIOCSKEEPALIVE or SIOCSOUTFILL."""
        self.call(what, name, ioctls.NUMBER.pack(value))

    def set_hardware_address(self, name: str, kind: int, address: bytes) -> None:
        """SIOCSIFHWADDR; `kind` is ARPHRD_*."""
        self.call("SIOCSIFHWADDR", name, ioctls.HARDWARE.pack(kind, address))

    def rename(self, name: str, new_name: str) -> None:
        """SIOCSIFNAME; a name longer than 15 bytes is cut."""
        self.call("SIOCSIFNAME", name, ioctls.encoded_name(new_name))

    def set_map(self, name: str, **changes: int) -> None:
        """Change fields of struct ifmap: mem_start, base_address, irq, port."""
        places = ("mem_start", "mem_end", "base_address", "irq", "dma", "port")
        values = dict(zip(places, ioctls.MAP.unpack(self.call("SIOCGIFMAP", name))))
        self.call("SIOCSIFMAP", name, ioctls.MAP.pack(*(values | changes).values()))

    def index(self, name: str) -> int:
        """The number of an interface."""
        index: int = ioctls.NUMBER.unpack(self.call("SIOGIFINDEX", name))[0]
        return index

    def change_ipv6(self, what: str, index: int, address: str, prefix_bits: int) -> None:
        """SIOCSIFADDR, SIOCDIFADDR or SIOCSIFDSTADDR with a struct in6_ifreq."""
        packed = _socket.inet_pton(_socket.AF_INET6, address)
        self._call(what, _socket.AF_INET6, ioctls.ADDRESS6.pack(packed, prefix_bits, index))

    def close(self) -> None:
        self._ioctls.close()

    def __enter__(self) -> InterfaceChanges:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
