"""The IPv4 routes of a node, kept as the kernel keeps them (net/ipv4/fib_frontend.c, fib_semantics.c, fib_trie.c).

Addresses are numbers of 32 bits.  The local table is not kept: it follows from the addresses (`Addresses4`).
"""

from __future__ import annotations

from ...records.record import Record
from ...records.routes import RouteFlags as Flag
from .devices import Address4, Device, Devices
from .refusal import refused
from .rows import Rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


UNIVERSE, LINK, HOST = 0, 253, 254  # RT_SCOPE_* of <linux/rtnetlink.h>
KERNEL, BOOT, STATIC = 2, 3, 4  # RTPROT_*: who made a route: addresses, ioctls, the topology


class Hop(Record):
    """A next hop: its address (0: the destination itself), and the device to it."""

    gateway: int
    device: Device


class Route4(Record):
    """One row.  Without `hops` it refuses what it matches; several share the flows.  `source` is the address
    that packets leave with, 0 for any; `rtt` counts eighths of milliseconds."""

    prefix: int
    length: int
    hops: tuple[Hop, ...] = ()
    scope: int = UNIVERSE
    metric: int = 0
    source: int = 0
    made_by: int = BOOT
    segment_bytes: int = 0
    window_bytes: int = 0
    rtt: int = 0

    @property
    def flags(self) -> int:
        """RTF_* as /proc/net/route shows them (fib_flag_trans)."""
        return (Flag.UP | (0 if self.hops else Flag.REJECT) | (Flag.HOST if self.length == 32 else 0)
                | (Flag.GATEWAY if self.hops and self.hops[0].gateway else 0))


class Routes4(Rows[Route4]):
    """The main table.  `forget` is told whose neighbours are forgotten, because IPv4 ended on it."""

    def __init__(self, devices: Devices, forget: Callable[[Device], None]):
        super().__init__(lambda key: (key[0], -key[1]))  # by address, the longest prefix first
        self._devices = devices
        self._forget = forget

    def lookup(self, address: int, least_scope: int = UNIVERSE, device: Device | None = None) -> Route4 | None:
        """The row that a packet to `address` takes; with a device, one that leaves by it."""
        for length in range(32, -1, -1):
            for row in self._rows.get((address >> 32 - length << 32 - length, length), ()):
                if row.scope >= least_scope and (device is None or any(hop.device is device for hop in row.hops)):
                    return row
        return None

    def add(self, row: Route4, last: bool = False) -> None:
        """Before those with the same prefix and metric, or after them.  Raises EEXIST for the same row."""
        rows = self._rows.setdefault((row.prefix, row.length), [])
        if row in rows:
            raise refused("EEXIST")
        place = sum(other.metric < row.metric or last and other.metric == row.metric for other in rows)
        rows.insert(place, row)

    def refuse(self, add: bool, row: Route4) -> None:
        """SIOCADDRT and SIOCDELRT with RTF_REJECT: a row without next hop.  Raises EEXIST, ESRCH."""
        row = row.replace(scope=HOST)
        if add:
            return self.add(row)
        self._remove_first(row, lambda known: not known.hops)

    def insert(self, row: Route4, device: Device | None, gateway: int, owner: Device | None, unicast: bool) -> None:
        """SIOCADDRT (fib_check_nh): `row` gets its next hop, once that is found to be reachable.

        `owner` is the device that has the gateway as an address of its own, `unicast`: it is one other host.
        """
        if not gateway:
            if device is None:
                raise refused("ENODEV")
            row = row.replace(scope=LINK)
        elif owner is not None:
            if device not in (None, owner):
                raise refused("ENETUNREACH")
            row, device = row.replace(scope=LINK), owner
        else:
            way = self.lookup(gateway, LINK if unicast else HOST, device)
            if way is None or not way.hops:
                raise refused("ENETUNREACH" if way is None else "EHOSTUNREACH")
            device = way.hops[0].device
        if not device.is_up:
            raise refused("ENETDOWN")
        self.add(row.replace(hops=(Hop(gateway, device),)))

    def delete(self, row: Route4, device: Device | None, gateway: int, universe: bool) -> None:
        """SIOCDELRT (fib_table_delete): the first row that has all that is said; `universe`: of global scope."""
        def same(known: Route4) -> bool:
            hop = known.hops[0] if known.hops else None
            return hop is not None and device in (None, hop.device) and gateway in (0, hop.gateway) and (
                not universe or known.scope == UNIVERSE)

        self._remove_first(row, same)

    def _remove_first(self, row: Route4, same: Callable[[Route4], bool]) -> None:
        for known in self._rows.get((row.prefix, row.length), ()):
            if same(known) and row.metric in (0, known.metric) and row.source in (0, known.source):
                return self.remove(known)
        raise refused("ESRCH")

    def address_came(self, address: Address4) -> None:
        """The prefix of a new address is reached by its device (fib_add_ifaddr)."""
        device = address.device
        if not device.is_up or device.is_loopback or address.secondary or not address.prefix:
            return
        if address.prefix == address.local and address.length == 32:
            return
        row = Route4(address.prefix, address.length, (Hop(0, device),), LINK, 0, address.local, KERNEL)
        if row not in self._rows.get((row.prefix, row.length), ()):
            self.add(row, last=True)

    def address_went(self, address: Address4) -> None:
        """The routes of an address that is gone (fib_del_ifaddr); with the last one of a device, all by it."""
        device = address.device
        self.remove_where(lambda row: row.source == address.local and not self._has(address.local)
                          or row.made_by == KERNEL and row.source == address.local and row.hops[0].device is device
                          and (row.prefix, row.length) == (address.prefix, address.length))
        if not device.addresses4:
            self.device_went(device)

    def _has(self, local: int) -> bool:
        return any(each.local == local for device in self._devices for each in device.addresses4)

    def device_came(self, device: Device) -> None:
        """A device that went up brings the prefixes of its addresses, and no other route."""
        for address in device.addresses4:
            self.address_came(address)

    def device_went(self, device: Device) -> None:
        """A device that went down, or lost its last address, takes its routes and neighbours along (fib_disable_ip)."""
        self._forget(device)
        self.remove_where(lambda row: bool(row.hops) and all(hop.device is device for hop in row.hops))
