"""All routes of a node: those of the main table, and of the local one, which follow from the addresses.

*From the kernel*: fib_add_ifaddr of net/ipv4/fib_frontend.c, net/ipv6/addrconf.c, inet_rtm_getroute and its IPv6 twin.
"""

from __future__ import annotations

from ...records.record import Record
from .addresses import ALL_ONES, as_number, is_link_local
from .devices import Device
from .ipv4_routes import HOST, KERNEL, LINK, Hop, Route4
from .ipv6_routes import GROUPS, KERNEL_METRIC, Route6, tree_order
from .kernel import Kernel
from .refusal import refused

MAIN, LOCAL = 254, 255  # RT_TABLE_*
UNICAST, LOCALLY, BROADCAST, ANYCAST, MULTICAST, UNREACHABLE = 1, 2, 3, 4, 5, 7  # RTN_*
FEW_BITS = 4  # an IPv4 route to a group that has fewer says nothing of it (__mkroute_output)


class Entry(Record):
    """A route of either version; addresses are numbers, 0 where there is none.  `kind` is an RTN_* number."""

    table: int
    kind: int
    prefix: int
    length: int
    hops: tuple[Hop, ...]
    metric: int = 0
    made_by: int = KERNEL
    source: int = 0
    scope: int = 0
    segment_bytes: int = 0
    window_bytes: int = 0
    rtt: int = 0


class Way(Record):
    """What becomes of a packet: by a route of this `kind` it goes out of `device` (lo: it stays), to `gateway` (0:
    directly)."""

    kind: int
    device: Device
    gateway: int
    source: int
    table: int


def entries4(kernel: Kernel) -> list[Entry]:
    """All IPv4 routes, the main table first."""
    return [_main4(row) for row in kernel.routes4] + _local4(kernel)


def _main4(row: Route4) -> Entry:
    return Entry(MAIN, UNICAST if row.hops else UNREACHABLE, row.prefix, row.length, row.hops, row.metric, row.made_by,
                 row.source, row.scope, row.segment_bytes, row.window_bytes, row.rtt)


def _local4(kernel: Kernel) -> list[Entry]:
    """The own addresses and what loopback holds, even while a device is down; and the addresses of broadcast."""
    found: list[Entry] = []
    for device in kernel.devices:
        hops = Hop(0, device),
        for each in device.addresses4:
            first = next(other for other in device.addresses4 if not other.secondary and other.covers(each.local)) \
                if each.secondary else each
            found.append(Entry(LOCAL, LOCALLY, each.local, 32, hops, source=first.local, scope=HOST))
            everybody = [each.broadcast] if each.broadcast not in (0, ALL_ONES) else []
            if each.prefix and not each.secondary and (each.prefix != each.local or each.length < 32):
                if device.is_loopback:
                    found.append(Entry(LOCAL, LOCALLY, each.prefix, each.length, hops, source=each.local, scope=HOST))
                everybody += [each.prefix | ~each.mask & ALL_ONES] if each.length < 31 else []
            found += [Entry(LOCAL, BROADCAST, address, 32, hops, source=first.local, scope=LINK)
                      for address in everybody if device.is_up]
    return list(dict.fromkeys(found))


def entries6(kernel: Kernel) -> list[Entry]:
    """All IPv6 routes, the main table first."""
    return [_main6(row) for row in kernel.routes6] + local6(kernel)


def _main6(row: Route6) -> Entry:
    return Entry(MAIN, UNREACHABLE if row.refuses else UNICAST, row.prefix, row.length, (Hop(row.gateway, row.device),),
                 row.metric, row.made_by)


def local6(kernel: Kernel) -> list[Entry]:
    """The own addresses, the anycast address of each prefix (RFC 4291 section 2.6.1), and the groups of a device."""
    found = [Entry(LOCAL, LOCALLY, each.local, 128, (Hop(0, device),))
             for device in kernel.devices for each in device.addresses6]
    if kernel.forwards:
        found += dict.fromkeys(Entry(LOCAL, ANYCAST, each.prefix, 128, (Hop(0, device),)) for device in kernel.devices
                               if not device.is_loopback for each in device.addresses6 if each.length < 127)
    found += [Entry(LOCAL, MULTICAST, GROUPS, 8, (Hop(0, device),), KERNEL_METRIC)
              for device in kernel.devices if device.is_up and not device.is_loopback and device.addresses6]
    return sorted(found, key=lambda entry: tree_order(entry.prefix, entry.length))


def find(kernel: Kernel, address: str) -> Entry:
    """The route that a packet to `address` takes.  Raises ENETUNREACH, and EHOSTUNREACH where it is refused."""
    target = as_number(address)
    bits, entries = (128, local6(kernel)) if ":" in address else (32, _local4(kernel))
    held = [entry for entry in entries if target >> bits - entry.length == entry.prefix >> bits - entry.length]
    if held:
        return max(held, key=lambda entry: entry.length)
    kernel.exits(address)             # refuses where there is none
    if bits == 128:
        return _main6(kernel.routes6.lookup(target)[0])
    row4 = kernel.routes4.lookup(target)
    assert row4 is not None, "there is an exit"
    return _main4(row4)


def matched(kernel: Kernel, address: str) -> Entry:
    """The route that a look-up for `address` is told to have found; groups of IPv4 find none that is short."""
    entry = find(kernel, address)
    if ":" not in address and entry.table == MAIN and entry.length < FEW_BITS and kind_of(address, entry) != UNICAST:
        raise refused("EHOSTUNREACH")
    return entry


def kind_of(address: str, entry: Entry) -> int:
    """The kind of a way: IPv4 knows groups, and everybody, by the address."""
    if ":" not in address and entry.kind == UNICAST:
        target = as_number(address)
        return MULTICAST if target >> 28 == 14 else BROADCAST if target == ALL_ONES else UNICAST
    return entry.kind


def way(kernel: Kernel, address: str) -> Way:
    """What becomes of a packet to `address`.  Raises as `find`."""
    entry, version = find(kernel, address), 6 if ":" in address else 4
    kind = kind_of(address, entry)
    if entry.table == MAIN:
        out = kernel.exits(address)[0]
        gateway = as_number(out.next_hop) if kind == UNICAST and out.next_hop != address else 0
        return Way(kind, out.device, gateway, as_number(kernel.source(out, address)), entry.table)
    device = entry.hops[0].device
    strict = version == 6 and (is_link_local(entry.prefix) or kind == MULTICAST)
    stays = kind in (LOCALLY, ANYCAST) and not strict
    source = entry.source if version == 4 else as_number(kernel.source6(as_number(address), device))
    return Way(kind, kernel.loopback if stays else device, 0, source, entry.table)
