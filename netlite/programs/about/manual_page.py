"""A manual as a page for man(1), section 8."""

from __future__ import annotations

from ... import __version__
from ..registry import PROGRAMS
from .help import shown_names
from .manual import Manual


def page_name(manual: Manual) -> str:
    """The name of the page, without the section."""
    return manual.name if manual.name == "netlite" or manual.name in PROGRAMS else f"netlite-{manual.name}"


def render_page(manual: Manual) -> str:
    """The page's source in the man macros."""
    name = page_name(manual)
    lines = [f'.TH {name.upper()} 8 "" "netlite {__version__}" "netlite"', ".SH NAME",
             _escaped(f"{', '.join((name, *manual.aliases))} - {manual.purpose}"), ".SH SYNOPSIS"]
    for number, line in enumerate(manual.synopsis):
        lines += [".br"] * bool(number) + [f".B {_escaped(line)}"]
    for section in manual.sections:
        lines.append(f".SH {section.heading.upper()}")
        for row in section.rows:
            lines += [".TP", f".B {_escaped(shown_names(row))}", _escaped(row.text)]
    lines += [".SH SEE ALSO", _escaped("netlite help " + manual.name + " says the same on a terminal; netlite doctor "
                                       "says what works on this machine.")]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """Text in which troff sees no request and no escape, and a dash is one that can be searched for."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text[:1] in (".", "'") else text
