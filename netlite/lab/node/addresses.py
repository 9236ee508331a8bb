"""IP addresses as numbers: in text, their prefixes and masks, as the kernel reads them."""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_ntop, inet_pton

ALL_ONES = 0xFFFFFFFF


def as_number(address: str) -> int:
    """An address in text as a number."""
    return int.from_bytes(inet_pton(AF_INET6 if ":" in address else AF_INET, address), "big")


def as_text(address: int, version: int) -> str:
    """An address in text."""
    if version == 4:
        return inet_ntop(AF_INET, address.to_bytes(4, "big"))
    return inet_ntop(AF_INET6, address.to_bytes(16, "big"))


def common_bits(first: int, second: int) -> int:
    """How many leading bits two IPv6 addresses share."""
    return 128 - (first ^ second).bit_length()


def class_length(address: int) -> int:
    """The length of the prefix of an address by its class, -1 for groups (inet_abc_len).

    >>> [class_length(first << 24 | 1) for first in (10, 172, 192, 224, 250)]
    [8, 16, 24, -1, 32]
    """
    if address in (0, ALL_ONES):
        return 0
    first = address >> 24
    return 8 if first < 128 else 16 if first < 192 else 24 if first < 224 else -1 if first < 240 else 32


def mask_of(length: int) -> int:
    """The mask of a prefix.

    >>> hex(mask_of(20))
    '0xfffff000'
    """
    return ALL_ONES << 32 - length & ALL_ONES


def is_mask(mask: int) -> bool:
    """Whether its ones are all on the left (bad_mask).

    >>> is_mask(0xffffff00), is_mask(0xff00ff00)
    (True, False)
    """
    return mask == mask_of(mask.bit_count())


def is_link_local(address: int) -> bool:
    """Whether it is in fe80::/10."""
    return address >> 118 == 0xFE80 >> 6
