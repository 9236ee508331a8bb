"""The rows of a routing table, by prefix; what a version of IP makes of them is in ipv4_routes and ipv6_routes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Generic, Protocol, TypeVar

    class Prefixed(Protocol):
        """What is asked of a row."""

        @property
        def prefix(self) -> int: ...
        @property
        def length(self) -> int: ...

    Row = TypeVar("Row", bound=Prefixed)
else:
    Generic, Row = (object,), 0  # so that Generic[Row] is object at run time


class Rows(Generic[Row]):
    """Prefix and its length -> the rows of it, in their order."""

    if not TYPE_CHECKING:
        __class_getitem__ = classmethod(lambda kind, _row: kind)  # for subclasses that say what their rows are

    def __init__(self, order: Callable[[tuple[int, int]], Any]):
        self._rows: dict[tuple[int, int], list[Row]] = {}
        self._order = order  # of prefixes, as /proc/net shows them

    def __iter__(self) -> Iterator[Row]:
        for key in sorted(self._rows, key=self._order):
            yield from self._rows[key]

    def remove(self, row: Row) -> None:
        """Take a row away that is there."""
        rows = self._rows[row.prefix, row.length]
        rows.remove(row)
        if not rows:
            del self._rows[row.prefix, row.length]

    def remove_where(self, gone: Callable[[Row], bool]) -> None:
        """Take all rows away for which `gone` is true."""
        for row in list(self):
            if gone(row):
                self.remove(row)
