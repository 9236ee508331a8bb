"""Rounds: many probes in one action, and the event that tells what became of them.

They are actions and events as those of `actions` and `events`; what asks for one probe at a time needs none of them.
"""

from __future__ import annotations

from ..records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.echo_links import EchoProbe, EchoReply


class Exchange(Record):
    """Send up to `count` probes, `probe` first, each as soon as fewer than `window` are not answered, and tell
    by `until_ns`; answered by Exchanged or, when the first is refused, SendFailed."""

    probe: EchoProbe
    count: int
    until_ns: int
    window: int = 1


class Exchanged(Record):
    """The probes from `number` on left at `sent_ns`; the answers to the first of them came in order, at `received_ns`,
    and the others have none yet.  `first` is the first answer; the others are like it but for what numbers them."""

    at_ns: int
    number: int
    sent_ns: tuple[int, ...]
    received_ns: tuple[int, ...] = ()
    first: EchoReply | None = None


class Sweep(Record):
    """Send all of `probes`, each to a destination of its own, and read the answers that have come;
    answered by Swept."""

    probes: tuple[EchoProbe, ...]


class Swept(Record):
    """The outcome of a Sweep: when its first probes left, the errno that stopped the rest (None: all
    left), and the answers that were there, as (sequence, received_ns)."""

    at_ns: int
    sent_ns: tuple[int, ...]
    errno: int | None
    answers: tuple[tuple[int, int], ...]
