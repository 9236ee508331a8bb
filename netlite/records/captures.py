"""Packets out of a capture file, whoever wrote it."""

from __future__ import annotations

from .record import Record


class CapturedFrame(Record):
    """A frame of a capture: `number` from 1, `wall_ns` since 1970 (None where the file does not say), `data` as far as
    it was kept of `wire_bytes`, `linktype` (LINKTYPE_*) what it begins with, and the comment that it has."""

    number: int
    wall_ns: int | None
    data: bytes
    wire_bytes: int
    linktype: int
    comment: str = ""


class Capture(Record):
    """What a file holds; `trouble` says where it stopped making sense, "" where it did not, `left` whether there is
    more than is ever read."""

    format: str
    frames: tuple[CapturedFrame, ...]
    trouble: str = ""
    left: bool = False
