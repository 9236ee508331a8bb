"""The options that teach, of every program: ``--explain[=fields|=WORD]``, ``--html FILE``, and ``--pcap FILE``."""

from __future__ import annotations

from ..errors import UsageError

PROBING = ("ping", "traceroute", "tcptraceroute", "tracepath", "mtu", "watch")
TABLES = ("netstat", "ifconfig", "route", "arp", "hostname")
REASONING = "why"
FILES = {**dict.fromkeys(PROBING, ("--pcap", "--html")), **dict.fromkeys((*TABLES, REASONING), ("--html",))}
"""The options of each that name a file."""


class Lesson:
    """What was asked for: `mode` is None, "story", "fields" or a word; `files` the names by option."""

    def __init__(self) -> None:
        self.mode: str | None = None
        self.files: dict[str, str] = {}


def parse(program: str, argv: list[str], file_options: tuple[str, ...]) -> tuple[Lesson, list[str]]:
    """Take the teaching options off a command line; the first ``--`` ends them.  Raises UsageError."""
    lesson, rest, words = Lesson(), [], list(argv)
    while words:
        word = words.pop(0)
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *words]
            break
        if name == "--explain":
            if equals and not value:
                raise UsageError(f"{program}: --explain= needs a word\n", 2)
            lesson.mode = value.lower() if equals else lesson.mode or "story"
        elif name in file_options:
            if not equals and not words:
                raise UsageError(f"{program}: {name} needs the name of a file\n", 2)
            lesson.files[name] = value if equals else words.pop(0)
        else:
            rest.append(word)
    return lesson, rest
