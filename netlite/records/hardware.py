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


class HardwareNames(dict[int, str]):
    """ARPHRD_* number -> its word; arp calls a type it does not know an Ethernet."""

    def __missing__(self, number: int) -> str:
        name = self[number] = BY_NUMBER.get(number, BY_NAME["ether"]).name
        return name


MEDIA = ("unknown", "10base2", "10baseT", "AUI", "100baseT", "100baseTX", "100baseFX")
"""Ports of old Ethernet cards, by their number in struct ifmap (IF_PORT_* of <linux/netdevice.h>)."""

ARP_CAPABLE = ("ash", "ether", "ax25", "netrom", "rose", "arcnet", "dlci", "fddi", "hippi", "irda", "x25", "eui64")
"""The types that arp accepts; all others are answered with "hardware type without ARP support"."""


def parse_hardware_address(text: str, hardware: Hardware) -> bytes:
    """Hexadecimal bytes with or without colons, or a callsign for AX.25.  Raises ValueError.

    Exactly as many bytes as the type has: the originals take a short address and fill it with
    what lay on the stack.

    >>> parse_hardware_address("2:0:0:0:ee:60", BY_NAME["ether"]).hex()
    '02000000ee60'
    """
    if hardware.name == "ax25":
        return _callsign(text)
    parts = text.split(":") if ":" in text else [text[i:i + 2] for i in range(0, len(text), 2)]
    if len(parts) != hardware.address_bytes or not all(0 < len(part) <= 2 and part.isalnum() for part in parts):
        raise ValueError(text)
    return bytes(int(part, 16) for part in parts)


def _callsign(text: str) -> bytes:
    """An AX.25 callsign, ``NJ7P-1``: six letters shifted left by one, then the station number."""
    call, _, station = text.upper().partition("-")
    if not 0 < len(call) <= 6 or not call.isascii() or not call.isalnum():
        raise ValueError(text)
    if station and not (station.isascii() and station.isdigit() and int(station) < 16):
        raise ValueError(text)
    return bytes(ord(letter) << 1 for letter in call.ljust(6)) + bytes([int(station or 0) << 1])


def show_callsign(address: bytes) -> str:
    """An AX.25 callsign: six characters shifted left by one, then the SSID.

    >>> show_callsign(bytes.fromhex("9c946ea0404002"))
    'NJ7P-1'
    """
    letters = bytes(byte >> 1 for byte in address[:6]).decode("ascii").rstrip(" \0")
    number = address[6] >> 1 & 0xF
    return f"{letters}-{number}" if number else letters
