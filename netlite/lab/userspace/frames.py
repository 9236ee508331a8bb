"""Ethernet frames at the far end of a host's wire: addresses are asked for and answered.  Pure.

*On the wire*: Ethernet II; ARP (RFC 826); neighbour solicitation and advertisement (RFC 4861 section 4.3, 4.4).
"""

from __future__ import annotations

from struct import pack

from ...packets.ip import packed
from ...packets.wire_format import icmp_packet
from ...records.icmp import Icmp6
from ..scene.parts import Interface

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

HEADER_BYTES = 14
IPV4, ARP, IPV6 = b"\x08\x00", b"\x08\x06", b"\x86\xdd"
REQUEST, REPLY = 1, 2
SOLICITED_AND_OVERRIDE = 0x60000000  # flags of an advertisement
TARGET_ADDRESS_OPTION = b"\x02\x01"  # target link-layer address, 1 unit of 8 bytes
EVERYBODY = b"\xff" * 6


class Port:
    """The far end of `interface`, with a card of its own that stands for every node on this wire.

    `number` makes the card's address.  The host's own card is learned from what it sends.
    """

    def __init__(self, interface: Interface, number: int = 1):
        self.interface = interface
        self.card = bytes((2, 0x6E, 0x6C, 0, number >> 8, number & 0xFF))  # locally administered
        self.host_card = EVERYBODY

    def unwrap(self, frame: bytes, neighbours: Callable[[str], bool]) -> tuple[bytes | None, bytes | None]:
        """(IP packet for the Internet, frame to send back at once), each None when there is none.

        `neighbours(address)` tells whether somebody on this wire has the address.
        """
        kind = frame[12:14]
        self.host_card = frame[6:12]
        if kind == ARP:
            return None, self._arp(frame, neighbours)
        if kind == IPV6 and frame[20:21] == b":" and frame[54:55] == bytes((Icmp6.NEIGHBOUR_SOLICITATION,)):
            return None, self._advertise(frame, neighbours)
        if kind not in (IPV4, IPV6) or frame[0] & 1:  # a multicast or broadcast: nobody listens
            return None, None
        packet = frame[HEADER_BYTES:]
        size_bytes = int.from_bytes(packet[2:4], "big") if kind == IPV4 else 40 + int.from_bytes(packet[4:6], "big")
        return packet[:size_bytes], None

    def wrap(self, packet: bytes) -> bytes:
        """The frame that brings a packet to the host."""
        return self.host_card + self.card + (IPV4 if packet[0] >> 4 == 4 else IPV6) + packet

    def _arp(self, frame: bytes, neighbours: Callable[[str], bool]) -> bytes | None:
        body = frame[HEADER_BYTES:HEADER_BYTES + 28]
        if len(body) < 28 or int.from_bytes(body[6:8], "big") != REQUEST:
            return None
        asker, wanted = body[8:18], body[24:28]
        if not neighbours(".".join(map(str, wanted))):
            return None
        answer = body[:6] + pack("!H", REPLY) + self.card + wanted + asker
        return frame[6:12] + self.card + ARP + answer

    def _advertise(self, frame: bytes, neighbours: Callable[[str], bool]) -> bytes | None:
        source, wanted = frame[22:38], frame[62:78]
        target = _text(wanted) if len(wanted) == 16 else ""
        if not target or not any(source) or not neighbours(target):
            return None
        body = pack("!I", SOLICITED_AND_OVERRIDE) + packed(target) + TARGET_ADDRESS_OPTION + self.card
        return self.wrap(icmp_packet(target, _text(source), Icmp6.NEIGHBOUR_ADVERTISEMENT, 0, body, ttl=255))


def _text(address: bytes) -> str:
    from _socket import AF_INET6, inet_ntop

    return inet_ntop(AF_INET6, address)
