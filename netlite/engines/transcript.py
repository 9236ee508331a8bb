"""Transcripts: the complete story of a run, one event or action a line.

A transcript is debug output, test fixture, teaching input and bug report at once.  Each line
is a JSON object: ``{"event": "ReplyArrived", "at_ns": …}`` or ``{"action": "SendProbe", …}``;
a record inside is an object with its class under "class", bytes are ``{"hex": "…"}``.
"""

from __future__ import annotations

from json import dumps, loads

from ..records.record import Record
from . import actions, events, inquiries, requests, rounds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Protocol, TypeGuard

    from .actions import Action
    from .engine import Engine
    from .events import Event

    class Listener(Protocol):
        """What is told of all that an engine does."""

        def record(self, event: Event, caused: Iterable[Action]) -> None: ...


class Transcript:
    """Collects the lines of a run; `write` takes each line (with its newline) as it is made."""

    def __init__(self, write: Callable[[str], object]):
        self._write = write

    def record(self, event: Event, caused: Iterable[Action]) -> None:
        """Note an event and the actions it caused."""
        self._write(_line("event", event))
        for action in caused:
            self._write(_line("action", action))


class Story:
    """Keeps what a run was made of, and writes its transcript when somebody asks."""

    def __init__(self) -> None:
        self.told: list[tuple[Event, tuple[Action, ...]]] = []

    def record(self, event: Event, caused: Iterable[Action]) -> None:
        """Note an event and the actions it caused."""
        self.told.append((event, tuple(caused)))


def lines_of(told: Iterable[tuple[Event, tuple[Action, ...]]]) -> list[str]:
    """The lines of a transcript."""
    lines: list[str] = []
    transcript = Transcript(lines.append)
    for event, caused in told:
        transcript.record(event, caused)
    return lines


def read(lines: Iterable[str]) -> list[Event | Action]:
    """The events and actions of a transcript's lines, in order.  Raises ValueError at a line that is neither."""
    return [_entry(line) for line in lines]


def replay(engine: Engine, entries: Iterable[Event | Action]) -> list[Action]:
    """Feed the events of a transcript to a fresh engine; return all actions it takes.

    Equal to the recorded actions when the engine decides as it did then.
    """
    taken: list[Action] = []
    for entry in entries:
        if _is_event(entry):
            taken += engine.feed(entry)
    return taken


def _is_event(entry: Event | Action) -> TypeGuard[Event]:
    return "at_ns" in entry.fields  # as in every event, and in no action


def _entry(line: str) -> Event | Action:
    try:
        entry = loads(line)
        kind = entry.pop("event", None) or entry.pop("action")
        read: Event | Action = _from_plain({"class": kind, **entry})
    except (AttributeError, LookupError, TypeError, RecursionError):
        raise ValueError(f"not a line of a transcript: {line.strip()[:200]}") from None
    return read


def _line(kind: str, record: Record) -> str:
    plain = _to_plain(record)
    return dumps({kind: plain.pop("class"), **plain}, ensure_ascii=False) + "\n"


def _to_plain(value: Any) -> Any:
    if isinstance(value, Record):
        return {"class": type(value).__name__, **{n: _to_plain(v) for n, v in value.as_dict().items()}}
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, tuple):
        return [_to_plain(item) for item in value]
    return value


def _from_plain(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_from_plain(item) for item in value)
    if not isinstance(value, dict):
        return value
    if "hex" in value:
        return bytes.fromhex(value["hex"])
    fields = {name: _from_plain(item) for name, item in value.items() if name != "class"}
    return _class_named(value["class"])(**fields)


def _class_named(name: str) -> type[Record]:
    from ..records import (
        dhcp,
        diagnosis,
        echo_links,
        facts,
        multipath,
        node_replies,
        path_mtu,
        ping,
        ping_mishaps,
        ping_rounds,
        questions,
        raw_links,
        replies,
        tracepath,
        tracepath_mishaps,
        traceroute,
        udp_links,
        watch,
    )

    for module in (events, requests, inquiries, actions, rounds, echo_links, udp_links, raw_links, node_replies,
                   replies, ping, ping_mishaps, ping_rounds, traceroute, tracepath, tracepath_mishaps, path_mtu,
                   multipath, questions, facts, diagnosis, watch, dhcp):
        found = getattr(module, name, None)
        if isinstance(found, type) and issubclass(found, Record):
            return found
    raise ValueError(f"a transcript names an unknown record: {name}")
