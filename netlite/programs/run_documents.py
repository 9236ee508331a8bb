"""``--json`` and ``--jsonl`` of the programs that probe: ping, traceroute, tracepath, netlite mtu, why, watch and dhcp.

The program runs as ever, with its own exit status and its complaints on stderr; what its engine reports is told to a
`RunDocument` too, and stdout holds that instead of the text.  docs/decisions/0022 says what is promised.
"""

from __future__ import annotations


from ..render.visible import json_line
from .documents import SIGNALLED, Heard, Texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..environment import Environment
    from ..render.json_runs import Notation, Object

SCHEMAS = {"tcptraceroute": "traceroute"}  # folder: whose schema it has, where not its own
OPTIONS = ("--json", "--jsonl")
UNWRITTEN = {"mtu": 2, "why": 2, "watch": 2, "dhcp": 2}  # the status for what could not be written, if not 1


class RunDocument:
    """What stdout holds: an object a line as it comes (`lines`), or one at the end."""

    def __init__(self, folder: str, lines: bool, out: Any):
        self._schema = f"{SCHEMAS.get(folder, folder)}/1"
        self._lines, self._out = lines, out
        self._notation: Notation | None = None
        self._messages: list[str] = []
        self.begun = False
        self._before = out.whole_bytes
        self._last_at: int | None = None  # where its last words begin in the stream

    @property
    def ended(self) -> bool:
        """Whether its last words are written; the stream counts, for an interrupt comes before or right behind them."""
        return self._last_at is not None and bool(self._out.whole_bytes > self._last_at)

    def begin(self, notation: Notation) -> None:
        """The run starts: `notation` makes objects of its records."""
        self._notation, self._schema = notation, notation.schema
        self._start(notation.start)

    def tell(self, record: Any, stamp: str = "") -> None:
        """The engine reports `record`."""
        if self._notation is None:
            return
        for told in self._notation.objects(record, stamp):
            if self._lines:
                self._write(told)
            else:
                self._notation.keep(told)

    def heard(self, text: str) -> None:
        """The program complains; what begins with \\r overwrites itself on a terminal."""
        if text.startswith("\r") or not text.strip():
            return
        self._messages.append(text.strip())
        if self._lines and self.begun:
            self._write({"type": "message", "text": text.strip()})

    def end(self, status: int, interrupted: bool = False) -> None:
        """Write what is left, once; `status` is the exit status."""
        if self.ended:
            return
        complete = self._notation.complete if self._notation else not status
        error = "interrupted" if interrupted else None if complete else "\n".join(self._messages) or "no result"
        if self._lines:
            if self._out.whole_bytes == self._before:
                self._start({})
            last: Object = {"type": "end", "error": error, "status": status}
        else:
            kept = {} if self._notation is None else self._notation.document()
            last = {"schema": self._schema, **kept, "messages": self._messages, "error": error, "status": status}
        self._last_at = self._out.whole_bytes
        self._write(last, interrupted)

    def _start(self, about: Object) -> None:
        if self._lines:
            self._write({"type": "start", "schema": self._schema, **about})
            for text in self._messages:
                self._write({"type": "message", "text": text})
        self.begun = True

    def _write(self, told: Object, interrupted: bool = False) -> None:
        self._out.write_whole(json_line(told), interrupted)


class Silent(Texts):
    """A stdout that keeps texts as long as they may be all there is: a usage that was asked for."""

    errno = 0

    def __init__(self, out: Any, document: RunDocument):
        super().__init__(out)
        self._document = document

    def write(self, text: str | bytes) -> None:
        if not self._document.begun:
            super().write(text if isinstance(text, str) else text.decode("utf-8", "surrogateescape"))

    def flush(self) -> None:
        """Nothing waits here."""

    unbuffer = flush


class Complaints(Heard):
    """A stderr that tells a document what it passes on."""

    def __init__(self, err: Any, document: RunDocument):
        super().__init__(err)
        self._document = document

    def write(self, text: str) -> None:
        self._err.write(text)
        self._document.heard(text)


def take_options(words: list[str]) -> tuple[set[str], list[str]]:
    """``--json`` and ``--jsonl`` as far as a command line has them, and the other words; ``--`` ends them.

    >>> take_options(["-n", "--json", "--", "--jsonl"])
    ({'--json'}, ['-n', '--', '--jsonl'])
    """
    end = words.index("--") if "--" in words else len(words)
    own = set(words[:end]).intersection(OPTIONS)
    return own, [word for word in words[:end] if word not in OPTIONS] + words[end:]


def run_told(folder: str, words: list[str], run: Callable[[list[str]], int], environment: Environment) -> int:
    """`run(words)`, which gives an exit status, with documents alone on stdout."""
    own, words = take_options(words)
    if not own:
        return run(words)
    out, err = environment.out, environment.err
    document = RunDocument(folder, "--jsonl" in own, out)
    texts: Any = Silent(out, document)
    complaints: Any = Complaints(err, document)
    environment.document, environment.out, environment.err = document, texts, complaints
    environment.raise_interrupts()
    interrupted = False
    try:
        if len(own) > 1:
            environment.error(f"{environment.program}: --json or --jsonl, not both\n")
            status = 2
        else:
            status = run(words)
        if status or document.begun or not texts.text:
            document.end(status)
    except KeyboardInterrupt:
        interrupted, status = True, SIGNALLED + environment.interrupted_by
        document.end(status, interrupted)
    finally:
        environment.document, environment.out, environment.err = None, out, err
        environment.default_interrupts()
    if not document.ended:
        out.write(texts.text)  # asked for, and all there is
    out.flush()
    if interrupted:
        environment.end_as_interrupted()
    unwritten = environment.unwritten(UNWRITTEN.get(folder, 1))
    return status or unwritten
