"""Masks of networks in text."""

from __future__ import annotations


def netmask(prefix_length: int) -> str:
    """An IPv4 prefix length as a dotted mask.

    >>> netmask(20)
    '255.255.240.0'
    """
    return ".".join(map(str, (0xFFFFFFFF << (32 - prefix_length) & 0xFFFFFFFF).to_bytes(4, "big")))
