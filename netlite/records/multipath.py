"""Flows, and what is found where flows take different ways, in the order in which it is told."""

from __future__ import annotations

from .record import Record
from .replies import IcmpError
from .traceroute import TraceFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .extensions import IcmpObject

CHECKSUMS = 65534  # 0 is no checksum at all (RFC 768), and 65535 is sent in its place


def flow_checksum(number: int) -> int:
    """The UDP checksum that the probe `number` (from 1) of a flow carries: all else that routers look at to
    tell flows apart stays the same.

    >>> flow_checksum(1), flow_checksum(65535)
    (1, 1)
    """
    return (number - 1) % CHECKSUMS + 1


class Rewriting(Record):
    """Something before `hop` rewrites packets: a router there quotes `quoted` where `sent` was sent.

    `field` is "destination", "source", "destination port", "source port" or "checksum".
    """

    hop: int
    field: str
    sent: int | str
    quoted: int | str


class MultipathHeader(Record):
    """The run begins; flow n has the source port `first_source_port` + n and the destination `port` of `protocol`.

    `confidence_percent` is how sure it is, router by router, that none of its next hops is missed.
    """

    host: str
    address: str
    max_hops: int
    size_bytes: int
    first_source_port: int
    port: int
    confidence_percent: int
    protocol: str = "UDP"


class NextHop(Record):
    """Who answers some flows at a hop.

    `source` None: nobody does.  `rtt_ns` is the quickest answer, beside the mean and the slowest; `error` what it said
    (None: an answer of the target itself), `final` that these flows end here.  Of the `sent` probes of these flows to
    this hop `lost` were not answered.
    """

    source: str | None
    flows: tuple[int, ...]
    rtt_ns: int | None = None
    error: IcmpError | None = None
    final: bool = False
    extensions: tuple[IcmpObject, ...] = ()
    rtt_avg_ns: int | None = None
    rtt_max_ns: int | None = None
    sent: int = 0
    lost: int = 0


class MultipathHop(Record):
    """All who answer at a hop, in the order found; `complete` False where the bounds, or the
    end of the run, ended the search, `crowded` where so many answered that no others were looked for."""

    hop: int
    next_hops: tuple[NextHop, ...]
    complete: bool = True
    names: tuple[tuple[str, str], ...] = ()
    crowded: bool = False


class MultipathLinks(Record):
    """The next hops `far`, at `hop`, of the router `near`; None stands for those that do not answer."""

    hop: int
    near: str | None
    far: tuple[str | None, ...]


class MultipathDone(Record):
    """The run is over; `reached` when the target itself answered, `gave_up` when it had taken as many probes, or as
    long, as it may."""

    reached: bool
    probes: int
    flows: int
    gave_up: bool = False


MultipathRecord = MultipathHeader | MultipathHop | MultipathLinks | Rewriting | MultipathDone | TraceFailed
"""Everything that the search for all ways tells."""
