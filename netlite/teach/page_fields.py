"""The fields of a packet as a table of a page."""

from __future__ import annotations

from .page_frame import escape
from .tables import field_rows

Told = set[tuple[str, str]]
"""Layers and names of the fields whose meaning was written out."""
HEADS = ("byte", "hex", "field", "value", "meaning", "RFC")
HEAD = "".join(f"<th scope=col>{name}" for name in HEADS)
FIELD = HEADS.index("field")


def fields_table(data: bytes, told: Told, rebuilt: bool = False) -> str:
    """The table of fields.

    What a field means is written out once a page (`told`), a script may copy it to the other tables; and
    optional end tags are left out: a page would be twice as long.
    """
    rows, layer = [], ""
    for title, *cells in field_rows(data, rebuilt):
        if title:
            layer = title.removeprefix("quoted ")
            rows.append(f"<tbody><tr><th colspan={len(HEADS)} scope=rowgroup>{escape(title)}")
        known = layer, cells[FIELD]
        shown = cells[:-2] if known in told else cells
        if cells[FIELD] != "data":  # of which each has a meaning of its own
            told.add(known)
        rows.append("<tr>" + "".join(f"<td>{escape(each)}" for each in shown))
    table = "\n".join(rows)
    return f"<table><thead><tr>{HEAD}\n{table}</table>"
