"""What a link is opened with: everything that stays the same for all probes of a run."""

from __future__ import annotations

from .family import Family
from .record import Record


class MtuDiscovery:
    """Values of IP_MTU_DISCOVER and IPV6_MTU_DISCOVER, <linux/in.h>."""

    DONT = 0
    WANT = 1
    DO = 2
    PROBE = 3


class LinkSettings(Record):
    """Fields that every kind of link shares; None leaves the kernel's default.

    `destination` is an address in text (with %zone for link-local IPv6), `device` the interface
    to bind to, `source` the address to bind to, `mark` SO_MARK, `mtu_discovery` a value of
    `MtuDiscovery`, `traffic_class` the TOS or IPv6 traffic class byte, `flow_label` 20 bits.
    """

    family: Family
    destination: str
    source: str | None = None
    device: str | None = None
    ttl: int | None = None
    traffic_class: int | None = None
    flow_label: int | None = None
    mark: int | None = None
    mtu_discovery: int | None = None
    dont_route: bool = False
    debug: bool = False
