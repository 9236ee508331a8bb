"""``--explain=fields``: every field of a packet as a row, and the bytes with the borders of the fields."""

from __future__ import annotations

from ..errors import LibraryMissing
from .dissection import Layer, Value, dissect, values

COLUMNS = ("layer", "byte", "hex", "field", "value", "meaning", "RFC")
SHOWN_BYTES = 8  # of a field's bytes in the table; the hex map has all of them
MAPPED_BYTES = 160
TOLD = {"version", "ihl", "len", "ttl", "hops", "proto", "next", "src", "dst"}  # of a rebuilt packet's IP header
TOLD_OF_QUOTE = {"version", "proto", "next", "src", "dst"}
NOT_TOLD = "not told by the kernel"


def field_rows(data: bytes, rebuilt: bool = False) -> list[tuple[str, ...]]:
    """One row a field, as COLUMNS has them.

    In a rebuilt packet, what nobody told is marked.
    """
    rows: list[tuple[str, ...]] = []
    for layer in dissect(data):
        title = ("quoted " if layer.depth else "") + layer.title
        for found in values(data, layer):
            first, last = found.bit // 8, (found.bit + found.field.bits - 1) // 8
            meaning = NOT_TOLD if rebuilt and not _is_told(layer, found) else found.field.meaning
            rows.append((title, str(first) if first == last else f"{first}-{last}", _hex(data, found, first, last),
                         found.field.name, found.text, meaning, found.field.rfc))
            title = ""
    return rows


def _is_told(layer: Layer, found: Value) -> bool:
    """Whether the kernel tells an ordinary user this field of a packet."""
    if layer.title in ("IPv4", "IPv6"):
        return found.field.name in (TOLD_OF_QUOTE if layer.depth else TOLD)
    return found.field.name != "checksum" and (found.field.name not in ("sport", "dport") or found.value != 0)


def _hex(data: bytes, found: Value, first: int, last: int) -> str:
    shown = data[first:last + 1]
    text = shown[:SHOWN_BYTES].hex(" ") + (" …" if len(shown) > SHOWN_BYTES else "")
    if found.bit % 8 or found.field.bits % 8:
        begin = found.bit % 8
        text += f" bits {begin}-{begin + found.field.bits - 1}"
    return text


def need_tabulate() -> None:
    """Raises LibraryMissing where tabulate is not installed."""
    from importlib.util import find_spec

    from ..libraries import find_libraries

    find_libraries()
    if find_spec("tabulate") is None:
        raise LibraryMissing("tabulate", "--explain=fields")


def field_table(data: bytes, rebuilt: bool = False) -> str:
    """The rows as a table; see `need_tabulate`."""
    from tabulate import tabulate

    table: str = tabulate(field_rows(data, rebuilt), headers=COLUMNS, tablefmt="simple", disable_numparse=True)
    return table


def hex_map(data: bytes) -> str:
    """16 bytes a line, a bar where a field begins, and the names of the fields of that line."""
    starts: dict[int, list[str]] = {}
    for layer in dissect(data):
        for found in values(data, layer):
            starts.setdefault(found.bit // 8, []).append(found.field.name)
    lines = []
    for base in range(0, min(len(data), MAPPED_BYTES), 16):
        places = range(base, min(base + 16, len(data)))
        cells = "".join(("|" if place in starts else " ") + f"{data[place]:02x}" for place in places)
        names = " ".join("/".join(starts[place]) for place in places if place in starts)
        lines.append(f"  {base:04x} {cells:<48}  {names}".rstrip())
    if len(data) > MAPPED_BYTES:
        lines.append(f"  …    {len(data) - MAPPED_BYTES} more bytes")
    return "\n".join(lines)
