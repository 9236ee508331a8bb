"""What is known about many targets pinged at once."""

from __future__ import annotations

from .record import Record
from .replies import IcmpError


class Target(Record):
    """One target: the `name` as the user wrote it and the `address` probes go to."""

    name: str
    address: str


class Nameless(Record):
    """A target without an address, and why; `before` is how many targets that have one stand before it."""

    name: str
    reason: str
    before: int


class TargetSummary(Record):
    """How one target did; the round-trip times are None when nothing came back.

    `errors` counts refused sends, and probes about which an ICMP error came and no answer; `duplicates` answers to an
    answered probe.  `under_way` of the probes sent were neither answered nor lost when the run was ended.
    `error` is the last ICMP error that counts, or `refusal_errno` why the kernel did not send, whichever was later.
    """

    target: Target
    sent: int
    received: int
    duplicates: int
    errors: int
    rtt_min_ns: int | None
    rtt_avg_ns: int | None
    rtt_max_ns: int | None
    under_way: int = 0
    error: IcmpError | None = None
    refusal_errno: int | None = None

    @property
    def is_unknown(self) -> bool:
        """Whether the run ended before anything could be known of the target."""
        return not self.received and self.sent == self.under_way


class TargetSummaries(Record):
    """Those of targets that were done at the same time, in the order of the targets."""

    summaries: tuple[TargetSummary, ...]


class MultiSummary(Record):
    """How all targets did; a target is up when at least one answer came, and `unknown` when no probe to it
    was answered or lost before the run was ended."""

    targets: int
    up: int
    sent: int
    received: int
    duration_ns: int
    unknown: int = 0


class Progress(Record):
    """How far the run is: probes sent, answers received and targets settled, of all targets."""

    targets: int
    settled: int
    sent: int
    received: int
