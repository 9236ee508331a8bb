"""How link addresses are written, one way a link type (records.hardware)."""

from __future__ import annotations

from ..records.hardware import BY_NUMBER, UNSPECIFIED, Hardware, show_callsign

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

COMPRESSING = (257, 259)
"""The link types whose headers are compressed (VJ, RFC 1144) and counted apart."""

ASH_END = 0xC9


def hardware_of(number: int) -> Hardware:
    """The link type of an ARPHRD_* number; what has no name of its own is "unspec"."""
    return BY_NUMBER.get(number, UNSPECIFIED)


def show_address(number: int, address: bytes) -> str | None:
    """An address of link type `number`, or None where such links show none.

    The SIOCGIFHWADDR ioctl, and so the classic display, knows 14 bytes of it at most.

    >>> show_address(1, bytes.fromhex("0200000000aa")), show_address(772, bytes(6))
    ('02:00:00:00:00:aa', None)
    """
    padded = address[:14].ljust(16, b"\0")
    if number == 1:
        return padded[:6].hex(":")
    show = SHOW.get(number)
    if show is not None:
        return show(padded)
    return None if number in BY_NUMBER else _show_unspecified(padded)


def _show_unspecified(address: bytes) -> str:
    """Sixteen bytes, of which the original copies eight."""
    return (address[:8] + bytes(8)).hex("-").upper()


def _show_ash(address: bytes) -> str:
    """A digit a byte up to the end mark, 64 at most."""
    digits = "".join([f"{byte:x}" for byte in address.partition(bytes([ASH_END]))[0]])
    return f"[{digits.ljust(64, '0')[:64]}]"


SHOW: dict[int, Callable[[bytes], str]] = {
    0: show_callsign,
    3: show_callsign,
    7: lambda address: address[:1].hex().upper(),
    15: lambda address: str(int.from_bytes(address[:2], "little", signed=True)),
    27: lambda address: address[:8].hex(":").upper(),
    270: lambda address: address[:5].hex(),
    271: lambda address: "",
    768: lambda address: "",
    774: lambda address: address[:6].hex("-").upper(),
    780: lambda address: address[:6].hex(":").upper(),
    781: _show_ash,
    783: lambda address: address[3::-1].hex(":"),
}
