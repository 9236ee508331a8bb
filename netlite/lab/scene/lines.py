"""Where things stand in a scene file: the line of each table and key.  Pure.

tomllib gives values without places; a complaint that names no line helps nobody with a long file.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    Path = tuple[str | int, ...]

HEAD = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]\]?\s*(#.*)?$")
KEY = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|([\w-]+))\s*=")

STRING = re.compile(r"""\"{3}(?:\\?.)*?(?:\"{3}|\Z)|'{3}.*?(?:'{3}|\Z)|"(?:\\?[^\n])*?(?:"|$)|'[^'\n]*'?|\#[^\n]*""",
                    re.DOTALL | re.MULTILINE)
NO_NAME = re.compile(r"[^\w\-. \t]+")
MOST_PARTS = 8
SHOWN = 40


def deep_name(text: str) -> str:
    """The beginning of a dotted name of too many parts, "" where there is none: tomllib takes a gigabyte for 20,000.

    >>> deep_name('a.b = "1.2.3.4.5.6.7.8.9"'), deep_name(".".join("abcdefghi") + " = 1")
    ('', 'a.b.c.d.e.f.g.h.i')
    """
    for piece in NO_NAME.split(STRING.sub("_", text)):
        if piece.count(".") >= MOST_PARTS:
            return piece.strip()[:SHOWN]
    return ""


def lines_of(text: str) -> dict[Path, int]:
    """The line, from 1, of each ``[table]``, ``[[table]]`` and key, by its path.

    >>> lines_of('a = 1\\n[[wires]]\\nends = [\\n"a", "b"]\\n')
    {('a',): 1, ('wires', 0): 2, ('wires', 0, 'ends'): 3}
    """
    found: dict[Path, int] = {}
    here: Path = ()
    counts: dict[Path, int] = {}
    inside = Inside()
    for number, line in enumerate(text.split("\n"), 1):
        if not inside.is_open:
            head, key = HEAD.match(line), KEY.match(line)
            if head:
                here = _entered(head[2].split("."), head[1] == "[[", counts)
                found.setdefault(here, number)
                continue
            if key:
                found.setdefault((*here, key[1] or key[2] or key[3] or ""), number)
        inside.read(line)
    return found


def _entered(names: list[str], many: bool, counts: dict[Path, int]) -> Path:
    """The path of a table by its name: ``faults.wires`` belongs to the last of the ``[[faults]]``."""
    path: Path = ()
    for name in names[:-1]:
        path = (*path, name)
        if path in counts:
            path = (*path, counts[path] - 1)
    path = (*path, names[-1])
    if many:
        counts[path] = counts.get(path, 0) + 1
        path = (*path, counts[path] - 1)
    return path


class Inside:
    """Whether a value goes on over the end of a line: an array, or a text in three quotes."""

    def __init__(self) -> None:
        self._brackets = 0
        self._quotes = ""

    @property
    def is_open(self) -> bool:
        """Whether the next line begins inside one."""
        return bool(self._brackets or self._quotes)

    def read(self, line: str) -> None:
        """One more line."""
        place = 0
        while place < len(line):
            if self._quotes:
                end = line.find(self._quotes, place)
                if end < 0:
                    break
                escaped = self._quotes[0] == '"' and (end - len(line[:end].rstrip("\\"))) % 2
                place, self._quotes = (end + 1, self._quotes) if escaped else (end + len(self._quotes), "")
                continue
            letter = line[place]
            if letter == "#":
                break
            if letter in "\"'":
                self._quotes = letter * 3 if line.startswith(letter * 3, place) else letter
                place += len(self._quotes)
                continue
            self._brackets = max(0, self._brackets + (letter in "[{") - (letter in "]}"))
            place += 1
        if len(self._quotes) == 1:
            self._quotes = ""  # these end with their line, or it is no TOML
