"""`Table`: one table of a scene file, which complains in words a student understands, with the line it is about."""

from __future__ import annotations

from ...feature_errors import SceneError
from .keys import TABLES_OF, key_of
from .lines import lines_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .lines import Path


LONGEST_MS = 1e9                      # eleven days; nothing waits for longer
LONGEST_SHOWN = 200
MOST = 2**63                          # TOML's whole numbers have 64 bits


class Table:
    """Gives each key once, checks its type, and knows which were not asked for.

    `kind` is what `keys.TABLES_OF` calls such a table, `path` where it is in the file, `lines` the line of each path.
    """

    WORDS = {str: "a text", int: "a whole number", float: "a number", list: "a list", bool: "true or false",
             dict: "a table"}

    def __init__(self, values: object, place: str, kind: str = "scene", path: Path = (),
                 lines: dict[Path, int] | None = None):
        self.place, self.kind, self._path, self._lines = place, kind, path, lines or {}
        if not isinstance(values, dict):
            raise self.wrong(f"{place} must be a table")
        self._left = dict(values)

    def wrong(self, words: str, key: str = "") -> SceneError:
        """The complaint about a key, or about the table; with its line."""
        line = self._lines.get((*self._path, key)) or self._lines.get(self._path)
        return SceneError(f"line {line}: {words}" if line else words)

    def has(self, key: str) -> bool:
        """Whether the file says something about `key` that was not asked for yet."""
        return key in self._left

    def take(self, key: str, kind: type, default: Any = None, required: bool = False) -> Any:
        """The value of `key`, which must be of type `kind`."""
        if key not in self._left:
            if required:
                raise self.wrong(f"{self.place} lacks {key!r}{self._meant(key)}")
            return default
        value = self._left.pop(key)
        accepted = (int, float) if kind is float else kind
        if not isinstance(value, accepted) or isinstance(value, bool) and kind is not bool:
            raise self.wrong(f"{self.place}: {key!r} must be {self.WORDS[kind]}, not {shown(value)}", key)
        if type(value) is int and not -MOST <= value < MOST:
            raise self.wrong(f"{self.place}: {key!r} has more than 64 bits", key)
        return value

    def one_of(self, key: str, default: Any = None, required: bool = False) -> Any:
        """The value of `key`, one of those that `keys` has for it."""
        known = key_of(self.kind, key)
        assert known is not None and known.choices
        value = self.take(key, type(known.choices[0]), default, required)
        if value != default and value not in known.choices:
            names = ", ".join(map(str, known.choices))
            raise self.wrong(f"{self.place}: the {key} is one of {names}, not {value!r}", key)
        return value

    def at_least_0(self, key: str, most: float = LONGEST_MS) -> float:
        """The value of `key`, a number from 0 to `most`; 0 unless given."""
        value: float = self.take(key, float, 0.0)
        if value < 0:
            raise self.wrong(f"{self.place}: the {key.rpartition('_')[0] or key} is negative", key)
        if value != value:
            raise self.wrong(f"{self.place}: {key!r} must be a number, not nan", key)
        if value > most:
            raise self.wrong(f"{self.place}: {key!r} is at most {most:g}, not {value:g}", key)
        return value

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        """The value of `key`, which must be a list of texts."""
        value = self.take(key, list, [], required)
        if not all(isinstance(item, str) for item in value):
            raise self.wrong(f"{self.place}: {key!r} must be a list of texts, not {shown(value)}", key)
        return tuple(value)

    def numbers(self, key: str) -> tuple[int, ...]:
        """The value of `key`, which must be a list of whole numbers."""
        value = self.take(key, list, [])
        if not all(type(item) is int and -MOST <= item < MOST for item in value):
            raise self.wrong(f"{self.place}: {key!r} must be a list of whole numbers, not {shown(value)}", key)
        return tuple(value)

    def table(self, key: str) -> Table:
        """The table written as ``[key]``."""
        return Table(self.take(key, dict, required=True), f"[{key}]", key, (*self._path, key), self._lines)

    def tables(self, key: str) -> list[Table]:
        """The tables written as ``[[key]]``."""
        rows, path = self.take(key, list, []), (*self._path, key)
        return [Table(row, f"[[{key}]] number {number}", key, (*path, number - 1), self._lines)
                for number, row in enumerate(rows, 1)]

    def finish(self) -> None:
        """Complain about keys nobody asked for."""
        for key in self._left:
            names = ", ".join(each.name for each in TABLES_OF[self.kind])
            meant = self._like(key, [each.name for each in TABLES_OF[self.kind]])
            raise self.wrong(f"{self.place} has the unknown key {key!r}"
                             + (f"; is {meant!r} meant?" if meant else f"; it may have: {names}"), key)

    def _meant(self, key: str) -> str:
        """What stands there in place of a key, if something looks like it."""
        known = {each.name for each in TABLES_OF[self.kind]}
        like = self._like(key, [name for name in self._left if name not in known])
        return f"; is that what {like!r} means?" if like else ""

    @staticmethod
    def _like(word: str, words: list[str]) -> str:
        from difflib import get_close_matches

        found = get_close_matches(word, words, 1) or [each for each in words if each.startswith(word + "_")]
        return found[0] if found else ""


def file_table(values: object, text: str) -> Table:
    """The whole of a file, which says `text`."""
    return Table(values, "the scene", lines=lines_of(text))


def read_whole(text: str, low: int, high: int) -> int | None:
    """The number that plain digits in a text are; None where it is none from `low` to `high`."""
    plain = text.isascii() and text.isdigit() and len(text) <= len(str(high))
    return int(text) if plain and low <= int(text) <= high else None


def shown(value: object) -> str:
    """A value in a complaint, as far as it can be shown.

    >>> shown("x"), shown(10**5000)
    ("'x'", 'what is too long to show')
    """
    try:
        words = repr(value)
    except ValueError:                # Python writes no number of so many digits
        words = ""
    return words if 0 < len(words) <= LONGEST_SHOWN else "what is too long to show"
