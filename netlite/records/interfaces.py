"""Network interfaces: their flags, addresses and counters."""

from __future__ import annotations

from .record import Record


class InterfaceFlags:
    """The flag word of an interface: IFF_* of <linux/if.h>."""

    UP = 0x1
    BROADCAST = 0x2
    DEBUG = 0x4
    LOOPBACK = 0x8
    POINTOPOINT = 0x10
    NOTRAILERS = 0x20
    RUNNING = 0x40
    NOARP = 0x80
    PROMISC = 0x100
    ALLMULTI = 0x200
    MASTER = 0x400
    SLAVE = 0x800
    MULTICAST = 0x1000
    PORTSEL = 0x2000
    AUTOMEDIA = 0x4000
    DYNAMIC = 0x8000


class InterfaceCounters(Record):
    """The columns of /proc/net/dev, in their order: packets and bytes since the interface was made.

    `rx_frame` sums length, overrun, CRC and frame errors, `tx_carrier` carrier, aborted, window
    and heartbeat errors, `rx_dropped` holds missed packets too, as the kernel's file does.
    """

    rx_bytes: int
    rx_packets: int
    rx_errors: int
    rx_dropped: int
    rx_fifo: int
    rx_frame: int
    rx_compressed: int
    rx_multicast: int
    tx_bytes: int
    tx_packets: int
    tx_errors: int
    tx_dropped: int
    tx_fifo: int
    collisions: int
    tx_carrier: int
    tx_compressed: int


class HardwareMap(Record):
    """Where old hardware sits: shared memory, base I/O address, interrupt, DMA channel, port."""

    memory_start: int
    memory_end: int
    base_address: int
    interrupt: int
    dma: int
    port: int


class InterfaceAddress(Record):
    """One IP address of an interface.

    `peer` is the other end's address (`address` itself where there is none), `broadcast` is
    "0.0.0.0" where none is set; both are None for IPv6.  `scope` is the kernel's scope number,
    for IPv6 that of /proc/net/if_inet6 (0 global, 0x10 host, 0x20 link, 0x40 site).
    """

    address: str
    prefix_length: int
    scope: int = 0
    peer: str | None = None
    broadcast: str | None = None


class Interface(Record):
    """An interface, or an address label (``eth0:1``) that the classic programs show as one.

    `hardware_type` is ARPHRD_*, `flags` the 16 bits of `InterfaceFlags`, `queue_length` packets
    (None: unknown), `addresses` the IPv4 addresses whose label is `name`, `addresses6` the IPv6
    addresses in the kernel's order.  `counters` is None for a label, `hardware_map` where it is zero.
    """

    name: str
    hardware_type: int
    flags: int
    mtu_bytes: int
    queue_length: int | None
    hardware_address: bytes
    addresses: tuple[InterfaceAddress, ...] = ()
    addresses6: tuple[InterfaceAddress, ...] = ()
    counters: InterfaceCounters | None = None
    hardware_map: HardwareMap | None = None

    @property
    def is_up(self) -> bool:
        return bool(self.flags & InterfaceFlags.UP)
