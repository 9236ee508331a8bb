"""Events: facts in the past tense, told to an engine.

Every event carries `at_ns`, the monotonic time in integer nanoseconds at which the driver
tells it; that never goes back within a run.
"""

from __future__ import annotations

from ..records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.replies import Reply
    from .inquiries import Learned
    from .requests import PauseAsked, ResetAsked, TargetAdded, TargetDropped
    from .rounds import Exchanged, Swept


class Started(Record):
    """The run begins; always the first event."""

    at_ns: int


class ProbeSent(Record):
    """Probe `number` left; `sent_ns` is the best time stamp known for it (kernel's or ours)."""

    at_ns: int
    number: int
    sent_ns: int


class SendFailed(Record):
    """The kernel refused to send probe `number` with `errno`."""

    at_ns: int
    number: int
    errno: int


class ReplyArrived(Record):
    """A decoded reply (a record of `records.replies`), received at `received_ns` (monotonic).

    `sent_ns` is the kernel's stamp of when the probe it answers left, where the link has one; it
    then replaces the `sent_ns` of `ProbeSent`.
    `number` is the probe it answers where the link knows it, else None: the reply itself tells.  `left_from` is the
    address which that probe left from, where the link knows it.
    """

    at_ns: int
    reply: Reply
    received_ns: int
    sent_ns: int | None = None
    number: int | None = None
    left_from: str | None = None


class ReceiveFailed(Record):
    """Nothing can be received: the kernel refuses it, again and again, with `errno`."""

    at_ns: int
    errno: int


CLOCK_ERROR_NS = 100_000  # of a kernel's stamp told as monotonic time, at most, unless somebody set the wall clock


def answered_ns(received_ns: int, sent_ns: int, at_ns: int) -> int:
    """When an answer came that is told at `at_ns`: `received_ns`, unless that is before its probe.

    Then its stamp is of a wall clock that somebody has set more often than we have looked at it.
    """
    return at_ns if received_ns + CLOCK_ERROR_NS < sent_ns <= at_ns else received_ns


def round_trip_ns(event: ReplyArrived, sent_ns: int | None) -> int:
    """How long the answer took; `sent_ns` is our own time of sending, which no round trip begins before.

    The kernel's stamp of departure is the better one, unless it is later than the answer: the looped copy of
    a multicast packet is answered before the packet itself reaches the device.
    """
    left_ns, received_ns = event.sent_ns, event.received_ns
    if sent_ns is not None:
        if received_ns < sent_ns:
            received_ns = answered_ns(received_ns, sent_ns, event.at_ns)
        if left_ns is None or not sent_ns - CLOCK_ERROR_NS <= left_ns <= received_ns:
            left_ns = sent_ns
    return 0 if left_ns is None else max(0, received_ns - left_ns)


class NameFound(Record):
    """The answer to `LookUpName`: the host name of `address`, or None when it has none.

    `as_path` is what a routing registry says about it, where one was asked.  `answered` False: no name
    server could be asked, so it is not known whether there is a name.
    """

    at_ns: int
    address: str
    name: str | None
    as_path: str | None = None
    answered: bool = True


class TimePassed(Record):
    """The engine's deadline was reached."""

    at_ns: int


class Interrupted(Record):
    """The user asked to end (SIGINT, SIGALRM)."""

    at_ns: int


class StatusAsked(Record):
    """The user asked for a progress line (SIGQUIT)."""

    at_ns: int


if TYPE_CHECKING:
    Event = (Started | ProbeSent | SendFailed | Exchanged | ReplyArrived | ReceiveFailed | Swept | NameFound | Learned
             | TimePassed | Interrupted | StatusAsked | TargetAdded | TargetDropped | ResetAsked | PauseAsked)
    """Everything that an engine can be told."""
