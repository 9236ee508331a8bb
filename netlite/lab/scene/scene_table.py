"""`Table`: one table of a scene file, which complains in words a student understands."""

from __future__ import annotations

from ...errors import SceneError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Table:
    """Gives each key once, checks its type, and knows which were not asked for."""

    WORDS = {str: "a text", int: "a whole number", float: "a number", list: "a list", bool: "true or false",
             dict: "a table"}

    def __init__(self, values: object, place: str):
        if not isinstance(values, dict):
            raise SceneError(f"{place} must be a table")
        self._left = dict(values)
        self.place = place

    def has(self, key: str) -> bool:
        """Whether the file says something about `key` that was not asked for yet."""
        return key in self._left

    def take(self, key: str, kind: type, default: Any = None, required: bool = False) -> Any:
        """The value of `key`, which must be of type `kind`."""
        if key not in self._left:
            if required:
                raise SceneError(f"{self.place} lacks {key!r}")
            return default
        value = self._left.pop(key)
        accepted = (int, float) if kind is float else kind
        if not isinstance(value, accepted) or isinstance(value, bool) and kind is not bool:
            raise SceneError(f"{self.place}: {key!r} must be {self.WORDS[kind]}, not {value!r}")
        return value

    def at_least_0(self, key: str, most: float = float("inf")) -> float:
        """The value of `key`, a number from 0 to `most`; 0 unless given."""
        value: float = self.take(key, float, 0.0)
        if value < 0:
            raise SceneError(f"{self.place}: the {key.rpartition('_')[0]} is negative")
        if value > most:
            raise SceneError(f"{self.place}: {key!r} is at most {most:g}, not {value:g}")
        return value

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        """The value of `key`, which must be a list of texts."""
        value = self.take(key, list, [], required)
        if not all(isinstance(item, str) for item in value):
            raise SceneError(f"{self.place}: {key!r} must be a list of texts, not {value!r}")
        return tuple(value)

    def numbers(self, key: str) -> tuple[int, ...]:
        """The value of `key`, which must be a list of whole numbers."""
        value = self.take(key, list, [])
        if not all(type(item) is int for item in value):
            raise SceneError(f"{self.place}: {key!r} must be a list of whole numbers, not {value!r}")
        return tuple(value)

    def table(self, key: str) -> Table:
        """The table written as ``[key]``."""
        return Table(self.take(key, dict, required=True), f"[{key}]")

    def tables(self, key: str) -> list[Table]:
        """The tables written as ``[[key]]``."""
        rows = self.take(key, list, [])
        return [Table(row, f"[[{key}]] number {number}") for number, row in enumerate(rows, 1)]

    def finish(self) -> None:
        """Complain about keys nobody asked for."""
        if self._left:
            raise SceneError(f"{self.place} has the unknown key {next(iter(self._left))!r}")
