"""The devices of a node with their addresses: names, flags, MTU (net/core/dev.c, net/core/dev_ioctl.c).

IP addresses are numbers of 32 or 128 bits.
"""

from __future__ import annotations

from ...records.interfaces import InterfaceFlags as Flag
from .addresses import class_length, is_link_local, mask_of
from .refusal import refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..scene.parts import Interface

ETHERNET, LOOPBACK = 1, 772  # ARPHRD_*
LOOPBACK_MTU_BYTES, QUEUE_PACKETS = 65536, 1000
LEAST_MTU_BYTES, MOST_MTU_BYTES = 68, 65535  # of a veth device
IPV4_MTU_BYTES, IPV6_MTU_BYTES = 68, 1280  # below, a device has no addresses of that version
NAME_BYTES = 15
FRAME_HEADER_BYTES = 14
UNIVERSE4, HOST4 = 0, 254  # RT_SCOPE_* of <linux/rtnetlink.h>
GLOBAL6, HOST6, LINK6 = 0x00, 0x10, 0x20  # scopes as /proc/net/if_inet6 shows them
LOOPBACK6 = 1
# What SIOCSIFFLAGS switches; the other flags stay as they are (__dev_change_flags).
SWITCHED = (Flag.UP | Flag.DEBUG | Flag.NOTRAILERS | Flag.NOARP | Flag.PROMISC | Flag.ALLMULTI | Flag.MULTICAST
            | Flag.PORTSEL | Flag.AUTOMEDIA | Flag.DYNAMIC)


class Traffic:
    """What passed a device."""

    __slots__ = ("rx_bytes", "rx_packets", "tx_bytes", "tx_packets")

    def __init__(self) -> None:
        self.rx_bytes = self.rx_packets = self.tx_bytes = self.tx_packets = 0

    def sent(self, size_bytes: int) -> None:
        """A packet left; the kernel counts its Ethernet header too."""
        self.tx_packets += 1
        self.tx_bytes += size_bytes + FRAME_HEADER_BYTES

    def received(self, size_bytes: int) -> None:
        """A packet came."""
        self.rx_packets += 1
        self.rx_bytes += size_bytes + FRAME_HEADER_BYTES


class Device:
    """One device.  `port` is the end of the wire that it is, None for lo; `has_carrier` asks for the other end."""

    def __init__(self, index: int, name: str, port: Interface | None, hardware: bytes, traffic: Traffic,
                 has_carrier: Callable[[Interface], bool]):
        self.index, self.name, self.port = index, name, port
        self.kind = LOOPBACK if port is None else ETHERNET
        self.hardware = hardware
        self.mtu_bytes = LOOPBACK_MTU_BYTES if port is None else port.wire.mtu_bytes
        self.queue_packets = QUEUE_PACKETS
        self.flags = Flag.UP | (Flag.LOOPBACK if port is None else Flag.BROADCAST | Flag.MULTICAST)
        self.traffic = traffic
        self.addresses4: list[Address4] = []
        self.addresses6: list[Address6] = []
        self._has_carrier = has_carrier

    @property
    def key(self) -> str:
        """The name that it has in the topology, and keeps there."""
        return "lo" if self.port is None else self.port.device

    @property
    def is_up(self) -> bool:
        return bool(self.flags & Flag.UP)

    @property
    def is_loopback(self) -> bool:
        return self.port is None

    @property
    def resolves(self) -> bool:
        """Whether it asks for the hardware addresses of its neighbours, and answers for its own."""
        return not self.flags & (Flag.NOARP | Flag.LOOPBACK)

    @property
    def has_carrier(self) -> bool:
        """Whether both ends of the wire are up."""
        return self.is_up and (self.port is None or self._has_carrier(self.port))

    @property
    def shown_flags(self) -> int:
        """With RUNNING, which tells of the carrier."""
        return self.flags | (Flag.RUNNING if self.has_carrier else 0)

    def set_flags(self, flags: int) -> int:
        """Switch what may be switched; the flags that changed."""
        before = self.flags
        self.flags = flags & SWITCHED | before & ~SWITCHED
        return before ^ self.flags

    def set_mtu(self, mtu_bytes: int) -> None:
        """Raises EINVAL beyond what the driver takes."""
        low, high = (0, 1 << 31) if self.is_loopback else (LEAST_MTU_BYTES, MOST_MTU_BYTES)
        if not low <= mtu_bytes <= high:
            raise refused("EINVAL")
        self.mtu_bytes = mtu_bytes

    def set_queue(self, packets: int) -> None:
        """Raises EINVAL for a negative length."""
        if packets < 0:
            raise refused("EINVAL")
        self.queue_packets = packets

    def set_hardware(self, kind: int, address: bytes) -> None:
        """Raises EINVAL for another kind of device, EADDRNOTAVAIL for a group or zero (eth_mac_addr)."""
        if kind != self.kind:
            raise refused("EINVAL")
        address = address[:6]
        if address[0] & 1 or not any(address):
            raise refused("EADDRNOTAVAIL")
        self.hardware = address


class Address4:
    """One address.  `other` is the far end of a point-to-point link, else the address itself; `secondary`: an
    earlier one is in the same prefix."""

    def __init__(self, device: Device, local: int, label: str):
        self.device, self.label = device, label
        self.local = self.other = local
        self.length = 32 if device.flags & Flag.POINTOPOINT else class_length(local)
        self.broadcast = 0
        self.scope = HOST4 if local >> 24 == 127 else UNIVERSE4
        self.secondary = False

    @property
    def mask(self) -> int:
        return mask_of(self.length)

    @property
    def prefix(self) -> int:
        return self.other & self.mask

    def covers(self, address: int) -> bool:
        """Whether an address is in its prefix."""
        return address & self.mask == self.prefix

    def relabel(self, name: str, place: int) -> None:
        """The device is called `name` now; the first address (place 0) has no other label (inetdev_changename)."""
        suffix = ":" + self.label.partition(":")[2] if ":" in self.label else f":{place + 1}"
        self.label = name if place == 0 else name[:NAME_BYTES - len(suffix)] + suffix


class Address6:
    """One address and the length of its prefix; `without_detection`: nobody was asked whether it is in use (nodad)."""

    def __init__(self, device: Device, local: int, length: int, without_detection: bool = False):
        self.device, self.local, self.length = device, local, length
        self.without_detection = without_detection

    @property
    def prefix(self) -> int:
        return self.local >> 128 - self.length << 128 - self.length

    @property
    def scope(self) -> int:
        return HOST6 if self.local == LOOPBACK6 else LINK6 if is_link_local(self.local) else GLOBAL6


class Devices:
    """The devices of a node, lo first."""

    def __init__(self, devices: list[Device]):
        self._devices = devices

    def __iter__(self) -> Iterator[Device]:
        return iter(self._devices)

    def named(self, name: str) -> Device:
        """Raises ENODEV."""
        for device in self._devices:
            if device.name == name:
                return device
        raise refused("ENODEV")

    def numbered(self, index: int) -> Device:
        """Raises ENODEV."""
        if not 0 < index <= len(self._devices):
            raise refused("ENODEV")
        return self._devices[index - 1]

    def keyed(self, key: str) -> Device:
        """The device that the topology calls so."""
        return next(device for device in self._devices if device.key == key)

    def at(self, port: Interface | None) -> Device:
        """The device that is this end of a wire; lo for None."""
        return next(device for device in self._devices if device.port is port)

    def rename(self, device: Device, name: str) -> None:
        """Raises EINVAL for what is no name, EEXIST for one in use (dev_change_name)."""
        if name == device.name:
            return
        if "%" in name:
            name = self._numbered_name(name)
        if not is_name(name):
            raise refused("EINVAL")
        if any(each.name == name for each in self._devices):
            raise refused("EEXIST")
        device.name = name
        for place, address in enumerate(device.addresses4):
            address.relabel(name, place)

    def _numbered_name(self, pattern: str) -> str:
        """The first free name of a pattern like eth%d; raises EINVAL for any other."""
        if pattern.count("%") != 1 or "%d" not in pattern:
            raise refused("EINVAL")
        names = {device.name for device in self._devices}
        free = (pattern.replace("%d", str(number)) for number in range(len(names) + 1))
        return next(name for name in free if name not in names)


def is_name(name: str) -> bool:
    """Whether a device may be called so (dev_valid_name).

    >>> is_name("wan0"), is_name("eth0:1"), is_name(".")
    (True, False, False)
    """
    return 0 < len(name) <= NAME_BYTES and name not in (".", "..") and not any(
        letter in "/:" or letter.isspace() for letter in name)
