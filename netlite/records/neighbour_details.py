"""A neighbour with what the classic table has no column for."""

from __future__ import annotations

from .record import Record


class NeighbourDetails(Record):
    """A neighbour as rtnetlink tells it.

    `state` is of `NeighbourState`, `probes` how often it was asked without an answer.  `used_s` and
    `confirmed_s` are seconds since it was used and heard of.  A published entry (`proxy`), for which
    this host answers itself, has no hardware address, and None for all three.
    """

    address: str
    device: str
    hardware_address: bytes
    state: int
    proxy: bool
    router: bool
    probes: int | None
    used_s: int | None
    confirmed_s: int | None
