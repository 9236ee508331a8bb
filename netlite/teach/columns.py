"""``--explain`` of the programs that show tables: what each column means, and where its value is from.

The data are in `teach.column_texts`; which table comes a program tells its output (`begin_table`).
"""

from __future__ import annotations

import textwrap

from ..records.record import Record
from .column_texts import TEXT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Protocol

    class Stream(Protocol):
        """What is asked of an output stream; `environment.Stream` says what the methods do."""

        @property
        def errno(self) -> int: ...
        def write(self, text: str | bytes) -> None: ...
        def flush(self) -> None: ...
        def unbuffer(self) -> None: ...
        def isatty(self) -> bool: ...

WIDTH = 100


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
    """An output stream that passes all on, and notes the tables that begin, and the records behind their rows.

    `tables` maps each table, in the order of appearance, to the titles of its columns, none where it has all;
    `rows` lists (title of the table, label, records); `written`: whether anything was shown.
    """

    def __init__(self, out: Stream) -> None:
        self.tables: dict[Table, tuple[str, ...]] = {}
        self.rows: list[tuple[str, str, list[Any]]] = []
        self.written = False
        self._out = out

    @property
    def errno(self) -> int:
        return self._out.errno

    def write(self, text: str | bytes) -> None:
        self.written |= bool(text)
        self._out.write(text)

    def flush(self) -> None:
        self._out.flush()

    def unbuffer(self) -> None:
        self._out.unbuffer()

    def isatty(self) -> bool:
        return self._out.isatty()

    def begin_table(self, table: str, text: str, titles: tuple[str, ...] = ()) -> None:
        """Pass on, and note the table with the titles of its columns."""
        self.tables.setdefault(BY_TITLE[table], titles)
        self.write(text)

    def tell_rows(self, table: str, rows: Iterable[Any], label: str = "") -> None:
        """Note the records behind rows."""
        self.rows.append((table, label, list(rows)))


def shown_columns(table: Table, titles: tuple[str, ...]) -> list[Column]:
    """The columns that a table was shown with."""
    return [column for column in table.columns if not titles or column.name in titles]


def explain_columns(tables: dict[Table, tuple[str, ...]]) -> str:
    """A paragraph for each table; of those that name their columns, only these."""
    parts = []
    for table, titles in tables.items():
        shown = shown_columns(table, titles)
        parts.append(f"\n{table.title[0].upper()}{table.title[1:]} (the same in other words: {table.command})\n")
        room = max(len(column.name) for column in shown) + 4
        for column in shown:
            text = f"{column.meaning} [{column.source}]"
            parts.append(textwrap.fill(text, WIDTH, initial_indent=f"  {column.name:<{room - 2}}",
                                       subsequent_indent=" " * room, break_on_hyphens=False,
                                       break_long_words=False) + "\n")
    return "".join(parts)
