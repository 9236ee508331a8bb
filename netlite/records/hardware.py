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


HARDWARE = (
    Hardware("loop", "Local Loopback", 772, 0),
    Hardware("slip", "Serial Line IP", 256, 0),
    Hardware("cslip", "VJ Serial Line IP", 257, 0),
    Hardware("slip6", "6-bit Serial Line IP", 258, 0),
    Hardware("cslip6", "VJ 6-bit Serial Line IP", 259, 0),
    Hardware("adaptive", "Adaptive Serial Line IP", 264, 0),
    Hardware("ash", "Ash", 781, 64),
    Hardware("ether", "Ethernet", 1, 6),
    Hardware("ax25", "AMPR AX.25", 3, 7),
    Hardware("netrom", "AMPR NET/ROM", 0, 7),
    Hardware("rose", "AMPR ROSE", 270, 10),
    Hardware("tunnel", "IPIP Tunnel", 768, 0),
    Hardware("ppp", "Point-to-Point Protocol", 512, 0),
    Hardware("hdlc", "(Cisco)-HDLC", 513, 0),
    Hardware("lapb", "LAPB", 516, 0),
    Hardware("arcnet", "ARCnet", 7, 1),
    Hardware("dlci", "Frame Relay DLCI", 15, 3),
    Hardware("frad", "Frame Relay Access Device", 770, 0),
    Hardware("sit", "IPv6-in-IPv4", 776, 0),
    Hardware("fddi", "Fiber Distributed Data Interface", 774, 6),
    Hardware("hippi", "HIPPI", 780, 6),
    Hardware("irda", "IrLAP", 783, 4),
    Hardware("ec", "Econet", 782, 0),
    Hardware("x25", "generic X.25", 271, 0),
    Hardware("eui64", "Generic EUI-64", 27, 8),
)
BY_NAME = {hardware.name: hardware for hardware in HARDWARE}
BY_NUMBER = {hardware.number: hardware for hardware in HARDWARE}

ARP_CAPABLE = ("ash", "ether", "ax25", "netrom", "rose", "arcnet", "dlci", "fddi", "hippi", "irda", "x25", "eui64")
"""The types that arp accepts; all others are answered with "hardware type without ARP support"."""
