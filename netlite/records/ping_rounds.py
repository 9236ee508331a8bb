"""What ping tells of many probes at once: those of a flood, and how the run stands."""

from __future__ import annotations

from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .ping import Answer, RoundTrips


class ProbeLeft(Record):
    """A probe was sent, `in_flight` are not answered; reported while flooding."""

    in_flight: int


class FloodRound(Record):
    """`sent` probes of a flood, and `answered` plain answers to the first of them, which came in order: at most
    `window` of these were under way at once, beside `before` that left earlier."""

    sent: int
    answered: int
    window: int
    before: int


class AnsweredRound(Record):
    """Plain answers, in order and one by one, to probes from `first` on; each has taken its part of `rtts_ns`, and is
    else as `first` is."""

    first: Answer
    rtts_ns: tuple[int, ...]
    names: tuple[tuple[str, str], ...] = ()


class Progress(Record):
    """How the run stands (SIGQUIT)."""

    transmitted: int
    received: int
    round_trips: RoundTrips | None = None
