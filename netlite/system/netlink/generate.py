"""Write `compiled.py` from `messages`: ``python3 -m netlite.system.netlink.generate``.

The output is a function of pyroute2's message classes alone; a test compares it with the file.
"""

from __future__ import annotations

from pathlib import Path

from . import messages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HEAD = '''"""Netlink layouts, numbers and requests.

Written by ``python3 -m netlite.system.netlink.generate`` from the message classes of pyroute2 that
`messages` names; do not edit.  Fields in network byte order are bytes ("2s", "16s").
"""

from _struct import Struct

'''
HEADER_BYTES = 16
WIDTHS = {"B": 1, "H": 2, "I": 4, "i": 4, "Q": 8}


def generate() -> str:
    """The text of compiled.py."""
    lines = [f"{name} = {value}" for name, value in messages.NUMBERS]
    for name, members in messages.NAMES:
        lines += ["", *names_lines(name, members)]
    for layout in messages.LAYOUTS:
        lines += ["", *layout_lines(layout)]
    for definition, names in messages.ATTRIBUTES:
        numbers = attribute_numbers(definition)
        lines += ["", *(f"{name} = {numbers[name]}" for name in names)]
    lines += ["", *(f"{request.name} = bytes.fromhex({encode(request).hex()!r})".replace("'", '"')
                    for request in messages.REQUESTS)]
    return HEAD + "\n".join(lines) + "\n"


def layout_lines(layout: messages.Layout) -> list[str]:
    """A Struct and the names of what it unpacks."""
    codes, names = "", []
    for name, form in layout.definition.fields:
        code = struct_code(form)
        padding = name.startswith("__")
        codes += f"{width_of(code)}x" if padding and code[-1] != "x" else code
        if not padding:
            names.append(name)
    comment = f"# {layout.source}: "
    for name in names:
        if len(comment.rpartition("\n")[2]) + len(name) > 105:
            comment = comment.rstrip() + "\n#   "
        comment += name + ", "
    return [*comment.removesuffix(", ").split("\n"), f'{layout.name} = Struct("={codes}")']


def names_lines(name: str, members: dict[Any, Any]) -> list[str]:
    """A dictionary from number to name; pyroute2's also lead the other way."""
    lines = [f"{name} = {{"]
    for number, word in sorted((number, word) for number, word in members.items() if isinstance(number, int)):
        entry = f'{number}: "{word}",'
        if len(lines) > 1 and len(lines[-1]) + len(entry) < 105:
            lines[-1] += " " + entry
        else:
            lines.append("    " + entry)
    return [*lines, "}"]


def struct_code(form: str) -> str:
    """A field's format in a native-order Struct: network-order fields become bytes."""
    if not form.startswith(">"):
        return form
    return f"{width_of(form[1:])}s"


def width_of(code: str) -> int:
    """The bytes that a format like ``H`` or ``4I`` takes."""
    count = code[:-1]
    return (int(count) if count else 1) * WIDTHS[code[-1]]


def attribute_numbers(definition: Any) -> dict[str, int]:
    """Attribute name -> number; pyroute2 counts from 0 in the order of `nla_map`, unless a row says a number."""
    return {row[-2]: row[0] if len(row) == 3 and isinstance(row[0], int) else number
            for number, row in enumerate(definition.nla_map)}


def encode(request: messages.Request) -> bytes:
    """The request as pyroute2 encodes it, without the netlink header."""
    message = request.definition()
    for name, value in request.header.items():
        message[name] = value
    message["attrs"] = [list(pair) for pair in request.attributes]
    message.encode()
    return bytes(message.data[HEADER_BYTES:])


def main() -> None:
    """Write the file."""
    Path(__file__).with_name("compiled.py").write_text(generate(), "ascii")


if __name__ == "__main__":
    main()
