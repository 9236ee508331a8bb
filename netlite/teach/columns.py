"""``--explain`` of the programs that show tables: what each column means, and where its value is from.

The data are in `teach.column_texts`; which table comes a program tells its output (`begin_table`).
"""

from __future__ import annotations

import textwrap

from ..records.record import Record
from .column_texts import TEXT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Stream(Protocol):
        """What is asked of an output stream; `environment.Stream` says what the methods do."""

        @property
        def errno(self) -> int: ...
        def write(self, text: str | bytes) -> None: ...
        def flush(self) -> None: ...
        def unbuffer(self) -> None: ...
        def isatty(self) -> bool: ...

WIDTH = 100
TITLE = "\n=== Explained ===\n"
NOTHING = "\nNo table was shown, so there is nothing to explain.\n"
LEAST_COLUMNS = 3  # that make a line a heading


class Column(Record):
    """A word of a heading: what it means, and the file or netlink attribute it is from."""

    name: str
    meaning: str
    source: str


class Table(Record):
    """A table: its title here, the command of iproute2 or another that shows the same, its columns."""

    title: str
    command: str
    columns: tuple[Column, ...]

    def left_of(self, heading: str) -> str:
        """What of a heading none of the columns explains."""
        for column in sorted(self.columns, key=lambda column: -len(column.name)):
            heading = heading.replace(column.name, "\0", 1)
        return heading.replace("\0", "").strip(" -")

    def explains(self, heading: str) -> bool:
        """Whether `heading` is the line of titles of this table."""
        words = heading.split()
        known = sum(column.name.split()[0] in words for column in self.columns)
        return known >= LEAST_COLUMNS and not self.left_of(heading)


def _read() -> tuple[Table, ...]:
    tables = []
    for block in TEXT.replace("\n  ", " ").strip().split("\n\n"):
        head, *rows = block.splitlines()
        title, command = (part.strip() for part in head.split("|"))
        columns = tuple(Column(*(part.strip() for part in row.split("|"))) for row in rows)
        tables.append(Table(title, command, columns))
    return tuple(tables)


TABLES = _read()
BY_TITLE = {table.title: table for table in TABLES}


class Overheard:
    """An output stream that passes all on, and notes the tables that begin.

    `tables` maps each table, in the order of appearance, to its line of titles, "" where it has none.
    """

    def __init__(self, out: Stream) -> None:
        self.tables: dict[Table, str] = {}
        self._out = out

    @property
    def errno(self) -> int:
        return self._out.errno

    def write(self, text: str | bytes) -> None:
        self._out.write(text)

    def flush(self) -> None:
        self._out.flush()

    def unbuffer(self) -> None:
        self._out.unbuffer()

    def isatty(self) -> bool:
        return self._out.isatty()

    def begin_table(self, table: str, text: str) -> None:
        """Pass on, and note the table with the line of `text` that is its heading."""
        begun = BY_TITLE[table]
        self.tables.setdefault(begun, next((line for line in text.splitlines() if begun.explains(line)), ""))
        self._out.write(text)


def explain_columns(tables: dict[Table, str]) -> str:
    """A paragraph for each table; of tables with a heading, only the columns that it has."""
    if not tables:
        return TITLE + NOTHING
    parts = [TITLE]
    for table, heading in tables.items():
        shown = [column for column in table.columns if column.name in heading] if heading else table.columns
        parts.append(f"\n{table.title[0].upper()}{table.title[1:]} (the same in other words: {table.command})\n")
        room = max(len(column.name) for column in shown) + 4
        for column in shown:
            text = f"{column.meaning} [{column.source}]"
            parts.append(textwrap.fill(text, WIDTH, initial_indent=f"  {column.name:<{room - 2}}",
                                       subsequent_indent=" " * room, break_on_hyphens=False,
                                       break_long_words=False) + "\n")
    return "".join(parts)
