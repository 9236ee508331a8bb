"""ARP between Ethernet and IPv4 (RFC 826): the question whether anybody has an address (RFC 5227), and its answers."""

from __future__ import annotations

from _socket import AF_INET, inet_ntop, inet_pton
from _struct import Struct
from _struct import error as StructError  # type: ignore[attr-defined]

from ..feature_errors import MalformedPacket
from ..records.record import Record

MESSAGE = Struct("!HHBBH6s4s6s4s")
ETHERNET, IPV4, HARDWARE_BYTES, ADDRESS_BYTES = 1, 0x0800, 6, 4
REQUEST = 1


class ArpMessage(Record):
    """What an ARP packet says of who sent it: its hardware address ("02:00:00:00:00:01") and IPv4 address."""

    hardware: str
    address: str


def make_probe(hardware: bytes, address: str) -> bytes:
    """An ARP probe (RFC 5227 section 2.1.1): its sender has no IPv4 address, so nobody learns a wrong one."""
    return MESSAGE.pack(ETHERNET, IPV4, HARDWARE_BYTES, ADDRESS_BYTES, REQUEST, hardware, bytes(ADDRESS_BYTES),
                        bytes(HARDWARE_BYTES), inet_pton(AF_INET, address))


def read_arp(data: bytes) -> ArpMessage:
    """Who speaks, in a request or a reply.  Raises MalformedPacket."""
    try:
        kind, protocol, hardware_bytes, address_bytes, _, hardware, address, _, _ = MESSAGE.unpack_from(data)
    except StructError:
        raise MalformedPacket("an ARP packet that is cut off") from None
    if (kind, protocol, hardware_bytes, address_bytes) != (ETHERNET, IPV4, HARDWARE_BYTES, ADDRESS_BYTES):
        raise MalformedPacket("ARP of other networks")
    return ArpMessage(hardware.hex(":"), inet_ntop(AF_INET, address))
