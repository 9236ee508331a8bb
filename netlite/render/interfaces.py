"""The interface table: one row an interface, for ``ifconfig -s`` and ``netstat -i``.

Also the order both programs list interfaces in.
"""

from __future__ import annotations

from ..records.interfaces import Interface, InterfaceFlags
from .byte_widths import fitted

HEADER = "Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n"
IFCONFIG_HEADER = "Iface      MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n"
"""`ifconfig -s` of net-tools 2.10 has seven blanks too few."""

TITLES = tuple(HEADER.split())

MORE_COUNTERS = (
    ("rx_packets", "RX-OK"), ("rx_errors", "RX-ERR"), ("rx_dropped", "RX-DRP"), ("rx_fifo", "RX-OVR"),
    ("rx_frame", "RX-FRAME"),
    ("tx_packets", "TX-OK"), ("tx_errors", "TX-ERR"), ("tx_dropped", "TX-DRP"), ("tx_fifo", "TX-OVR"),
    ("tx_carrier", "TX-CARRIER"), ("collisions", "COLLISIONS"))
MORE_TITLES = ("Iface", "MTU", *(title for _, title in MORE_COUNTERS), "Flg")

LETTERS = (
    (InterfaceFlags.ALLMULTI, "A"), (InterfaceFlags.BROADCAST, "B"), (InterfaceFlags.DEBUG, "D"),
    (InterfaceFlags.LOOPBACK, "L"), (InterfaceFlags.MULTICAST, "M"), (InterfaceFlags.DYNAMIC, "d"),
    (InterfaceFlags.PROMISC, "P"), (InterfaceFlags.NOTRAILERS, "N"), (InterfaceFlags.NOARP, "O"),
    (InterfaceFlags.POINTOPOINT, "P"), (InterfaceFlags.SLAVE, "s"), (InterfaceFlags.MASTER, "m"),
    (InterfaceFlags.RUNNING, "R"), (InterfaceFlags.UP, "U"),
)
NO_COUNTERS = "     - no statistics available -"


def render_row(interface: Interface) -> str:
    """One row of the table, with its newline.  RX-OVR is left-aligned, as in the original."""
    counted = interface.counters
    if counted is None:
        columns = f"{NO_COUNTERS:<56}"
    else:
        columns = (f"{counted.rx_packets:8} {counted.rx_errors:6} {counted.rx_dropped:6} {counted.rx_fifo:<6} "
                   f"{counted.tx_packets:8} {counted.tx_errors:6} {counted.tx_dropped:6} {counted.tx_fifo:6} ")
    return f"{fitted(interface.name, 15)} {interface.mtu_bytes:5d} {columns}{flag_letters(interface.flags)}\n"


def more_row(interface: Interface) -> list[object]:
    """The cells of MORE_TITLES; None where an address label has no counters of its own."""
    counted = interface.counters
    return [interface.name, interface.mtu_bytes, *(counted and getattr(counted, field) for field, _ in MORE_COUNTERS),
            flag_letters(interface.flags)]


def flag_letters(flags: int) -> str:
    """The column Flg."""
    return "".join([letter for bit, letter in LETTERS if flags & bit]) if flags else "[NO FLAGS]"


def in_order(interfaces: list[Interface]) -> list[Interface]:
    """The interfaces as the classic programs list them."""
    return sorted(interfaces, key=lambda interface: sort_key(interface.name))


def sort_key(name: str) -> tuple[bytes, int, bytes, int]:
    """Interfaces are listed by the text before a trailing number, by that number, by alias number.

    The number is a C int: eleven digits may be negative, and come first.  Texts are compared byte by byte.

    >>> sorted(["eth10", "eth2", "lo", "eth2:1", "eth"], key=sort_key)
    ['eth', 'eth2', 'eth2:1', 'eth10', 'lo']
    """
    device, _, alias = name.rpartition(":")
    if not device or not _is_number(alias):
        device, alias = name, ""
    text = device.rstrip("0123456789")
    number = _number(device[len(text):])
    return text.encode("utf-8", "surrogateescape"), number, device.encode("utf-8", "surrogateescape"), _number(alias)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _number(digits: str) -> int:
    return (int(digits) + (1 << 31)) % (1 << 32) - (1 << 31) if digits else -1
