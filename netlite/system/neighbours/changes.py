"""Changes of the IPv4 neighbour table, by the arp(7) ioctls."""

from __future__ import annotations

from _socket import AF_INET, inet_aton

from ...errors import KernelRefused
from .. import ioctls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..door import Door


class ArpRequest:
    """A struct arpreq (<linux/if_arp.h>) under construction: 68 bytes of three sockaddrs."""

    def __init__(self, address: str, flags: int):
        self.address = address
        self.flags = flags
        self.hardware_type = 0
        self.hardware_address = b""
        self.netmask: str | None = None
        self.device = ""

    def to_wire(self) -> bytes:
        return ioctls.ARP.pack(_internet(self.address), self.hardware_type, self.hardware_address, self.flags,
                               _internet(self.netmask) if self.netmask else b"", ioctls.encoded_name(self.device))


def set_neighbour(world: Door, request: ArpRequest) -> None:
    """Add or replace an entry (SIOCSARP; CAP_NET_ADMIN).  Raises KernelRefused."""
    _change(world, ioctls.SIOCSARP, "SIOCSARP", request)


def delete_neighbour(world: Door, request: ArpRequest) -> None:
    """Remove an entry (SIOCDARP; CAP_NET_ADMIN).  Raises KernelRefused."""
    _change(world, ioctls.SIOCDARP, "SIOCDARP", request)


def read_device_address(world: Door, device: str) -> tuple[int, bytes]:
    """Hardware type and address of an interface (SIOCGIFHWADDR).  Raises OSError."""
    with world.ioctls as control:
        return ioctls.HARDWARE.unpack(ioctls.ask(control, ioctls.SIOCGIFHWADDR, device))


def _internet(address: str) -> bytes:
    return ioctls.INTERNET.pack(AF_INET, 0, inet_aton(address))


def _change(world: Door, number: int, what: str, request: ArpRequest) -> None:
    with world.ioctls as control:
        try:
            control.call(AF_INET, number, request.to_wire())
        except OSError as refusal:
            raise KernelRefused(refusal.errno, what) from None
