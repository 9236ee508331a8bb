"""Hardware addresses as net-tools reads them, a reader a link type.

Hexadecimal addresses must have as many bytes as their type: the originals take a short one and fill it with what
lay on the stack, and cut a long one.
"""

from __future__ import annotations

from ..records.hardware import Hardware
from .c_numbers import BLANKS, HEX_DIGITS, as_int, atoi, strtol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

CALLSIGN_LETTERS = 6
ROSE_DIGITS = 10
X25_CHARACTERS, X25_DIGITS = 18, 15
ASH_BYTES, ASH_END = 64, 0xC9
HAMMING = bytes.fromhex("1502495e6473382fd0c78c9ba1b6fdea")  # a hop of an Ash address, 0 to 15


def has_reader(hardware: Hardware) -> bool:
    """Whether addresses of this type can be written at all."""
    return hardware.name in READERS


def parse_hardware_address(text: str, hardware: Hardware) -> bytes:
    """The address, for ether with or without colons, for ax25 a callsign, and so on.

    Raises ValueError; its text is what the original says before its own message, mostly nothing.

    >>> from netlite.records.hardware import BY_NAME
    >>> parse_hardware_address("2:0:0:0:ee:60", BY_NAME["ether"]).hex()
    '02000000ee60'
    """
    reader = READERS.get(hardware.name, _none)
    return reader(text.encode("utf-8", "surrogateescape").decode("latin-1"), hardware.address_bytes)


def _pairs(text: str, size: int, single: bool = False) -> bytes:
    """Two digits a byte, a colon after each where one likes; `single`: before a colon one digit does."""
    address = b""
    while text and len(address) < size:
        width = 1 if single and text[1:2] in (":", "") else 2
        byte, text = text[:width], text[width:]
        if len(byte) < width or byte.strip(HEX_DIGITS):
            raise ValueError
        address += bytes((int(byte, 16),))
        text = text.removeprefix(":")
    if text.strip(BLANKS) or len(address) < size:
        raise ValueError
    return address


def _digits(text: str, size: int) -> bytes:
    return _pairs(text, size, single=True)


def _callsign(text: str, _: int) -> bytes:
    """``NJ7P-1``: up to six letters and digits, shifted left by one, then the station number (AX.25 section 3.12)."""
    call, _hyphen, station = text.partition("-")
    if len(call) > CALLSIGN_LETTERS or not call.isascii() or call and not call.isalnum():
        raise ValueError
    letters = call.upper().ljust(CALLSIGN_LETTERS)
    return bytes(ord(letter) << 1 for letter in letters) + bytes((atoi(station) << 1 & 0xFE,))


def _rose(text: str, _: int) -> bytes:
    """Ten decimal digits, two a byte; what is no digit is not noticed."""
    if len(text) != ROSE_DIGITS:
        raise ValueError
    values = [ord(digit) - ord("0") for digit in text]
    return bytes((high << 4 | low) & 0xFF for high, low in zip(values[::2], values[1::2]))


def _x25(text: str, _: int) -> bytes:
    """Up to fifteen digits; after a slash how many of them count."""
    digits, slash, significant = text.partition("/")
    count = atoi(significant) & 0xFFFFFFFF if slash else len(digits)
    if len(text) > X25_CHARACTERS or not 1 <= len(digits) <= X25_DIGITS or count > len(digits):
        raise ValueError
    return digits[:count + 1].encode("latin-1")


def _ash(text: str, _: int) -> bytes:
    """Hops in hexadecimal, with colons between; each becomes a Hamming code."""
    address = b""
    hops = text.split(":")[:ASH_BYTES]
    for hop in hops:
        value, rest, _ = strtol(hop, 16)
        if rest or not 0 <= as_int(value) < len(HAMMING):  # of others the original makes what lies behind its table
            raise ValueError("Malformed Ash address")
        address += HAMMING[value:value + 1]
    return address.ljust(ASH_BYTES, bytes((ASH_END,)))


def _none(text: str, _: int) -> bytes:
    raise ValueError


READERS: dict[str, Callable[[str, int], bytes]] = {
    "ether": _digits, "eui64": _digits, "fddi": _pairs, "hippi": _pairs, "arcnet": _pairs, "ax25": _callsign,
    "netrom": _callsign, "rose": _rose, "x25": _x25, "ash": _ash, "tunnel": _none}
