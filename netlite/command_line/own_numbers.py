"""The numbers of options that only netlite has."""

from __future__ import annotations

from ..errors import UsageError
from .c_numbers import read_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    Kind = TypeVar("Kind", int, float)

WRONG_USAGE = 2


def number(program: str, text: str, low: float, high: float, kind: type[Kind]) -> Kind:
    """A number of that `kind`, from `low` to `high`.  Raises UsageError.

    >>> number("mtu", "30", 1, 255, int)
    30
    """
    value = read_number(text, low, high)
    if value is None or kind(value) != value:
        raise UsageError(f"{program}: {text!r} is not a number from {low:.10g} to {high:.10g}\n", WRONG_USAGE)
    return kind(value)
