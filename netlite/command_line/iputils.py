"""What the command lines of iputils' programs have in common: numbers (strtol_or_err and strtoul_or_err of its common
code), and usage texts laid out from tables of options."""

from __future__ import annotations

from ..errors import UsageError
from .c_numbers import strtol, strtoul
from .getopt import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Row = Option | tuple[str, str]


def parse_integer(program: str, text: str, low: int, high: int,
                  read: Callable[[str], tuple[int, str, bool]] = strtol) -> int:
    """A decimal number between `low` and `high`, the whole text; else UsageError, iputils' message, status 1.

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


def iputils_usage(program: str, columns: int, *sections: tuple[str, Iterable[Row]]) -> str:
    """The text; `sections` are pairs of a heading and its rows, `columns` is the room for names.

    A row is an option, or name and words of an operand.
    """
    lines = ["", "Usage", f"  {program} [options] <destination>", ""]
    for heading, rows in sections:
        lines += [f"{heading}:", *(_line(row, columns) for row in rows), ""]
    return "\n".join([*lines, f"For more details see {program}(8).", ""])


def _line(row: Row, columns: int) -> str:
    if isinstance(row, Option):
        name, text = f"-{(row.short or '')[:1]}" + (f" <{row.value}>" if row.value else ""), row.text
    else:
        name, text = f"<{row[0]}>", row[1]
    return f"  {name:{columns}}" + text.replace("\n", "\n" + " " * (2 + columns))
