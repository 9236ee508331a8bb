"""The neighbour table: which hardware address answers for an IPv4 address."""

from __future__ import annotations

from .record import Record


class NeighbourFlag:
    """ATF_* of <linux/if_arp.h>."""

    COMPLETE = 0x02
    PERMANENT = 0x04
    PUBLISHED = 0x08
    TRAILERS = 0x10
    NETMASK = 0x20
    DONT_PUBLISH = 0x40
    MAGIC = 0x80


class Neighbour(Record):
    """One row of /proc/net/arp; `hardware_address` is text, "" where the kernel has none."""

    address: str
    hardware_type: int
    flags: int
    hardware_address: str
    mask: str
    device: str
