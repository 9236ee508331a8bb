"""``--explain`` below a table: what its rows say here, those that matter; then what its columns mean."""

from __future__ import annotations

import textwrap

from . import host_names, interface_rows, neighbour_rows, route_rows, socket_rows
from .columns import WIDTH, Overheard, explain_columns
from .surroundings import Surroundings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TITLE = "\n=== Explained ===\n"
NOTHING = "\nNothing was shown, so there is nothing to explain.\n"


TELLERS = {"Internet sockets": socket_rows.tell_sockets, "Unix sockets": socket_rows.tell_unix,
           "multicast groups": socket_rows.tell_groups, "interfaces": interface_rows.tell_interfaces,
           "IPv4 routes": route_rows.tell_routes4, "IPv6 routes": route_rows.tell_routes6,
           "names of this host": host_names.tell_names, "neighbours": neighbour_rows.tell_neighbours}


def explain_tables(heard: Overheard, around: Surroundings) -> str:
    """The whole text below what a program showed."""
    told = "".join(paragraph(sentence) for sentence in row_sentences(heard, around))
    columns = explain_columns(heard.tables)
    if not told and not columns:
        return "" if heard.written else TITLE + NOTHING
    return TITLE + ("\n" + told if told else "") + columns


def row_sentences(heard: Overheard, around: Surroundings) -> list[str]:
    """What the rows say here, those that matter."""
    rows: dict[str, list[tuple[str, Any]]] = {}
    for table, label, records in heard.rows:
        rows.setdefault(table, []).extend((label, record) for record in records)
    return [sentence for table, found in rows.items() for sentence in TELLERS[table](found, around)]


def paragraph(sentence: str) -> str:
    """A sentence as a point of a list."""
    return textwrap.fill(sentence, WIDTH, initial_indent="  * ", subsequent_indent="    ", break_long_words=False,
                         break_on_hyphens=False) + "\n"
