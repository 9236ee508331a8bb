"""``--json`` of tables: the one place that writes it.  Whatever happens, stdout holds whole documents and nothing else;
with ``--jsonl`` each row is one, a line.

What cannot be done is said on stderr as ever, and as data: a row with the key ``error`` where rows were to come, an
object ``{"error": …, "status": …}`` where there is no other document.  docs/decisions/0022 says how exact bytes are
had back.
"""

from __future__ import annotations

from ..render.json_tables import as_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Self

    from ..environment import Stream

SIGNALLED = 128                       # an interrupted program has this status and the number of the signal


def write_document(environment: Any, value: object, interrupted: bool = False) -> None:
    """One document, a line of its own; the rows of an array with ``--jsonl``."""
    if isinstance(value, list) and has_lines(environment.out):
        environment.out.write_whole("".join(map(as_json, value)))
    else:
        environment.out.write_whole(as_json(value), interrupted)


def has_lines(out: Any) -> bool:
    """Whether rows are lines (``--jsonl``)."""
    return isinstance(out, Texts) and out.lines


class ArrayDocument:
    """An array that is written as its rows come, a row a line, or all in one line; ``with`` it, it is ended whatever
    happens, and what ended it early is its last row.

    An interrupt may come between any two writes: how far the document is, is what the stream counts.
    """

    def __init__(self, environment: Any, one_line: bool):
        self._out = environment.out
        self._start = self._out.whole_bytes
        self._lines = has_lines(self._out)
        self._one_line = one_line
        self._between = ", " if one_line else ",\n"

    def add(self, rows: list[Any]) -> None:
        self._out.write_whole(self._text(rows))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, failure: BaseException | None, _trace: object) -> None:
        before = self._out.whole_bytes
        try:
            self._out.write_whole(self._end(failure), isinstance(failure, KeyboardInterrupt))
        except KeyboardInterrupt as late:
            if self._out.whole_bytes == before:  # it came before the end was written, not right behind it
                self._out.write_whole(self._end(late), interrupted=True)
            raise

    def _text(self, rows: list[Any]) -> str:
        if self._lines:
            return "".join(map(as_json, rows))
        if not rows:
            return ""
        begun = self._between if self._out.whole_bytes > self._start else "["
        return begun + (as_json(rows)[1:-2] if self._one_line else ",\n".join([as_json(row)[:-1] for row in rows]))

    def _end(self, failure: BaseException | None) -> str:
        error = "interrupted" if isinstance(failure, KeyboardInterrupt) else str(failure)
        text = self._text([] if failure is None else [{"error": error}])
        if self._lines:
            return text
        return f"{text}]\n" if text or self._out.whole_bytes > self._start else "[]\n"


def run_whole(run: Callable[[], int], environment: Any, lines: bool = False) -> int:
    """`run()`, which gives an exit status, with stdout for documents alone; `lines`: a row of an array is one.

    Texts that a program writes there (a usage) go to stderr, unless they are all there is and the status is 0.
    """
    out, err = environment.out, environment.err
    texts, told = Texts(out, lines), Heard(err)
    stream: Stream = texts
    environment.out, environment.err = stream, told
    start = out.whole_bytes
    environment.raise_interrupts()
    try:
        status = run()
        if out.whole_bytes == start and (status or told.text and not (texts.text or texts.documented)):
            write_document(environment, {"error": (told.text or texts.text).strip(), "status": status})
    except KeyboardInterrupt:
        status = SIGNALLED + environment.interrupted_by
        if out.whole_bytes == start:
            write_document(environment, {"error": "interrupted", "status": status}, interrupted=True)
        out.flush()
        environment.end_as_interrupted()
    finally:
        environment.out, environment.err = out, err
        environment.default_interrupts()
    (err if status or out.whole_bytes > start else out).write(texts.text)
    return status


class Texts:
    """A stdout that passes documents on and keeps texts."""

    def __init__(self, out: Any, lines: bool = False):
        self._out, self.lines = out, lines
        self.text = ""
        self.documented = False  # something was written, if only a table without rows

    @property
    def errno(self) -> int:
        return int(self._out.errno)

    @property
    def whole_bytes(self) -> int:
        return int(self._out.whole_bytes)

    def write(self, text: str | bytes) -> None:
        self.text += text if isinstance(text, str) else text.decode("utf-8", "surrogateescape")

    def begin_table(self, table: str, text: str, titles: tuple[str, ...] = ()) -> None:
        self.write(text)

    def tell_rows(self, table: str, rows: Iterable[object], label: str = "") -> None:
        """Rows are in the documents."""

    def write_whole(self, text: str, interrupted: bool = False) -> None:
        self.documented = True
        self._out.write_whole(text, interrupted)

    def flush(self) -> None:
        self._out.flush()

    def unbuffer(self) -> None:
        self._out.unbuffer()

    def isatty(self) -> bool:
        return bool(self._out.isatty())


class Heard:
    """A stderr that remembers what it passes on."""

    def __init__(self, err: Any):
        self._err = err
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text
        self._err.write(text)

    def isatty(self) -> bool:
        return bool(self._err.isatty())

    @property
    def errno(self) -> int:
        """As `environment.Output`: why it could not be written."""
        return int(self._err.errno)
