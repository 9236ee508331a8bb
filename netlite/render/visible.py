"""Text from outside in netlite's own displays: whoever chose it need not be a friend.

Control characters steer a terminal, and a newline makes a row of its own; `visible` shows them as escapes.
"""

from __future__ import annotations

UNDECODABLE = 0xDC00  # plus the byte, as Python's surrogateescape has it


def visible(text: str) -> str:
    """What cannot be printed as an escape: ``\\x1b`` is a byte, ``\\u0085`` a character.

    >>> print(visible("eth0"), visible("a\\x1b[31m"), visible("b\\n"), visible("\\x85"), visible("\\udc85"))
    eth0 a\\x1b[31m b\\x0a \\u0085 \\x85
    """
    return text if text.isprintable() else "".join(map(_escaped, text))


def _escaped(letter: str) -> str:
    if letter.isprintable():
        return letter
    code = ord(letter)
    if code < 0x80 or UNDECODABLE + 0x80 <= code <= UNDECODABLE + 0xFF:
        return f"\\x{code & 0xFF:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
