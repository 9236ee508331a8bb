"""The usage texts of iputils, laid out from the tables of options."""

from __future__ import annotations

from .getopt import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Row = Option | tuple[str, str]


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
