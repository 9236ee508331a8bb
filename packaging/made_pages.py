"""The pages of the site that are made: programs from their option tables, the library from its docstrings and
records, the lab from its scenes."""

import inspect
import re
from pathlib import Path
from textwrap import indent

import netlite
from netlite import aio
from netlite.lab.play import draw
from netlite.lab.scene import scene
from netlite.lab.scene.keys import TABLES, TABLES_OF
from netlite.programs.about.help import shown_names
from netlite.programs.about.manual import NAMES, Manual, manual_of
from netlite.records import (
    addresses,
    diagnosis,
    multipath,
    path_mtu,
    table_rows,
    trace_rows,
    tracepath,
    tracepath_mishaps,
    verdicts,
)

ROOT = Path(__file__).resolve().parents[1]
RECORDS = (verdicts, trace_rows, table_rows, addresses, tracepath, tracepath_mishaps, path_mtu, multipath,
           diagnosis)
SPECIAL = str.maketrans({character: "\\" + character for character in "\\*`|_"})


def pages() -> dict[str, str]:
    """The text of each page, by its name."""
    made = {"programs/index": programs_page(), "lab/index": lab_page(), "library/functions": functions_page(),
            "library/aio": aio_page(), "library/records": records_page()}
    made["lab/format"] = format_page()
    made |= {f"programs/{name}": program_page(manual_of(name)) for name in NAMES}
    return made | {f"lab/{name}": scene_page(scene.load(name)) for name in scene.names()}


def titled(title: str, line: str = "=") -> str:
    """A heading."""
    return f"{title}\n{line * len(title)}\n\n"


def shown(text: str) -> str:
    """A block that is shown as it is."""
    return "::\n\n" + indent(text.rstrip("\n"), "    ") + "\n\n"


def tree(names: list[str]) -> str:
    """The pages below this one."""
    return "\n.. toctree::\n   :hidden:\n\n" + "".join(f"   {name}\n" for name in names)


def programs_page() -> str:
    """What there is."""
    text = titled("Programs") + "What ``netlite help PROGRAM`` and the manual pages say, from the same tables.\n\n"
    for name in NAMES:
        text += f"* :doc:`{name}`: {manual_of(name).purpose.translate(SPECIAL)}\n"
    return text + tree(list(NAMES))


def program_page(manual: Manual) -> str:
    """One program: purpose, synopsis, all options, and where there is more."""
    text = titled(manual.name) + f"{manual.purpose.capitalize().translate(SPECIAL)}.\n\n"
    if manual.aliases:
        text += f"Also called {', '.join(f'``{alias}``' for alias in manual.aliases)}.\n\n"
    text += shown("\n".join(manual.synopsis))
    for section in manual.sections:
        text += titled(section.heading, "-")
        for row in section.rows:
            text += f"``{shown_names(row)}``\n    {row.text.translate(SPECIAL) or '…'}\n"
        text += "\n"
    return text + titled("More", "-") + more(manual)


def more(manual: Manual) -> str:
    """Links to what other pages say of a program."""
    lines = []
    if (ROOT / f"docs/parity/{manual.name}.rst").exists():
        lines.append(f"* every option beside the original's: :doc:`/parity/{manual.name}`")
    if (ROOT / f"docs/{manual.name}.rst").exists():
        lines.append(f"* how it works: :doc:`/{manual.name}`")
    if (ROOT / f"netlite/schemas/{manual.name}.json").exists():
        lines.append("* the keys of ``--json`` and ``--jsonl``: :doc:`/json`")
    if any("--explain" in row.names for row in manual.rows):
        lines.append("* ``--explain``, ``--pcap``: :doc:`/explain`")
    if manual.name == "lab":
        lines.append("* the scenes: :doc:`/lab/index`")
    return "\n".join([*lines, "* which right it needs, and for how long: :doc:`/security`", ""])


def said_of(thing: object) -> str:
    """A docstring, with links to the records and functions it names."""
    text = inspect.getdoc(thing) or ""
    text = re.sub(r"(?<!`)`(?:netlite\.)?(records\.\w+\.[A-Z]\w+)`", r":py:class:`~netlite.\1`", text)
    return re.sub(r"(?<!`)`netlite\.([a-z_]+)`", r":py:func:`netlite.\1`", text)


def function(name: str, function: object, directive: str = "function") -> str:
    """A function as its docstring has it; types are said there, in words."""
    signature = inspect.signature(function)  # type: ignore[arg-type]
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in signature.parameters.values()]
    plain = signature.replace(parameters=bare, return_annotation=inspect.Signature.empty)
    return f".. py:{directive}:: {name}{plain}\n\n{indent(said_of(function), '   ')}\n\n"


def functions_page() -> str:
    """All functions of ``netlite``, and what they raise."""
    functions = [name for name in netlite.__all__ if inspect.isfunction(getattr(netlite, name))]
    errors = [name for name in netlite.__all__ if inspect.isclass(getattr(netlite, name))
              and issubclass(getattr(netlite, name), Exception)]
    text = titled("Functions") + "What holds for all of them: :doc:`/library`.\n\n.. py:currentmodule:: netlite\n\n"
    text += "".join(function(name, getattr(netlite, name)) for name in functions)
    text += titled("Errors", "-")
    return text + "".join(f".. py:exception:: {name}\n\n{indent(said_of(getattr(netlite, name)), '   ')}\n\n"
                          for name in errors)


def aio_page() -> str:
    """``netlite.aio``: what differs from the functions."""
    text = titled("asyncio") + ".. testsetup::\n\n   from netlite.aio import *\n\n"
    text += said_of(aio).replace(":\n\n    async", "::\n\n    async", 1) + "\n\n.. py:currentmodule:: netlite.aio\n\n"
    text += function("ping", aio.ping) + function("diagnose", aio.diagnose)
    text += function("Prober", aio.Prober.__init__, "class").replace("(self, ", "(", 1)
    text += indent(said_of(aio.Prober), "   ") + "\n\n"
    for name in ("ping", "close"):
        text += indent(function(name, getattr(aio.Prober, name), "method").replace("(self, ", "(", 1)
                       .replace("(self)", "()", 1), "   ")
    return text


def records_page() -> str:
    """Each record: what it says, and its columns."""
    text = titled("Records")
    text += ("Tuples with names: ``_fields``, ``as_dict()``, ``as_json()``, ``replace()``.  Times are whole "
             "nanoseconds.\n\n")
    for module in RECORDS:
        name = module.__name__
        text += titled(name, "-") + said_of(module) + f"\n\n.. py:currentmodule:: {name}\n\n"
        for record in vars(module).values():
            if isinstance(record, type) and record.__module__ == name and hasattr(record, "_fields"):
                text += record_entry(record)
    return text


def record_entry(record: type) -> str:
    """A class and the table of its columns."""
    text = f".. py:class:: {record.__name__}\n\n{indent(said_of(record), '   ')}\n\n"
    rows = ""
    for field in record._fields:  # type: ignore[attr-defined]
        homes = [vars(each).get("__annotations__", {}) for each in record.__mro__]
        kind = next((home[field] for home in homes if field in home), "")
        default = f"``{record.defaults[field]!r}``" if field in record.defaults else ""  # type: ignore[attr-defined]
        rows += f"   * - ``{field}``\n     - {str(kind).translate(SPECIAL)}\n     - {default}\n"
    table = ".. list-table::\n   :header-rows: 1\n\n   * - column\n     - type\n     - where nothing is said\n" + rows
    return text + (indent(table, "   ") + "\n" if rows else "")


def lab_page() -> str:
    """The scenes."""
    text = titled("The lab") + (
        "A scene is a network of virtual routers, with something to see.  ``netlite lab run SCENE`` builds one, in "
        "namespaces of the kernel, in userspace or in memory, and leaves nothing behind; :doc:`/programs/lab` has all "
        "verbs.  What follows is made from the files of the scenes (``netlite/lab/scene/scenes``).\n\n")
    for name in scene.names():
        text += f"* :doc:`{name}`: {scene.load(name).title.translate(SPECIAL)}\n"
    return text + "\n:doc:`format` has all that a scene file can say.\n" + tree([*scene.names(), "format"])


def format_page() -> str:
    """Every table and key of scene files."""
    text = titled("All keys of scene files") + (
        "The reader complains by this table, and ``netlite lab schema`` prints it as a JSON Schema.  What is not "
        "marked as needed may be left out.\n\n")
    for name, keys in TABLES_OF.items():
        text += titled({"scene": "The file", "exercise": "[exercise]"}.get(name, f"[[{name}]]"), "-")
        text += ".. list-table::\n   :header-rows: 1\n\n   * - key\n     - value\n     - meaning\n"
        for key in keys:
            kind = f"{key.kind}: {', '.join(map(str, key.choices))}" if key.choices else \
                f"``[[{key.table}]]``" if key.kind == TABLES else key.kind
            needed = "  Needed." if key.required else ""
            shown_kind = kind if key.kind == TABLES else kind.translate(SPECIAL)
            text += f"   * - ``{key.name}``\n     - {shown_kind}\n     - {key.says.translate(SPECIAL)}.{needed}\n"
        text += "\n"
    return text


def scene_page(loaded: scene.Scene) -> str:
    """One scene: what it teaches, its map, what to try, what to break."""
    text = titled(loaded.name) + f"{loaded.title.translate(SPECIAL)}.  {loaded.goal.strip().translate(SPECIAL)}\n\n"
    picture = draw(loaded.topology)
    text += (shown(picture) if picture.strip() else "") + titled("Try", "-") + shown(f"netlite lab run {loaded.name}")
    for each in loaded.experiments:
        text += f"{each.see.translate(SPECIAL)}\n\n" + shown(f"{each.node}$ {each.command}")
    if loaded.faults:
        text += titled("Break", "-")
        text += "".join(f"``netlite lab break {fault.name}``\n    {fault.see.translate(SPECIAL)}\n"
                        for fault in loaded.faults)
    backends = ", ".join(f"``{each}``" for each in loaded.backends)
    return text + f"\nTrue on: {backends}.\n"
