"""Columns as printf(3) makes them: their widths and precisions count bytes, and a name may hold any.

What is cut within a character leaves the bytes of it that fit.
"""

from __future__ import annotations


def padded(text: str, least: int) -> str:
    """At least `least` bytes (``%-10s``).

    >>> padded("\xe9t\xe9", 6)
    '\xe9t\xe9 '
    """
    return text.ljust(least if text.isascii() else least - len(_bytes(text)) + len(text))


def width(text: str) -> int:
    """How many bytes it takes."""
    return len(text) if text.isascii() else len(_bytes(text))


def fitted(text: str, size: int) -> str:
    """Exactly `size` bytes (``%-15.15s``)."""
    return f"{text:<{size}.{size}}" if text.isascii() else padded(shortened(text, size), size)


def shortened(text: str, most: int) -> str:
    """At most `most` bytes (``%.15s``)."""
    return text[:most] if text.isascii() else _bytes(text)[:most].decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
