"""Link types: the ARPHRD_* numbers of <linux/if_arp.h> and what net-tools 2.10 calls them.

The order is that of the lists in the usage texts.
"""

from __future__ import annotations

from .record import Record


class Hardware(Record):
    """A link type: its word on the command line, title, number and length of its addresses.

    `address_bytes` 0: interfaces of this type have no address that is shown or could be set.
    """

    name: str
    title: str
    number: int
    address_bytes: int


HARDWARE = tuple(map(Hardware.of, (
    ("loop", "Local Loopback", 772, 0),
    ("slip", "Serial Line IP", 256, 0),
    ("cslip", "VJ Serial Line IP", 257, 0),
    ("slip6", "6-bit Serial Line IP", 258, 0),
    ("cslip6", "VJ 6-bit Serial Line IP", 259, 0),
    ("adaptive", "Adaptive Serial Line IP", 264, 0),
    ("ash", "Ash", 781, 64),
    ("ether", "Ethernet", 1, 6),
    ("ax25", "AMPR AX.25", 3, 7),
    ("netrom", "AMPR NET/ROM", 0, 7),
    ("rose", "AMPR ROSE", 270, 10),
    ("tunnel", "IPIP Tunnel", 768, 0),
    ("ppp", "Point-to-Point Protocol", 512, 0),
    ("hdlc", "(Cisco)-HDLC", 513, 0),
    ("lapb", "LAPB", 516, 0),
    ("arcnet", "ARCnet", 7, 1),
    ("dlci", "Frame Relay DLCI", 15, 3),
    ("frad", "Frame Relay Access Device", 770, 0),
    ("sit", "IPv6-in-IPv4", 776, 0),
    ("fddi", "Fiber Distributed Data Interface", 774, 6),
    ("hippi", "HIPPI", 780, 6),
    ("irda", "IrLAP", 783, 4),
    ("ec", "Econet", 782, 0),
    ("x25", "generic X.25", 271, 0),
    ("eui64", "Generic EUI-64", 27, 8),
)))
UNSPECIFIED = Hardware("unspec", "UNSPEC", -1, 16)  # for numbers that have no name; in no list
BY_NAME = {hardware.name: hardware for hardware in (*HARDWARE, UNSPECIFIED)}
BY_NUMBER = {hardware.number: hardware for hardware in HARDWARE}


class HardwareNames(dict[int, str]):
    """ARPHRD_* number -> its word; arp calls a type it does not know an Ethernet."""

    def __missing__(self, number: int) -> str:
        name = self[number] = BY_NUMBER.get(number, BY_NAME["ether"]).name
        return name


MEDIA = ("unknown", "10base2", "10baseT", "AUI", "100baseT", "100baseTX", "100baseFX")
"""Ports of old Ethernet cards, by their number in struct ifmap (IF_PORT_* of <linux/netdevice.h>)."""
OTHER_MEDIA = {"bnc": 1, "coax": 1, "utp": 2, "tpe": 2, "thick": 3, "db15": 3}
"""What else some of them are called on the command line."""

ARP_CAPABLE = ("ash", "ether", "ax25", "netrom", "rose", "arcnet", "dlci", "fddi", "hippi", "irda", "x25", "eui64")
"""The types that arp accepts; all others are answered with "hardware type without ARP support"."""


def show_callsign(address: bytes) -> str:
    """An AX.25 callsign: six characters shifted left by one, then the SSID.

    >>> show_callsign(bytes.fromhex("9c946ea0404002"))
    'NJ7P-1'
    """
    letters = bytes(byte >> 1 for byte in address[:6]).decode("ascii").rstrip(" \0")
    number = address[6] >> 1 & 0xF
    return f"{letters}-{number}" if number else letters
