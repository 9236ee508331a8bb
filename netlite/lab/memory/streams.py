"""What a program in memory writes to: stdout and stderr as texts."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Text:
    """A stream that keeps what is written."""

    def __init__(self, terminal: bool = False):
        self._parts: list[str] = []
        self.errno = self.whole_bytes = 0
        self._terminal = terminal

    @property
    def text(self) -> str:
        """All of it."""
        self._parts = ["".join(self._parts)]
        return self._parts[0]

    def write(self, text: str | bytes) -> None:
        self._parts.append(text if isinstance(text, str) else text.decode("utf-8", "surrogateescape"))

    def write_whole(self, text: str, interrupted: bool = False) -> None:
        self.write(text)
        self.whole_bytes += len(text)

    def begin_table(self, table: str, text: str, titles: tuple[str, ...] = ()) -> None:
        """As `environment.Output`."""
        self.write(text)

    def tell_rows(self, table: str, rows: Iterable[object], label: str = "") -> None:
        """As `environment.Output`."""

    def flush(self) -> None:
        pass

    unbuffer = flush

    def isatty(self) -> bool:
        return self._terminal
