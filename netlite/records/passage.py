"""What a packet of the network in memory does, wire by wire: one record a wire, and one for its end."""

from __future__ import annotations

from .record import Record


class Passage(Record):
    """A packet on the wire from `node` to `to`, or, where `to` is None, its end at `node` and why (`end`).

    `probe` counts what the listener sent, from 1: a probe and all that it caused share the number.
    `journey` is one for each packet, from its birth to its end; a copy that a wire makes has one of its own.
    `packet` is what is on the wire.  Times are monotonic; `arrives_ns` is that of the other end of the wire.
    """

    probe: int
    journey: int
    node: str
    to: str | None
    at_ns: int
    arrives_ns: int
    packet: bytes
    end: str = ""
