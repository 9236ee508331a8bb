"""The IPv6 routes of a node, kept as the kernel keeps them (net/ipv6/route.c, net/ipv6/ip6_fib.c).

Addresses are numbers of 128 bits.  The local table is not kept: it follows from the addresses (`Addresses6`).
"""

from __future__ import annotations

from ...records.record import Record
from ...records.routes import RouteFlags as Flag
from .devices import Address6, Device
from .ipv4_routes import BOOT, KERNEL
from .refusal import refused
from .rows import Rows

KERNEL_METRIC, USER_METRIC = 256, 1024  # IP6_RT_PRIO_ADDRCONF, IP6_RT_PRIO_USER
LINK_LOCAL, GROUPS = 0xFE80 << 112, 0xFF << 120
REFUSING = Flag.REJECT | Flag.NONEXTHOP


class Route6(Record):
    """One row; `gateway` 0 is the destination itself.  A row by lo refuses what it matches."""

    prefix: int
    length: int
    device: Device
    gateway: int = 0
    metric: int = KERNEL_METRIC
    flags: int = Flag.UP
    made_by: int = BOOT

    @property
    def refuses(self) -> bool:
        return bool(self.flags & Flag.REJECT)


class Routes6(Rows[Route6]):
    """The main table."""

    def __init__(self) -> None:
        super().__init__(lambda key: tree_order(*key))

    def lookup(self, address: int, device: Device | None = None) -> list[Route6]:
        """The rows that a packet to `address` may take, equal ones; with a device, those that leave by it."""
        for length in range(128, -1, -1):
            rows = [row for row in self._rows.get((address >> 128 - length << 128 - length, length), ())
                    if device in (None, row.device) and (row.device.is_up or row.refuses)]
            if rows:
                return [row for row in rows if row.metric == rows[0].metric and row.refuses == rows[0].refuses]
        return []

    def add(self, row: Route6) -> None:
        """After those with the same prefix and metric (fib6_add).  Raises EEXIST."""
        rows = self._rows.setdefault((row.prefix, row.length), [])
        if any((row.device, row.gateway, row.metric) == (other.device, other.gateway, other.metric) for other in rows):
            raise refused("EEXIST")
        rows.insert(sum(other.metric <= row.metric for other in rows), row)

    def insert(self, prefix: int, length: int, flags: int, device: Device | None, gateway: int, metric: int,
               own: bool, loopback: Device) -> None:
        """SIOCADDRT (ip6_route_add); `own`: the gateway is an address of this node."""
        if length > 128:
            raise refused("EINVAL")
        prefix = prefix >> 128 - length << 128 - length
        metric = metric or USER_METRIC
        on_link = bool(flags & Flag.HOST)  # the kernel takes RTF_HOST for RTNH_F_ONLINK, which has the same bit
        if on_link:
            if device is None:
                raise refused("ENODEV")
            if not device.is_up:
                raise refused("ENETDOWN")
        if flags & Flag.REJECT or device is loopback and prefix != 1:
            return self.add(Route6(prefix, length, loopback, 0, metric, REFUSING))
        if flags & Flag.GATEWAY:
            if own or not gateway or gateway >> 120 == 0xFF:
                raise refused("EINVAL")
            device = self._device_to(gateway, device, on_link)
        if device is None:
            raise refused("ENODEV")
        if not device.is_up:
            raise refused("ENETDOWN")
        self.add(Route6(prefix, length, device, gateway, metric, flags | Flag.UP))

    def _device_to(self, gateway: int, device: Device | None, on_link: bool) -> Device:
        """The device to a gateway (ip6_validate_gw); `on_link`: the gateway need not be reached by a route."""
        link_local = gateway >> 118 == LINK_LOCAL >> 118
        if not link_local and on_link:
            rows = [row for row in self.lookup(gateway) if not row.refuses and row.length]
            if rows and rows[0].device is not device:
                raise refused("EINVAL")
        elif not link_local:
            rows = [row for row in self.lookup(gateway) if not row.gateway and not row.refuses]
            if not rows or device not in (None, rows[0].device):
                raise refused("EHOSTUNREACH")
            device = rows[0].device
        if device is None or device.is_loopback:
            raise refused("EINVAL")
        return device

    def delete(self, prefix: int, length: int, flags: int, device: Device | None, gateway: int, metric: int) -> None:
        """SIOCDELRT (ip6_route_del): the first row that has all that is said.  Raises ESRCH."""
        prefix = prefix >> 128 - length << 128 - length if length <= 128 else 0
        for row in self._rows.get((prefix, length), ()):
            if device in (None, row.device) and (not flags & Flag.GATEWAY or row.gateway == gateway) \
                    and metric in (0, row.metric):
                return self.remove(row)
        raise refused("ESRCH")

    def address_came(self, address: Address6) -> None:
        """The prefix of a new address is reached by its device (addrconf_prefix_route)."""
        if address.local == 1:
            return
        row = self._row_of(address)
        if row not in self._rows.get((row.prefix, row.length), ()):
            self.add(row)

    def address_went(self, address: Address6) -> None:
        """The last address of a prefix takes its route along (cleanup_prefix_route)."""
        device = address.device
        if not any((each.prefix, each.length) == (address.prefix, address.length) for each in device.addresses6):
            self.remove_where(self._row_of(address).__eq__)

    @staticmethod
    def _row_of(address: Address6) -> Route6:
        """By lo nothing is reached: what its prefixes hold is refused (fib6_is_reject)."""
        device = address.device
        return Route6(address.prefix, address.length, device, flags=REFUSING if device.is_loopback else Flag.UP,
                      made_by=KERNEL)

    def device_came(self, device: Device) -> None:
        """A device that went up reaches those on its link; the addresses bring their prefixes themselves."""
        for address in device.addresses6:
            self.address_came(address)

    def device_went(self, device: Device) -> None:
        """A device that went down takes its routes along."""
        self.remove_where(lambda row: row.device is device)


def tree_order(prefix: int, length: int) -> str:
    """What sorts prefixes as the kernel walks its tree: first what is inside a prefix, then the prefix.

    >>> sorted([(0, 0), (0x20 << 120, 8), (0x2001 << 112, 16)], key=lambda key: tree_order(*key))[0][1]
    16
    """
    return f"{prefix:0128b}"[:length] + "2"
