"""Prefixes and their masks as numbers, as the kernel reads them."""

from __future__ import annotations

ALL_ONES = 0xFFFFFFFF


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
