"""Actions: imperatives, asked of the driver by an engine; done in the order given."""

from __future__ import annotations

from ..records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.probes import EchoProbe, Probe
    from .inquiries import Ask


class SendProbe(Record):
    """Send this probe (a record of `records.probes`) now; answered by ProbeSent or SendFailed."""

    probe: Probe


class Exchange(Record):
    """Send up to `count` probes, `probe` first, each as soon as fewer than `window` are not answered, and tell
    by `until_ns`; answered by Exchanged or, when the first is refused, SendFailed."""

    probe: EchoProbe
    count: int
    until_ns: int
    window: int = 1


class Sweep(Record):
    """Send all of `probes`, each to a destination of its own, and read the answers that have come;
    answered by Swept."""

    probes: tuple[EchoProbe, ...]


class LookUpName(Record):
    """Find the host name of `address` without delaying anything; answered by NameFound."""

    address: str


class Report(Record):
    """Hand `record` to whoever runs the engine.  Reports come in print order."""

    record: Record


class Finish(Record):
    """The run is over; nothing is fed afterwards."""


if TYPE_CHECKING:
    Action = SendProbe | Exchange | Sweep | LookUpName | Ask | Report | Finish
    """Everything that an engine can ask for."""
