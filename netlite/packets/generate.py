"""Compile the packets that scapy crafts into templates: ``python -m netlite.packets.generate``.

Where a field lies is not written down but found: a packet is crafted with the field all zeros and
with the field all ones, and the bytes that differ are the field.
"""

from __future__ import annotations

from . import crafting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Craft = Callable[..., bytes]

HEAD = '''"""Templates: the bytes of each probe as scapy crafts it, and (offset, width) of what varies.

Written by ``python -m netlite.packets.generate``; do not edit.
"""

TEMPLATES = {
'''

ADDRESSES = {4: ("192.0.2.1", "192.0.2.2"), 6: ("2001:db8::1", "2001:db8::2")}
PORTS = {"source_port": 16, "destination_port": 16}
SEGMENT = {**PORTS, "sequence": 32, "acknowledgement": 32, "flags": 8, "window": 16, "checksum": 16}
OPTIONS = {"mss_bytes": 16, "sack": 0, "timestamp": 32, "window_scale": 8}


def templates() -> Iterator[tuple[str, Craft, dict[str, Any], dict[str, int]]]:
    """Every template as (name, craft, fixed arguments, bits of each field that varies)."""
    for version in (4, 6):
        fields = {"identifier": 16, "sequence": 16, "checksum": 16}
        for kind in (crafting.ECHO_REQUEST, crafting.ECHO_REPLY):
            yield f"echo-{kind}-{version}", crafting.craft_echo, {"version": version, "kind": kind}, fields
    source, destination = ADDRESSES[4]
    addresses = {"version": 4, "source": source, "destination": destination}
    yield "udp", crafting.craft_udp, addresses, {**PORTS, "size_bytes": 16, "checksum": 16}
    names = list(OPTIONS)
    for number in range(1 << len(names)):
        present = [name for bit, name in enumerate(names) if number >> bit & 1]
        fixed = {**addresses, **({"sack": True} if "sack" in present else {})}
        varying = {name: OPTIONS[name] for name in present if OPTIONS[name]}
        yield "-".join(["tcp", *present]), crafting.craft_tcp, fixed, {**SEGMENT, **varying}


def compile_template(craft: Craft, fixed: dict[str, Any],
                     fields: dict[str, int]) -> tuple[bytes, dict[str, tuple[int, int]]]:
    """The bytes with all fields zero, and where each field is."""
    zeros = dict.fromkeys(fields, 0)
    blank = craft(**fixed, **zeros)
    places = {}
    for name, bits in fields.items():
        full = craft(**fixed, **{**zeros, name: (1 << bits) - 1})
        changed = [offset for offset in range(len(blank)) if blank[offset] != full[offset]]
        places[name] = changed[0], len(changed)
    return blank, places


def compiled_text() -> str:
    """The text of compiled.py."""
    lines = [HEAD]
    for name, craft, fixed, fields in templates():
        data, places = compile_template(craft, fixed, fields)
        lines.append(f"    {name!r}: (bytes.fromhex(\n        {data.hex()!r}), {{\n")
        entries = [f"{field!r}: {place}," for field, place in places.items()]
        for start in range(0, len(entries), 3):
            lines.append("        " + " ".join(entries[start:start + 3]) + "\n")
        lines.append("    }),\n")
    return "".join(lines).replace("'", '"') + "}\n"


def main() -> None:
    """Write compiled.py beside this file."""
    from pathlib import Path

    Path(__file__).with_name("compiled.py").write_text(compiled_text())


if __name__ == "__main__":
    main()
