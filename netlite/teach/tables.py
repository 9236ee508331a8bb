"""``--explain=fields``: every field of a packet as a row, and the bytes with the borders of the fields."""

from __future__ import annotations

import textwrap

from .dissection import Layer, Value, dissect, values

COLUMNS = ("layer", "byte", "hex", "field", "value", "meaning", "RFC")
NAMES = 23  # beside the bytes, in characters
WIDTHS, MEANING = (6, 15, 9, 15), 31  # of the columns after the layer, in characters
SHOWN_BYTES = 4  # of a field's bytes in the table; the hex map has all of them
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
        bits = f" bits {begin}-{begin + found.field.bits - 1}"
        text = text + bits if len(text + bits) <= WIDTHS[1] else shown[:1].hex() + " …" + bits
    return text


def field_table(data: bytes, rebuilt: bool = False) -> str:
    """The rows as a table of at most 80 columns: a line for each layer, below it its fields."""
    lines = [_line(*COLUMNS[1:5], f"{COLUMNS[5]} ({COLUMNS[6]})"), _line(*map("-".__mul__, (*WIDTHS, MEANING)))]
    for layer, place, shown, name, value, meaning, rfc in field_rows(data, rebuilt):
        if layer:
            lines.append(layer)
        told = textwrap.wrap(f"{meaning} ({rfc})" if rfc else meaning, MEANING)
        if len(value) > WIDTHS[3]:
            lines.append(_line(place, shown, name, value, ""))
            lines += [_line("", "", "", "", each) for each in told]
        else:
            lines += [_line(*(place, shown, name, value) if number == 0 else ("", "", "", ""), each)
                      for number, each in enumerate(told or [""])]
    return "\n".join(lines)


def _line(*cells: str) -> str:
    return " ".join([f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS)] + [cells[-1]]).rstrip()


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
        first, *rest = textwrap.wrap(names, NAMES) or [""]
        lines.append(f"  {base:04x} {cells:<48}  {first}".rstrip())
        lines += [" " * 57 + each for each in rest]
    if len(data) > MAPPED_BYTES:
        lines.append(f"  …    {len(data) - MAPPED_BYTES} more bytes")
    return "\n".join(lines)
