"""Routes: the kernel's tables of destinations and next hops."""

from __future__ import annotations

from .record import Record


class RouteFlags:
    """The flag word of a route: RTF_* of <linux/route.h> and <linux/ipv6_route.h>."""

    UP = 0x1
    GATEWAY = 0x2
    HOST = 0x4
    REINSTATE = 0x8
    DYNAMIC = 0x10
    MODIFIED = 0x20
    MTU = 0x40
    WINDOW = 0x80
    IRTT = 0x100
    REJECT = 0x200
    NOTCACHED = 0x400
    DEFAULT = 0x10000
    ALLONLINK = 0x20000
    ADDRCONF = 0x40000
    NONEXTHOP = 0x200000
    EXPIRES = 0x400000
    CACHE = 0x1000000
    FLOW = 0x2000000
    POLICY = 0x4000000
    LOCAL = 0x80000000


class Route(Record):
    """One route.  Addresses are packed, 4 or 16 bytes; a gateway of zeros is none.

    `interface` is ``*`` where packets go nowhere.  `mss_bytes` is the largest TCP segment plus 40
    bytes of headers, `window_bytes` TCP's, `irtt` the first round trip time in the kernel's units;
    0 each where the route says nothing, as it does for IPv6.
    """

    destination: bytes
    prefix_length: int
    gateway: bytes
    flags: int
    metric: int
    references: int
    uses: int
    interface: str
    mss_bytes: int = 0
    window_bytes: int = 0
    irtt: int = 0
