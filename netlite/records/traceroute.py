"""What traceroute finds out, in the order in which it is told."""

from __future__ import annotations

from .record import Record
from .replies import IcmpError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .extensions import IcmpObject


class TraceHeader(Record):
    """The run begins: towards `host` as it was given, `address`, with packets of `size_bytes`."""

    host: str
    address: str
    max_hops: int
    size_bytes: int


class ProbeResult(Record):
    """One probe is decided: answered, refused or given up.

    `hop` counts from 1, `query` within the hop from 0; `number` is that of the probe sent.
    `source` is who answered (None: nobody, or our own kernel), `name` its host name if looked up.
    `repeats`: the last answered probe of the hop was answered by the same one in the same words.
    `rtt_ns` None means given up.  `ttl` is that of the reply as received.  `error` is the ICMP error
    that answered, None for an answer of the target itself.  `final`: no later hop is probed.
    `path_mtu_bytes` is what the probe was made smaller to before it was answered.
    `as_path` is what a routing registry knows of the source: its origins, ``*`` or ``!!``.
    """

    hop: int
    query: int
    number: int | None = None
    source: str | None = None
    name: str | None = None
    repeats: bool = False
    rtt_ns: int | None = None
    ttl: int | None = None
    error: IcmpError | None = None
    final: bool = False
    extensions: tuple[IcmpObject, ...] = ()
    tcp_flags: int | None = None
    path_mtu_bytes: int | None = None
    as_path: str | None = None


class TraceFailed(Record):
    """The run ends early: the kernel refused `what` with `errno`."""

    what: str
    errno: int


class TraceDone(Record):
    """The run is over; `reached` when the target itself answered."""

    reached: bool


TraceRecord = TraceHeader | ProbeResult | TraceDone | TraceFailed
"""Everything that traceroute tells."""


def hops_back(ttl: int) -> int:
    """How many hops a reply came, guessed from its TTL: hosts start with 64, 128 or 255."""
    return (65 if ttl <= 64 else 129 if ttl <= 128 else 256) - ttl
