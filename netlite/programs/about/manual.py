"""What there is to say about each program: its purpose, its synopsis, its options from the tables it parses with."""

from __future__ import annotations

from importlib import import_module

from ...command_line.getopt import Option
from ...records.record import Record
from ..registry import PROGRAMS
from .own import OWN, PURPOSES, SYNOPSES, WORDS


class Row(Record):
    """One option: `names` as they are typed, the name of its `value` ("" for a flag), what it does."""

    names: tuple[str, ...]
    value: str
    text: str


class Section(Record):
    """Options under a heading."""

    heading: str
    rows: tuple[Row, ...]


class Manual(Record):
    """A program, its other names, one line, its synopsis, and its sections; own options are the last of them."""

    name: str
    aliases: tuple[str, ...]
    purpose: str
    synopsis: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def rows(self) -> list[Row]:
        """The rows of all sections."""
        return [row for section in self.sections for row in section.rows]


TABLES = {  # program: headings, and where the tables stand in its words
    "ping": (("Options", ("OPTIONS", "NOT_IN_USAGE")), ("IPv4 options", ("OPTIONS4",)),
             ("IPv6 options", ("OPTIONS6",))),
    "traceroute": (("Options", ("OPTIONS",)),),
    "tracepath": (("Options", ("OPTIONS", "NOT_IN_USAGE")),),
    "netstat": (("Options", ("OPTIONS",)),),
    "route": (("Options", ("OPTIONS",)),),
    "arp": (("Options", ("OPTIONS",)),),
    "hostname": (("Options", ("OPTIONS",)),),
    "watch": (("Options", ("OPTIONS",)),),
}
MODULES = {"hostname": "main"}  # whose tables stand in another module than words
ALIASES = {"ping": ("ping4", "ping6"), "traceroute": ("traceroute6", "tracert"),
           "hostname": ("dnsdomainname", "domainname", "nisdomainname", "ypdomainname")}
NAMES = ("ping", "traceroute", "tcptraceroute", "tracepath", "netstat", "ifconfig", "route", "arp", "hostname",
         "mtu", "why", "watch", "dhcp", "exporter", "sd", "lab", "learn", "explain", "netlite")


def canonical(name: str) -> str | None:
    """The program that a name or an alias stands for, None for another word."""
    if name in NAMES:
        return name
    return next((program for program, aliases in ALIASES.items() if name in aliases), None)


def manual_of(program: str) -> Manual:
    """All that is known of one of `NAMES`."""
    sections = [Section(heading, tuple(row for table in tables for row in _rows(program, table)))
                for heading, tables in TABLES.get(program, ())]
    sections += [Section(heading, (*_lessons(program), *(Row((word,), value, text) for word, value, text in words)))
                 for heading, words in WORDS.get(program, ())]
    if program in OWN:
        rows = tuple(Row(tuple(names.split()), value, text) for names, value, text in OWN[program])
        heading = "Options that netlite adds" if program in PROGRAMS else "More options" if sections else "Options"
        sections.append(Section(heading, rows))
    return Manual(program, ALIASES.get(program, ()), PURPOSES[program], SYNOPSES[program], tuple(sections))


def _lessons(program: str) -> list[Row]:
    """Those of ``netlite learn``; a Python that is too small for them has none."""
    if program != "learn":
        return []
    try:
        from ..learn.main import titles
    except ImportError:
        return []
    return [Row((number,), "", title) for number, title in titles()]


def _rows(program: str, table: str) -> list[Row]:
    words = import_module(f"netlite.programs.{program}.{MODULES.get(program, 'words')}")
    options: tuple[Option, ...] = getattr(words, table)
    return [Row(_names(option), option.value or "", _text(option)) for option in options]


def _names(option: Option) -> tuple[str, ...]:
    dash = "-" if option.one_dash else "--"
    return (*(f"-{letter}" for letter in option.short or ""),
            *(f"{dash}{name}" for name in (option.long or "").split()))


def _text(option: Option) -> str:
    text = option.text.replace("\n", " ")
    return text.replace("%s", option.value or "")
