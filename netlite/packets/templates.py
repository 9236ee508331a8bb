"""Packets from templates: copy the bytes scapy crafted, patch the fields, set the checksum.

`fill` does it for any template; `EchoPacket` keeps one packet and renumbers it for each send.
"""

from __future__ import annotations

from _struct import Struct

from ..records.family import IpProtocol
from .checksum import checksum, ones_sum, pseudo_header
from .compiled import TEMPLATES

TIMEVAL = Struct("@ll")  # struct timeval, as iputils writes it into the payload
WORD = Struct("!H")


def fill(name: str, payload: bytes = b"", /, **fields: int) -> bytearray:
    """A copy of the template `name` with `fields` written in and `payload` behind.

    >>> fill("echo-request-4", b"hi", identifier=0x1234, sequence=1).hex()
    '08000000123400016869'
    """
    blank, places = TEMPLATES[name]
    packet = bytearray(blank)
    for field, value in fields.items():
        offset, width = places[field]
        packet[offset:offset + width] = value.to_bytes(width, "big")
    packet += payload
    return packet


def make_echo(version: int, identifier: int, sequence: int, payload: bytes = b"", source: str | None = None,
              destination: str | None = None, kind: str = "request") -> bytes:
    """An ICMP echo message; ICMPv6 gets a checksum when both addresses are named."""
    name = f"echo-{kind}-{version}"
    packet = fill(name, payload, identifier=identifier, sequence=sequence)
    if version == 4:
        set_checksum(name, packet, b"")
    elif source and destination:
        from .ip import packed  # which an echo request of IPv4 does without

        set_checksum(name, packet, pseudo_header(packed(source), packed(destination), IpProtocol.ICMP6, len(packet)))
    return bytes(packet)


def set_checksum(name: str, packet: bytearray, before: bytes) -> None:
    """Write the checksum over a pseudo header (empty for ICMPv4) and the packet."""
    offset, _ = TEMPLATES[name][1]["checksum"]
    WORD.pack_into(packet, offset, checksum(before + packet))


class EchoPacket:
    """One echo request that is sent again and again with another number.

    With `stamped`, the first 16 bytes of the payload are a struct timeval of the wall clock, when
    there are as many.  `summed` False leaves the checksum to the kernel (ICMPv6, datagram sockets).
    With `one_flow` the first word of the payload makes the checksum the same for all sequence numbers and sizes.
    """

    def __init__(self, version: int, identifier: int, payload: bytes, stamped: bool, summed: bool,
                 one_flow: bool = False):
        self.data = fill(f"echo-request-{version}", payload, identifier=identifier)
        self.payload_bytes = len(payload)
        self._stamped = stamped and len(payload) >= TIMEVAL.size
        self._summed = summed
        if self._stamped:
            self.data[8:8 + TIMEVAL.size] = bytes(TIMEVAL.size)
        self._one_flow = one_flow and not self._stamped and len(payload) >= WORD.size
        if self._one_flow:
            self.data[8:8 + WORD.size] = bytes(WORD.size)
        self._fixed_sum = ones_sum(self.data)
        length = len(self.data) if version == 6 else 0  # is part of the pseudo header
        self._steering = -identifier - self._fixed_sum - length

    def number(self, sequence: int, wall_ns: int) -> bytearray:
        """The packet with this 16-bit sequence, stamped with `wall_ns`; valid until the next call.

        Only what changed is added up: a sum of words does not care where they stand (RFC 1624).
        """
        data = self.data
        WORD.pack_into(data, 6, sequence)
        if self._stamped:
            TIMEVAL.pack_into(data, 8, wall_ns // 1_000_000_000, wall_ns // 1000 % 1_000_000)
            if self._summed:
                changed = sequence + int.from_bytes(data[8:24], "big")
                WORD.pack_into(data, 2, -(self._fixed_sum + changed) % 65535)
        elif self._one_flow:
            word = (self._steering - sequence) % 65535
            WORD.pack_into(data, 8, word)
            if self._summed:
                WORD.pack_into(data, 2, -(self._fixed_sum + sequence + word) % 65535)
        elif self._summed:
            WORD.pack_into(data, 2, -(self._fixed_sum + sequence) % 65535)
        return data

    def pair(self, reply_type: int, wall_ns: int) -> tuple[bytearray, bytearray, int, int]:
        """Copies of the request and of the plain answer to it, both with sequence 0 and one stamp, and the
        sum of each without its checksum: what it takes to number them by hand, many times a millisecond."""
        request = bytearray(self.number(0, wall_ns))
        request[2:4] = b"\0\0"
        answer = bytearray(request)
        answer[0] = reply_type
        return request, answer, ones_sum(request), ones_sum(answer)
