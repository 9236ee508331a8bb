"""Actions: imperatives, asked of the driver by an engine; done in the order given."""

from __future__ import annotations

from ..records.record import Record


class SendProbe(Record):
    """Send this probe (a record of `records.probes`) now; answered by ProbeSent or SendFailed."""

    probe: object


class Exchange(Record):
    """Send up to `count` probes, `probe` first, each as soon as the one before is answered, and tell
    by `until_ns`; answered by Exchanged or, when the first is refused, SendFailed."""

    probe: object
    count: int
    until_ns: int


class Sweep(Record):
    """Send all of `probes`, each to a destination of its own, and read the answers that have come;
    answered by Swept."""

    probes: tuple


class LookUpName(Record):
    """Find the host name of `address` without delaying anything; answered by NameFound."""

    address: str


class Report(Record):
    """Hand `record` to whoever runs the engine.  Reports come in print order."""

    record: object


class Finish(Record):
    """The run is over; nothing is fed afterwards."""
