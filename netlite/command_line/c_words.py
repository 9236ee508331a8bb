"""Words as C programs keep them: any bytes, in buffers of a fixed size."""

from __future__ import annotations

HOST_BYTES, DEVICE_BYTES = 127, 15  # of a host's or network's name, of an interface's


def cut(word: str, most_bytes: int = HOST_BYTES) -> str:
    """The first bytes of a word, which is all that a buffer of the originals holds of it.

    >>> cut("\u00e9t\u00e9", 3) == "\u00e9t", len(cut("x" * 300))
    (True, 127)
    """
    return word.encode("utf-8", "surrogateescape")[:most_bytes].decode("utf-8", "surrogateescape")


def spelled(text: str) -> str:
    """A text with a character a byte: to C every byte is an option, or counts, whatever they mean together.

    >>> joined(spelled("\u00e9")) == "\u00e9", len(spelled("\u00e9"))
    (True, 2)
    """
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("ascii", "surrogateescape")


def joined(text: str) -> str:
    """The text again, of a part of what `spelled` gave."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
