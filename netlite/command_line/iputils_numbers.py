"""Numbers on the command line, as iputils reads them (strtol_or_err and strtoul_or_err of its common code)."""

from __future__ import annotations

from ..errors import UsageError
from .c_numbers import strtol, strtoul

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def parse_integer(program: str, text: str, low: int, high: int,
                  read: Callable[[str], tuple[int, str, bool]] = strtol) -> int:
    """A decimal number between `low` and `high`, the whole text; else iputils' message, status 1.

    >>> parse_integer("ping", " +7", 0, 10)
    7
    """
    value, rest, out_of_range = read(text)
    if rest or not text or out_of_range:
        reason = ": Numerical result out of range" if out_of_range else ""
        raise UsageError(f"{program}: invalid argument: '{text}'{reason}\n", 1)
    if not low <= value <= high:
        raise UsageError(f"{program}: invalid argument: '{text}': out of range: "
                         f"{low} <= value <= {high}\n", 1)
    return value


def parse_unsigned(program: str, text: str, low: int, high: int) -> int:
    """As `parse_integer` by strtoul, which takes a negative number for a large one."""
    return parse_integer(program, text, low, high, strtoul)
