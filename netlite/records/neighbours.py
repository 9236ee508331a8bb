"""The neighbour table: which hardware address answers for an IP address."""

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


NeighbourRow = tuple[str, int, int, str, str, str]
"""What a Neighbour holds, for those who have many and do not make objects of them."""


class NeighbourState:
    """NUD_* of <linux/neighbour.h>; RFC 4861 section 7.3.2 names most of them."""

    NONE = 0x00
    INCOMPLETE = 0x01
    REACHABLE = 0x02
    STALE = 0x04
    DELAY = 0x08
    PROBE = 0x10
    FAILED = 0x20
    NOARP = 0x40
    PERMANENT = 0x80
