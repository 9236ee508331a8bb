"""Write docs/json.rst from the schemas in netlite/schemas; ``make schemas`` runs it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from textwrap import fill

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = ROOT / "netlite" / "schemas"
PAGE = ROOT / "docs" / "json.rst"
ORDER = ("ping", "ping-multi", "traceroute", "mda", "tracepath", "mtu", "why", "watch", "dhcp", "netstat", "ifconfig",
         "route", "arp", "hostname", "lab-list", "shared")
HEAD = """\
JSON: --json and --jsonl
========================

.. Made from netlite/schemas by packaging/json_page.py: change those, and run make schemas.

The programs, ``netlite mtu``, ``why``, ``watch`` and ``dhcp``, and ``netlite lab list`` take ``--json`` and
``--jsonl``, anywhere before ``--``.  stdout then holds JSON and nothing else; stderr and the exit status are as
without.  Texts that are asked for (``-V``, ``--help``) stay texts.

================================  =========================  ===================================================
program                           ``--json``                 ``--jsonl``
================================  =========================  ===================================================
what sends packets                one document at the end    an object a line as it happens, "type" in it; the
                                                             first line is the start, the last the end; what is
                                                             an item of an array in the document is such a line
tables, ``netlite lab list``      one array, or one object   an object a line, a row each
================================  =========================  ===================================================

::

    ping -c3 --json 192.0.2.1 | jq .packet_loss_percent
    traceroute --jsonl example.org | jq -r 'select(.type == "probe") | "\\(.hop) \\(.ip) \\(.rtt)"'
    netstat -tn --jsonl | jq -r .foreign_address

Whatever happens, it is valid: nothing is answered, a name is unknown, the kernel refuses, the command line is
wrong, SIGINT, SIGTERM.  What stands on stderr is data too: ``messages`` and ``error`` of a document, ``error`` and
``status`` in place of a table.  Where the text has a word for a value, key and value are those that `jc
<https://github.com/kellyjonbrazil/jc>`_ 1.26 finds in it; what the text cuts, rounds or leaves out has keys
of its own beside it.  null is what is not known, or not there; all keys are always there, but for those
marked as optional.  A string with bytes that are no UTF-8 has a key beside it, ``KEY_bytes``, with all its
bytes in hexadecimal digits.

The number behind the name in ``schema`` (``ping/1``) is the version: it changes when a key goes away or
changes its meaning, not when one comes.  The arrays of tables have no place for it.  The schemas, JSON Schema
2020-12, are files of the package, in ``netlite/schemas``.
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(section(name, json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8")))
                          for name in ORDER)


def section(name: str, schema: dict) -> str:
    """What one schema says, part by part."""
    title = schema["title"]
    text = f"\n{title}\n{'-' * len(title)}\n\n{schema['description']}  (``netlite/schemas/{name}.json``)\n"
    return text + "".join(part(key, each) for key, each in parts(schema["$defs"]))


def parts(definitions: dict) -> list[tuple[str, dict]]:
    """All parts with keys of their own, those of lines by their type."""
    found = []
    for name, each in definitions.items():
        if name == "line":
            found += [(f"line {kind}", shown) for kind, shown in lines(each) if kind not in definitions]
        elif name != "row":
            found.append((name, each))
    return found


def lines(schema: dict) -> list[tuple[str, dict]]:
    """The lines that have keys beside their type, by type."""
    return [(shown["properties"]["type"]["const"], shown) for shown in schema["oneOf"]
            if "type" in shown.get("properties", ()) and len(shown["properties"]) > 1
            and shown["properties"]["type"]["const"] != "start"]


def part(name: str, schema: dict) -> str:
    """One part: its keys, their types and meaning."""
    said = f"**{name}**: {schema.get('description', '')}"
    if "allOf" in schema:
        said += f"  With the keys of {', '.join(map(kind, schema['allOf']))}."
    if "oneOf" in schema:
        said += f"  {' or '.join(map(kind, schema['oneOf']))}."
    text = f"\n{fill(said, 118)}\n\n"
    required = schema.get("required", [])
    for key, value in schema["properties"].items() if "properties" in schema else ():
        meaning = f": {value['description']}" if "description" in value else ""
        optional = "" if key in required or not required else ", optional"
        item = f"* ``{key}``, {kind(value)}{optional}{meaning}".replace("_…", "\\_…")  # else it were a link
        text += fill(item, 118, subsequent_indent="  ") + "\n"
    return text


def kind(value: dict) -> str:
    """The type of a value in words."""
    if "$ref" in value:
        return f"*{value['$ref'].rpartition('/')[2]}*"
    if "oneOf" in value:
        return " or ".join(map(kind, value["oneOf"]))
    if "const" in value:
        return f"\"{value['const']}\""
    if "enum" in value:
        return " or ".join("null" if each is None else f"\"{each}\"" for each in value["enum"])
    types = value.get("type", "anything")
    words = types if isinstance(types, list) else [types]
    if "items" in value:
        words = [f"array of {kind(value['items'])}" if word == "array" else word for word in words]
    return " or ".join(words)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
