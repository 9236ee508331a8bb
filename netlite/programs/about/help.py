"""``netlite help PROGRAM``: a manual as text of 80 columns."""

from __future__ import annotations

from textwrap import wrap

from .manual import Manual, Row

COLUMNS, NAMES_WIDTH = 79, 24


def render_help(manual: Manual) -> str:
    """The text, with the options netlite adds.

    >>> from netlite.programs.about.manual import manual_of
    >>> print(render_help(manual_of("hostname")).partition("Options:")[0])
    hostname: show and set the host's name
    (also dnsdomainname, domainname, nisdomainname, ypdomainname)
    <BLANKLINE>
      hostname [OPTION]...
      hostname NAME
      hostname [-b] -F FILE
    <BLANKLINE>
    <BLANKLINE>
    """
    lines = [f"{manual.name}: {manual.purpose}"]
    if manual.aliases:
        lines.append(f"(also {', '.join(manual.aliases)})")
    lines += ["", *(f"  {line}" for line in manual.synopsis), ""]
    for section in manual.sections:
        lines += [f"{section.heading}:", *(line for row in section.rows for line in _lines(row)), ""]
    return "\n".join(lines)


def shown_names(row: Row) -> str:
    """An option as people write it down: ``-c COUNT``, ``--json``."""
    names = ", ".join(name for name in row.names if name != "-?" or row.names == ("-?",))
    if not row.value:
        return names
    return names + ("" if names.endswith("=") else " ") + row.value


def _lines(row: Row) -> list[str]:
    names = f"  {shown_names(row)}"
    text = wrap(row.text, COLUMNS - NAMES_WIDTH, break_on_hyphens=False) or [""]
    if len(names) >= NAMES_WIDTH:
        named = wrap(names, COLUMNS, subsequent_indent="  ", break_on_hyphens=False)
        return [*named, *(" " * NAMES_WIDTH + line for line in text)]
    return [f"{names:{NAMES_WIDTH}}{text[0]}", *(" " * NAMES_WIDTH + line for line in text[1:])]
