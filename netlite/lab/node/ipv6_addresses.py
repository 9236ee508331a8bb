"""The IPv6 addresses of a node's devices, changed as net/ipv6/addrconf.c changes them.

Addresses are numbers of 128 bits.  There is no duplicate address detection: the lab has none.
"""

from __future__ import annotations

from .devices import GLOBAL6, HOST6, IPV6_MTU_BYTES, LINK6, LOOPBACK6, Address6, Device, Devices
from .ipv6_routes import Routes6
from .refusal import refused

PERMANENT = 0x80


class Addresses6:
    """All IPv6 addresses of a node."""

    def __init__(self, devices: Devices, routes: Routes6):
        self._devices = devices
        self._routes = routes

    def is_local(self, address: int) -> bool:
        """Whether packets to `address` stay here."""
        return any(address == each.local for device in self._devices for each in device.addresses6)

    def add(self, device: Device, local: int, length: int) -> None:
        """SIOCSIFADDR (inet6_addr_add).  Raises EINVAL, EADDRNOTAVAIL, EEXIST."""
        if length > 128 or device.mtu_bytes < IPV6_MTU_BYTES:
            raise refused("EINVAL")
        if not local or local >> 120 == 0xFF or local == LOOPBACK6 and not device.is_loopback:
            raise refused("EADDRNOTAVAIL")
        if any(each.local == local for each in device.addresses6):
            raise refused("EEXIST")
        self.put(device, local, length)

    def put(self, device: Device, local: int, length: int, without_detection: bool = False) -> None:
        """As `add`, of what is known to be right: first what reaches farthest (ipv6_link_dev_addr)."""
        address = Address6(device, local, length, without_detection)
        place = next((place for place, each in enumerate(device.addresses6)
                      if _reach(address) >= _reach(each)), len(device.addresses6))
        device.addresses6.insert(place, address)
        if device.is_up:
            self._routes.address_came(address)

    def remove(self, device: Device, local: int, length: int) -> None:
        """SIOCDIFADDR (inet6_addr_del).  Raises EINVAL, ENXIO where the device has no IPv6, EADDRNOTAVAIL."""
        if length > 128:
            raise refused("EINVAL")
        if device.mtu_bytes < IPV6_MTU_BYTES:
            raise refused("ENXIO")
        for address in device.addresses6:
            if (address.local, address.length) == (local, length):
                return self._take(address)
        raise refused("EADDRNOTAVAIL")

    def _take(self, address: Address6) -> None:
        address.device.addresses6.remove(address)
        self._routes.address_went(address)

    def device_changed(self, device: Device, was_there: bool) -> None:
        """It went up or down, or has another MTU (addrconf_notify): down it keeps no address, up it makes the one
        that its hardware address gives it (RFC 4291 appendix A)."""
        is_there = device.is_up and device.mtu_bytes >= IPV6_MTU_BYTES
        if was_there and not is_there:
            device.addresses6.clear()
            self._routes.device_went(device)
        elif is_there and not was_there:
            self._routes.device_came(device)
            self.put(device, *((LOOPBACK6, 128) if device.is_loopback else (link_local(device.hardware), 64)))


def _reach(address: Address6) -> int:
    return {HOST6: 1, LINK6: 2, GLOBAL6: 14}[address.scope]


def link_local(hardware: bytes) -> int:
    """The address that a device makes of its hardware address (RFC 4291 appendix A).

    >>> hex(link_local(bytes.fromhex("020000000101")))
    '0xfe80000000000000000000fffe000101'
    """
    identifier = bytes([hardware[0] ^ 2]) + hardware[1:3] + b"\xff\xfe" + hardware[3:]
    return 0xFE80 << 112 | int.from_bytes(identifier, "big")
