"""Events that change what a run is about, while it goes on."""

from __future__ import annotations

from ..records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.echo_targets import EchoTarget


class TargetAdded(Record):
    """One more host is to be probed."""

    at_ns: int
    target: EchoTarget


class TargetDropped(Record):
    """Nobody wants to know about the host with that `key` any more."""

    at_ns: int
    key: int


class ResetAsked(Record):
    """All that was counted is to be forgotten."""

    at_ns: int


class PauseAsked(Record):
    """Nothing is to be sent for now, or again (`paused` False)."""

    at_ns: int
    paused: bool
