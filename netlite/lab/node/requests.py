"""The ioctls of netdevice(7), arp(7) and routes, made on a kernel in memory: bytes in, bytes out."""

from __future__ import annotations

from _socket import AF_INET

from ...records.interfaces import InterfaceFlags
from ...records.neighbours import NeighbourFlag
from ...records.routes import RouteFlags
from ...system import ioctls
from .addresses import ALL_ONES, as_number, as_text, is_mask
from .devices import Device
from .ipv4_routes import LINK, Route4
from .kernel import Kernel
from .refusal import refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

HEADERS_BYTES = 40  # between a route's MTU and its segment size


class MemoryIoctls(ioctls.Ioctls):
    """The ioctls of a node.  `privileged`: whether the user may change anything."""

    def __init__(self, kernel: Kernel, privileged: bool):
        self._kernel = kernel
        self._privileged = privileged
        self._reading: dict[int, Callable[[str], bytes]] = {
            ioctls.SIOCGIFFLAGS: lambda name: ioctls.FLAGS.pack(self._device(name).shown_flags & 0xFFFF),
            ioctls.SIOCGIFMTU: lambda name: ioctls.NUMBER.pack(self._device(name).mtu_bytes),
            ioctls.SIOCGIFTXQLEN: lambda name: ioctls.NUMBER.pack(self._device(name).queue_packets),
            ioctls.SIOGIFINDEX: lambda name: ioctls.NUMBER.pack(self._device(name).index),
            ioctls.SIOCGIFHWADDR: lambda name: _hardware(self._device(name)),
            ioctls.SIOCGIFMAP: lambda name: _no_map(self._device(name)),
            ioctls.SIOCGIFADDR: lambda name: _socket_address(kernel.addresses4.get(name).local),
            ioctls.SIOCGIFDSTADDR: lambda name: _socket_address(kernel.addresses4.get(name).other),
            ioctls.SIOCGIFBRDADDR: lambda name: _socket_address(kernel.addresses4.get(name).broadcast),
            ioctls.SIOCGIFNETMASK: lambda name: _socket_address(kernel.addresses4.get(name).mask),
        }
        self._addressing: dict[int, Callable[[str, int], None]] = {
            ioctls.SIOCSIFADDR: kernel.addresses4.set_local, ioctls.SIOCSIFDSTADDR: kernel.addresses4.set_other,
            ioctls.SIOCSIFBRDADDR: kernel.addresses4.set_broadcast, ioctls.SIOCSIFNETMASK: kernel.addresses4.set_mask,
        }
        self._addressing6: dict[int, Callable[[Device, int, int], None]] = {
            ioctls.SIOCSIFADDR: kernel.addresses6.add, ioctls.SIOCDIFADDR: kernel.addresses6.remove,
            ioctls.SIOCSIFDSTADDR: _no_tunnel,
        }
        self._setting: dict[int, Callable[[Device, bytes], None]] = {
            ioctls.SIOCSIFMTU: lambda device, union: kernel.set_mtu(device, ioctls.NUMBER.unpack(union)[0]),
            ioctls.SIOCSIFTXQLEN: lambda device, union: device.set_queue(ioctls.NUMBER.unpack(union)[0]),
            ioctls.SIOCSIFHWADDR: lambda device, union: kernel.set_hardware(device, *ioctls.HARDWARE.unpack(union)),
            ioctls.SIOCSIFNAME: lambda device, union: kernel.devices.rename(device, _name(union[:ioctls.NAME_BYTES])),
            ioctls.SIOCSIFMAP: _not_supported, ioctls.SIOCSKEEPALIVE: _not_supported,
            ioctls.SIOCSOUTFILL: _not_supported,
        }

    def addresses(self) -> list[tuple[str, bytes]]:
        """Every address with its label."""
        return [(address.label, address.local.to_bytes(4, "big"))
                for device in self._kernel.devices for address in device.addresses4]

    def call(self, af: int, request: int, payload: bytes, pointer_at: int = 0,
             text: bytes | None = None) -> bytes:
        """As `Ioctls.call`; a text needs no pointer here."""
        if request in self._reading:
            name = _name(payload[:ioctls.NAME_BYTES])
            return payload[:ioctls.NAME_BYTES] + self._reading[request](name)
        self._change(af, request, payload, text)
        self._kernel.change()
        return payload

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> MemoryIoctls:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def _device(self, name: str) -> Device:
        """The device of a name; what follows a colon need not be a label of it (dev_ioctl)."""
        return self._kernel.devices.named(name.partition(":")[0])

    def _change(self, af: int, request: int, payload: bytes, device: bytes | None) -> None:
        private = request in (ioctls.SIOCSKEEPALIVE, ioctls.SIOCSOUTFILL)  # drivers refuse those themselves
        if not self._privileged and not private:
            raise refused("EPERM")
        if request in (ioctls.SIOCADDRT, ioctls.SIOCDELRT):
            change = self._change_route4 if af == AF_INET else self._change_route6
            return change(request == ioctls.SIOCADDRT, payload, device)
        if request in (ioctls.SIOCSARP, ioctls.SIOCDARP):
            return self._change_neighbour(request == ioctls.SIOCSARP, payload)
        if af != AF_INET and request in self._addressing6:
            address, length, index = ioctls.ADDRESS6.unpack_from(payload)
            return self._addressing6[request](self._kernel.devices.numbered(index), _number(address), length)
        name, union = ioctls.REQUEST.unpack(payload)
        if request in self._addressing and af == AF_INET:
            return self._addressing[request](_name(name), _number(ioctls.SOCKET_ADDRESS.unpack(union)[2]))
        if request == ioctls.SIOCSIFFLAGS:
            label = _name(name) if af == AF_INET else _name(name).partition(":")[0]
            return self._set_flags(label, ioctls.FLAGS.unpack(union)[0])
        if request not in self._setting:
            raise refused("ENOTTY")
        self._setting[request](self._device(_name(name)), union)

    def _set_flags(self, name: str, flags: int) -> None:
        """SIOCSIFFLAGS; a label has but UP, and goes away without."""
        device, address = self._kernel.addresses4.find(name)
        if ":" not in name:
            return self._kernel.set_flags(device, flags)
        if address is None:
            raise refused("EADDRNOTAVAIL")
        if not flags & InterfaceFlags.UP:
            self._kernel.addresses4.remove(address)

    def _change_route4(self, add: bool, payload: bytes, device_name: bytes | None) -> None:
        """rtentry_to_fib_config (net/ipv4/fib_frontend.c)."""
        destination, gateway, netmask, flags, metric, _, mtu, window, rtt = ioctls.ROUTE.unpack(payload)
        prefix, mask = _address_in(destination), ALL_ONES if flags & RouteFlags.HOST else _address_in(netmask)
        if not is_mask(mask) or prefix & ~mask & ALL_ONES:
            raise refused("EINVAL")
        row = Route4(prefix, mask.bit_count(), metric=max(0, metric - 1))
        routes = self._kernel.routes4
        if flags & RouteFlags.REJECT:
            return routes.refuse(add, row)
        device = None
        if device_name is not None:
            name = device_name.decode("utf-8", "surrogateescape")[:ioctls.NAME_BYTES - 1]
            device, label = self._kernel.addresses4.find(name)
            if ":" in name:
                if label is None:
                    raise refused("ENODEV")
                row = row.replace(source=label.local)
        via = _address_in(gateway)
        through = bool(flags & RouteFlags.GATEWAY)
        if not add:
            return routes.delete(row, device, via, through and bool(via) and self._kernel.addresses4.is_unicast(via))
        if through and not via:
            raise refused("EINVAL")
        if flags & (RouteFlags.MTU | RouteFlags.WINDOW | RouteFlags.IRTT):
            row = row.replace(segment_bytes=mtu - HEADERS_BYTES if flags & RouteFlags.MTU else 0,
                              window_bytes=window if flags & RouteFlags.WINDOW else 0,
                              rtt=rtt << 3 if flags & RouteFlags.IRTT else 0)
        addresses = self._kernel.addresses4
        routes.insert(row, device, via, addresses.owner(via), addresses.is_unicast(via))

    def _change_route6(self, add: bool, payload: bytes, _: bytes | None) -> None:
        """rtmsg_to_fib6_config (net/ipv6/route.c)."""
        destination, _, gateway, _, length, _, metric, _, flags, index = ioctls.ROUTE6.unpack(payload)
        device = self._kernel.devices.numbered(index) if index else None
        wanted = _number(destination), length, flags, device, _number(gateway), metric
        if add:
            own = self._kernel.addresses6.is_local(_number(gateway))
            return self._kernel.routes6.insert(*wanted, own, self._kernel.loopback)
        self._kernel.routes6.delete(*wanted)

    def _change_neighbour(self, add: bool, payload: bytes) -> None:
        """arp_ioctl (net/ipv4/arp.c)."""
        packed, kind, hardware, flags, netmask, name = ioctls.ARP.unpack(payload)
        address, publishes = as_text(_address_in(packed), 4), bool(flags & NeighbourFlag.PUBLISHED)
        if not publishes and flags & (NeighbourFlag.NETMASK | NeighbourFlag.DONT_PUBLISH):
            raise refused("EINVAL")
        if flags & NeighbourFlag.NETMASK and _address_in(netmask) not in (0, ALL_ONES):
            raise refused("EINVAL")
        device = self._kernel.devices.named(_name(name)) if name.rstrip(b"\0") else None
        if device is None and not publishes:
            device = self._device_to(address)
        if device is not None and flags & NeighbourFlag.COMPLETE and (kind or device.kind) != device.kind:
            raise refused("EINVAL")
        if publishes or device is None:
            return self._publish(add, address, device, kind, hardware)
        table = self._kernel.neighbours
        if not add:
            return table.delete(device.key, address)
        if device.flags & (InterfaceFlags.LOOPBACK | InterfaceFlags.POINTOPOINT):
            address = "0.0.0.0"       # arp_constructor: all neighbours on such a device are one
        table.set(device.key, address, hardware[:6], bool(flags & NeighbourFlag.PERMANENT))

    def _publish(self, add: bool, address: str, device: Device | None, kind: int, hardware: bytes) -> None:
        """An entry to answer for: of the device with that hardware address where none is named."""
        table = self._kernel.neighbours
        if not add:
            return table.unpublish(device.key if device else "", address)
        if device is None:
            device = next((each for each in self._kernel.devices
                           if (each.kind, each.hardware) == (kind, hardware[:6])), None)
        if device is None:
            raise refused("ENODEV")
        table.publish(device.key, address)

    def _device_to(self, address: str) -> Device:
        """The device on whose network an address is.  Raises ENETUNREACH."""
        if self._kernel.is_local(address):
            return self._kernel.loopback
        row = self._kernel.routes4.lookup(as_number(address), LINK)
        if row is None or not row.hops:
            raise refused("ENETUNREACH" if row is None else "EHOSTUNREACH")
        return row.hops[0].device


def _hardware(device: Device) -> bytes:
    return ioctls.HARDWARE.pack(device.kind, device.hardware)


def _no_map(device: Device) -> bytes:
    """Neither veth nor loopback devices have memory or interrupts to map."""
    return bytes(ioctls.MAP.size)


def _no_tunnel(device: Device, address: int, length: int) -> None:
    """SIOCSIFDSTADDR of IPv6 is for tunnels alone (addrconf_set_sit_dstaddr)."""
    raise refused("ENODEV")


def _not_supported(device: Device, union: bytes) -> None:
    """Drivers of veth and loopback devices do not take it."""
    raise refused("EOPNOTSUPP")


def _name(packed: bytes) -> str:
    return packed.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _number(packed: bytes) -> int:
    return int.from_bytes(packed, "big")


def _address_in(sockaddr: bytes) -> int:
    return _number(ioctls.INTERNET.unpack(sockaddr)[2])


def _socket_address(address: int) -> bytes:
    return ioctls.SOCKET_ADDRESS.pack(AF_INET, 0, address.to_bytes(4, "big"))
