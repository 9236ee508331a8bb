"""Actions: imperatives, asked of the driver by an engine; done in the order given."""

from __future__ import annotations

from ..records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.probes import Probe
    from .inquiries import Ask
    from .rounds import Exchange, Sweep

NAME_PATIENCE_NS = 6_500_000_000  # for a name: the C library asks the next server after 5 s (resolv.conf(5), timeout)


class SendProbe(Record):
    """Send this probe (a record of `records.probes`) now; answered by ProbeSent or SendFailed."""

    probe: Probe


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
