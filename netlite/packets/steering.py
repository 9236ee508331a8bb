"""The word of data that gives a packet the checksum we want (RFC 1071)."""

from __future__ import annotations

from ..records.family import IpProtocol
from .checksum import ones_sum, pseudo_header
from .ip import packed

UDP_HEADER_BYTES, WORD_BYTES = 8, 2


def steering_word(summed: int, wanted: int) -> int:
    """The 16-bit word to add to data that sums up to `summed` without it, for the checksum `wanted` (1…65534).

    >>> from netlite.packets.checksum import checksum
    >>> data = bytes.fromhex("00350035000c0000")
    >>> hex(checksum(data + steering_word(ones_sum(data), 0x1234).to_bytes(2, "big")))
    '0x1234'
    """
    return (-wanted - summed) % 65535


def steer_udp(source: str, destination: str, source_port: int, port: int, data: bytes, wanted: int) -> bytes:
    """The data of a datagram, its first two bytes replaced so that its UDP checksum is `wanted`."""
    size = UDP_HEADER_BYTES + len(data)
    header = b"".join(number.to_bytes(2, "big") for number in (source_port, port, size, 0))
    rest = bytes(data[WORD_BYTES:])
    pseudo = pseudo_header(packed(source), packed(destination), IpProtocol.UDP, size)
    summed = ones_sum(pseudo + header + bytes(WORD_BYTES) + rest)
    return steering_word(summed, wanted).to_bytes(WORD_BYTES, "big") + rest


def unfinished_checksum(source: str, destination: str, data_bytes: int) -> int:
    """What the UDP header holds until the network card completes the checksum: the sum of the pseudo header.

    *From the kernel*: Documentation/networking/checksum-offloads.rst.
    """
    return ones_sum(pseudo_header(packed(source), packed(destination), IpProtocol.UDP, UDP_HEADER_BYTES + data_bytes))
