"""Numbers on the command line of traceroute; what cannot be read raises Unreadable."""

from __future__ import annotations

from ...command_line.c_numbers import UINT_MAX, as_int, strtod, strtol, strtoul
from ...command_line.traceroute_options import Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...world import World


def parse_unsigned(text: str) -> int:
    """An unsigned int in any base, the whole text; larger numbers are cut to 32 bits.

    >>> parse_unsigned("0x1f"), parse_unsigned("-1")
    (31, 4294967295)
    """
    value, rest, _ = strtoul(text, 0)
    if rest or not text:
        raise Unreadable()
    return value & UINT_MAX


def parse_signed(text: str) -> int:
    """An int in any base, the whole text, cut to 32 bits."""
    value, rest, _ = strtol(text, 0)
    if rest or not text:
        raise Unreadable()
    return as_int(value)


def parse_leading(text: str) -> int | None:
    """An unsigned int whatever follows it, as ports and protocols are read; None where there is none.

    >>> parse_leading("80http"), parse_leading("http")
    (80, None)
    """
    value, rest, _ = strtoul(text, 0)
    return None if rest == text else value & UINT_MAX


def parse_port(text: str, world: World) -> int:
    """A port: a number or the name of a service."""
    value = parse_leading(text)
    port = world.service_port(text) if value is None else value
    if port is None:
        raise Unreadable()
    return port


def split_float(text: str) -> tuple[float | None, str]:
    """The floating point number at the start of `text`, None where there is none, and what follows it.

    >>> split_float("5.5,3"), split_float(",")
    ((5.5, ',3'), (None, ','))
    """
    value, rest, _ = strtod(text)
    return None if rest == text else value, rest


def parse_float(text: str) -> float:
    """A double, the whole text."""
    value, rest = split_float(text)
    if value is None or rest:
        raise Unreadable()
    return value
