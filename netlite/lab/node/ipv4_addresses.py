"""The IPv4 addresses of a node's devices, changed as the ioctls of net/ipv4/devinet.c change them.

Addresses and masks are numbers of 32 bits.  What comes and goes is told to the routes, which follow.
"""

from __future__ import annotations

from ...records.interfaces import InterfaceFlags as Flag
from .addresses import ALL_ONES, class_length, is_mask
from .devices import IPV4_MTU_BYTES, Address4, Device, Devices
from .ipv4_routes import Routes4
from .refusal import refused


class Addresses4:
    """All IPv4 addresses of a node; a label such as eth0:1 names one, a device its first."""

    def __init__(self, devices: Devices, routes: Routes4):
        self._devices = devices
        self._routes = routes

    def is_local(self, address: int) -> bool:
        """Whether packets to `address` stay here: any address, and all of the loopback network."""
        return self.owner(address) is not None

    def is_broadcast(self, address: int) -> bool:
        """Whether `address` means everybody on a network of ours."""
        return address == ALL_ONES or any(
            address == each.broadcast or each.length < 31 and address == each.prefix | ~each.mask & ALL_ONES
            for device in self._devices if device.is_up and not device.is_loopback for each in device.addresses4)

    def is_unicast(self, address: int) -> bool:
        """Whether `address` means one other host."""
        return not (self.is_local(address) or self.is_broadcast(address) or address >> 28 == 14)

    def owner(self, local: int) -> Device | None:
        """The device that has a local address, None for an address of others."""
        return next((device for device in self._devices for each in device.addresses4
                     if local == each.local or device.is_loopback and each.covers(local)), None)

    def find(self, name: str) -> tuple[Device, Address4 | None]:
        """The device of a label, and the address that has the label.  Raises ENODEV."""
        device = self._devices.named(name.partition(":")[0])
        return device, next((each for each in device.addresses4 if each.label == name), None)

    def get(self, name: str) -> Address4:
        """The address with this label.  Raises ENODEV, EADDRNOTAVAIL."""
        address = self.find(name)[1]
        if address is None:
            raise refused("EADDRNOTAVAIL")
        return address

    def set_local(self, name: str, local: int) -> None:
        """SIOCSIFADDR: a label gets an address, with mask and broadcast address of its class; 0 takes it away."""
        device, address = self.find(name)
        if class_length(local) < 0:
            raise refused("EINVAL")
        if address is None:
            if device.mtu_bytes < IPV4_MTU_BYTES:
                raise refused("ENOBUFS")
        elif address.local == local:
            return
        else:
            self.remove(address)
        made = Address4(device, local, name if address is None else address.label)
        if device.flags & Flag.BROADCAST and made.length < 31:
            made.broadcast = local | ~made.mask & ALL_ONES
        self._insert(made)

    def set_broadcast(self, name: str, broadcast: int) -> None:
        """SIOCSIFBRDADDR."""
        address = self.get(name)
        if address.broadcast != broadcast:
            self.remove(address)
            address.broadcast = broadcast
            self._insert(address)

    def set_other(self, name: str, other: int) -> None:
        """SIOCSIFDSTADDR: the far end of a point-to-point link."""
        address = self.get(name)
        if address.other == other:
            return
        if class_length(other) < 0:
            raise refused("EINVAL")
        self.remove(address)
        address.other = other
        self._insert(address)

    def set_mask(self, name: str, mask: int) -> None:
        """SIOCSIFNETMASK; a broadcast address that was that of the old mask becomes that of the new one."""
        address = self.get(name)
        if not is_mask(mask):
            raise refused("EINVAL")
        if address.mask == mask:
            return
        was_usual = address.broadcast == address.local | ~address.mask & ALL_ONES
        self.remove(address)
        address.length = mask.bit_count()
        if address.device.flags & Flag.BROADCAST and address.length < 31 and was_usual:
            address.broadcast = address.local | ~mask & ALL_ONES
        self._insert(address)

    def remove(self, address: Address4) -> None:
        """Take an address away; the first of a prefix takes the others of it along (__inet_del_ifa)."""
        addresses = address.device.addresses4
        if not address.secondary:
            for other in [each for each in addresses if each.secondary and each.length == address.length
                          and each.covers(address.other)]:
                addresses.remove(other)
                self._routes.address_went(other)
        addresses.remove(address)
        self._routes.address_went(address)

    def _insert(self, address: Address4) -> None:
        """Raises EEXIST for one that is there already, EINVAL in a prefix of another scope (__inet_insert_ifa)."""
        if not address.local:
            return
        addresses, place = address.device.addresses4, 0
        address.secondary = False
        for number, other in enumerate(addresses, 1):
            if not other.secondary and address.scope <= other.scope:
                place = number
            if other.length == address.length and address.covers(other.other):
                if other.local == address.local:
                    raise refused("EEXIST")
                if other.scope != address.scope:
                    raise refused("EINVAL")
                address.secondary = True
        addresses.insert(len(addresses) if address.secondary else place, address)
        self._routes.address_came(address)

    def device_changed(self, device: Device) -> None:
        """It went up or down, or has another MTU (inetdev_event)."""
        if device.mtu_bytes < IPV4_MTU_BYTES:
            for address in list(device.addresses4):
                if address in device.addresses4:
                    self.remove(address)
