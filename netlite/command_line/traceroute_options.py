"""Command lines as traceroute's own option parser reads them; a dialect that is not getopt.

Short options group only while they are flags (``-nI``); a value is joined (``-q1``) or the next
word.  A long option takes its value only after ``=`` and may be shortened only where its row says
so.  Options may follow operands unless POSIXLY_CORRECT is set; ``--`` ends them.  A list of
keywords (``-O syn,mss=500``) is read by the same rules without dashes.
"""

from __future__ import annotations

from ..errors import UsageError
from .c_words import joined, spelled
from .getopt import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

ABBREVIATION_CHARACTERS = 2  # the shortest abbreviation of a long option that may be shortened
LIST_ITEM_BYTES = 80  # items of a list must be shorter than this


class Operand:
    """A word that is no option; `read(choices, word)` notes it."""

    def __init__(self, name: str, read: Callable[[Any, str], None], text: str, required: bool = False):
        self.name, self.read, self.text, self.required = name, read, text, required


class Unreadable(Exception):
    """A value that cannot be read; `text` is what has to be said before the parser's own line."""

    def __init__(self, text: str = ""):
        super().__init__(text)
        self.text = text


class CommandLine:
    """Read `words` into `choices` by the rows of `options` and `operands`.

    `keywords`: the words are keywords without dashes; then operands are not allowed.
    Raises UsageError with the original's line and status 2.
    """

    def __init__(self, options: tuple[Option, ...], operands: tuple[Operand, ...] = (), keywords: bool = False,
                 posix: bool = False):
        self.options = options
        self.operands = operands
        self._keywords = keywords
        self._posix = posix
        self._alone_left = 1
        self._words: list[str] = []
        self._one_dash: list[Option] = []
        self._two_dashes: list[Option] = []
        self._letters: dict[str | None, Option] = {}
        for row in options:
            (self._one_dash if row.one_dash else self._two_dashes).append(row)
            self._letters.setdefault(row.short, row)
        self._place = 0  # the index of the word being read; word 0 is the program

    def read(self, program: str, words: list[str], choices: Any) -> None:
        """Note all options in order, then all operands."""
        self._words = [program, *words]
        self._alone_left = 1
        found: list[int] = []
        open_options = True
        self._place = 1
        while self._place < len(self._words):
            word = self._words[self._place]
            if open_options and word == "--" and not self._keywords:
                open_options = False
            elif not (open_options and self._read_option(word, choices)):
                if not self.operands:
                    raise refused(f"`{word}' (argc {self._place}): arguments are not allowed")
                found.append(self._place)
                open_options = open_options and not self._posix
            self._place += 1
        self._read_operands(found, choices)

    def _read_option(self, word: str, choices: Any) -> bool:
        """Read the option that `word` holds; False when it is none."""
        if not word.startswith("-"):
            return self._keywords and self._read_long(word, self.options, choices)
        if word.startswith("--"):
            if word.startswith("---") or self._keywords:
                return False
            if not self._read_long(word[2:], self._two_dashes, choices):
                _, equals, value = word.partition("=")
                value = f" (with arg `{value}')" if equals else ""
                raise refused(f"Bad option `{word}'{value} (argc {self._place})")
            return True
        if self._read_long(word[1:], self._one_dash, choices):
            return True
        if word == "-":
            return False
        self._read_group(word, choices)
        return True

    def _read_long(self, text: str, rows: Iterable[Option], choices: Any) -> bool:
        row = find_long(text, rows)
        if row is None:
            return False
        if row.alone:
            self._check_alone(row)
        _, equals, value = text.partition("=")
        if row.value and not equals:
            raise self._lacks_value(row, self._long_name(row), f"{self._long_name(row)}=")
        self._note(row, self._long_name(row), value if row.value else None, choices)
        return True

    def _read_group(self, word: str, choices: Any) -> None:
        """One short option with its value, or a group of flags (the last may take the next word)."""
        if not word.isascii():
            word = spelled(word)
        for position in range(1, len(word)):
            name = f"-{word[position]}"
            row = self._letters.get(word[position])
            if row is None:
                raise refused(f"Bad option `{name}' (argc {self._place})")
            value = None
            if row.value:
                value = word[position + 1:]
                grouped = position > 1
                if not value and not (grouped and self._posix) and self._place + 1 < len(self._words):
                    self._place += 1
                    value = self._words[self._place]
                elif not value or grouped:
                    raise self._lacks_value(row, name, f"{name} ")
            if row.alone:
                self._check_alone(row)
            self._note(row, name, joined(value) if value and not value.isascii() else value, choices)
            if row.value:
                return

    def _read_operands(self, found: list[int], choices: Any) -> None:
        required = [operand for operand in self.operands if operand.required]
        if len(found) < len(required):
            missing = required[len(found)].name
            others = " and other missing arguments." if len(required) - len(found) > 1 else " missing argument."
            raise refused(f'Specify "{missing}"{others}')
        if len(found) > len(self.operands):
            extra = len(self.operands)
            raise refused(f"Extra arg `{self._words[found[extra]]}' (position {extra + 1}, argc {found[extra]})")
        for position, (operand, place) in enumerate(zip(self.operands, found), 1):
            try:
                operand.read(choices, self._words[place])
            except Unreadable as trouble:
                raise refused(f'{trouble.text}Cannot handle "{operand.name}" cmdline arg '
                              f"`{self._words[place]}' on position {position} (argc {place})") from None

    def _note(self, row: Option, name: str, value: str | None, choices: Any) -> None:
        try:
            for item in list_items(value) if row.several and value is not None else (value,):
                row.read(choices, item)
        except Unreadable as trouble:
            kind = "keyword" if self._keywords and not name.startswith("-") else "option"
            value = f" with arg `{value}'" if row.value else ""
            raise refused(f"{trouble.text}Cannot handle `{name}' {kind}{value} (argc {self._place})") from None

    def _check_alone(self, row: Option) -> None:
        if not self._alone_left:
            rivals = " | ".join(self._long_name(rival) for rival in self.options if rival.alone)
            raise refused(f"{self._kind()} `{self._long_name(row)}' (argc {self._place}): "
                          f"Only one of:\n    {rivals}\nmay be specified.")
        self._alone_left -= 1

    def _lacks_value(self, row: Option, name: str, joined: str) -> UsageError:
        kind = self._kind() if not name.startswith("-") else "Option"
        several = ",..." if row.several else ""
        return refused(f"{kind} `{name}' (argc {self._place}) requires an argument: `{joined}{row.value}{several}'")

    def _kind(self) -> str:
        return "Keyword" if self._keywords else "Option"

    def _long_name(self, row: Option) -> str:
        return long_name(row, self._keywords)


def refused(line: str) -> UsageError:
    """The original's line for stderr, with its exit status."""
    return UsageError(line + "\n", 2)


def long_name(row: Option, keywords: bool = False) -> str:
    """The long name of an option as it is typed."""
    return f"{'' if keywords else '-' if row.one_dash else '--'}{row.long}"


def find_long(text: str, rows: Iterable[Option]) -> Option | None:
    """The row that `text` (name, or name=value) names in full, or shortens and no other does."""
    name, equals, _ = text.partition("=")
    shortened = []
    for row in rows:
        if not row.long or (equals and not row.value):
            continue
        if row.long == name:
            return row
        if row.shortens and len(name) >= ABBREVIATION_CHARACTERS and row.long.startswith(name):
            shortened.append(row)
    return shortened[0] if len(shortened) == 1 else None


def list_items(text: str) -> Iterator[str]:
    """The items of a list, separated by commas and blanks; a leading separator makes an empty item."""
    while text:
        end = next((at for at, character in enumerate(text) if character in " \t,"), len(text))
        if len(spelled(text[:end])) >= LIST_ITEM_BYTES:
            raise Unreadable()
        yield text[:end]
        text = text[end:].lstrip(" \t,")
