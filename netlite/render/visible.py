"""Text from outside in netlite's own displays: names that routers, name servers and hosts files give, names of
interfaces, processes and sockets, words of a command line, what scene files say.

Whoever chose them need not be a friend: control characters steer a terminal, a newline makes a row of its own, and
characters that turn the direction of writing make a line read as another one (Unicode TR 36).  `visible` shows them
as escapes.  Classic displays show what the originals show; where later versions of these spare the terminal
(net-tools since CVE-2024-58251), they have dots.
"""

from __future__ import annotations

from ..records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

UNDECODABLE = 0xDC00  # plus the byte, as Python's surrogateescape has it


def visible(text: str) -> str:
    """What cannot be printed as an escape: ``\\x1b`` is a byte, ``\\u0085`` a character.

    >>> print(visible("eth0"), visible("a\\x1b[31m"), visible("b\\n"), visible("\\x85"), visible("\\udc85"))
    eth0 a\\x1b[31m b\\x0a \\u0085 \\x85
    """
    return text if text.isprintable() else "".join(map(_escaped, text))


def visible_lines(text: str) -> str:
    """`visible` for a text of whole lines: newlines and tabs are its layout, and stay.

    >>> visible_lines("one\\n\\ttwo\\r\\n")
    'one\\n\\ttwo\\\\x0d\\n'
    """
    return "".join([letter if letter in "\n\t" else _escaped(letter) for letter in text])


def all_visible(value: Any) -> Any:
    """A record or tuple with each text in it `visible`; everything else is as it was."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Record):
        return value.of(map(all_visible, value))
    return tuple(map(all_visible, value)) if isinstance(value, (tuple, list)) else value


def dotted(text: str) -> str:
    """A dot for each character that cannot be printed.

    >>> dotted("caf\\xe9 \\x1b[31m")
    'café .[31m'
    """
    return text if text.isprintable() else "".join([letter if letter.isprintable() else "." for letter in text])


def ascii_dotted(text: str) -> str:
    """A dot for each byte of UTF-8 that is not printable ASCII.

    >>> ascii_dotted("caf\xe9\x1b")
    'caf...'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join([chr(byte) if 0x20 <= byte <= 0x7E else "." for byte in text.encode("utf-8", "surrogateescape")])


def json_line(value: object) -> str:
    """One line of JSON.  JSON lets all but the first 32 characters stand for themselves; here what cannot be printed
    is escaped too.

    A string with bytes that are no UTF-8 has U+FFFD for each of them, and the key beside it that ends in ``_bytes``
    all its bytes in hexadecimal digits; every other string is its bytes in UTF-8.

    >>> print(json_line({"name": "caf\\xe9\\x9b"}), json_line({"name": "x\\udcff"}), end="")
    {"name": "café\\u009b"}
     {"name": "x\ufffd", "name_bytes": "78ff"}
    """
    from json import dumps

    text = dumps(value, ensure_ascii=False)
    if not text.isprintable():
        if _has_bytes(text):
            text = dumps(_with_bytes(value), ensure_ascii=False)
        text = "".join([letter if letter.isprintable() else dumps(letter)[1:-1] for letter in text])
    return text + "\n"


def _has_bytes(text: str) -> bool:
    return any(UNDECODABLE + 0x80 <= ord(letter) <= UNDECODABLE + 0xFF for letter in text)


def _with_bytes(value: Any) -> Any:
    """A value with ``KEY_bytes`` beside each KEY in whose string or strings there are bytes that are no text."""
    if isinstance(value, str):
        return "".join(["\ufffd" if _has_bytes(letter) else letter for letter in value])
    if isinstance(value, (list, tuple)):
        return list(map(_with_bytes, value))
    if not isinstance(value, dict):
        return value
    found = {}
    for key, item in value.items():
        found[_with_bytes(key)] = _with_bytes(item)
        if any(map(_has_bytes, _strings(item))):
            found[f"{_with_bytes(key)}_bytes"] = _hexadecimal(item)
    return found


def _strings(value: Any) -> list[str]:
    """The strings of a value, those of its arrays too, but not of its objects, which have keys of their own."""
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


def _hexadecimal(value: Any) -> Any:
    """The bytes of a string; of an array of strings likewise, with null for what is none."""
    if isinstance(value, (list, tuple)):
        return list(map(_hexadecimal, value))
    if not isinstance(value, str):
        return None
    return b"".join([letter.encode("utf-8", "surrogateescape" if _has_bytes(letter) else "surrogatepass")
                     for letter in value]).hex()


def _escaped(letter: str) -> str:
    if letter.isprintable():
        return letter
    code = ord(letter)
    if code < 0x80 or UNDECODABLE + 0x80 <= code <= UNDECODABLE + 0xFF:
        return f"\\x{code & 0xFF:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
