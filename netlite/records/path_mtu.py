"""What the search for a path MTU finds, in the order in which it is told.

Sizes are those of whole IP packets, headers included.
"""

from __future__ import annotations

from .record import Record


class Fate:
    """What became of the probes of one size."""

    ARRIVED = 0
    TOO_BIG = 1
    LOST = 2
    UNREACHABLE = 3


class MtuHeader(Record):
    """The search begins: towards `host` as it was given, `address`, with `method` "icmp" or "udp"."""

    host: str
    address: str
    method: str


class SizeTried(Record):
    """One size is decided.

    `tries` is how many probes it took.  `source` is who answered or reported, None for this host's own
    kernel and for nobody; `mtu_bytes` is the size that a report of TOO_BIG names, None or 0 where it
    names none.  `rtt_ns` belongs to an answer or a report.  `names` pairs addresses with host names.  `flow` is 0 for
    that of the search, and above for others, of which is told what takes another way.
    """

    size_bytes: int
    fate: int
    tries: int
    source: str | None = None
    mtu_bytes: int | None = None
    rtt_ns: int | None = None
    names: tuple[tuple[str, str], ...] = ()
    flow: int = 0


class HopTried(Record):
    """How far packets of `size_bytes`, too big for the path, get: whether they are seen at `hop`.

    `seen` True: the router answered such a packet, or one of its reports came; False: it answers
    small packets alone; None: it answers neither.
    """

    hop: int
    size_bytes: int
    source: str | None
    seen: bool | None
    names: tuple[tuple[str, str], ...] = ()


class Narrowing(Record):
    """A router whose next wire takes no more than `mtu_bytes`; found last is narrowest.

    It is at `first_hop` to `last_hop` (equal when it is known; 0 is this host), None where the walk did
    not meet it.  `source` is None where it does not answer.  `reported`: it says so itself; otherwise
    it is a black hole (RFC 2923 section 2.1).
    """

    mtu_bytes: int
    first_hop: int | None
    last_hop: int | None
    source: str | None
    reported: bool


class PathMtuResult(Record):
    """The end of every search.

    `mtu_bytes` is the largest size that arrived, None when no size did; `local_mtu_bytes` what this
    host's own first wire takes, None where the kernel did not say; `narrowings` lie on the way, in the order
    found; `black_hole`: some size vanished without a report.  `probes` were sent in all.
    `exact` is False when the search ended early (its number of probes is bounded).  Of `other_flows` that were
    tried, so many take a way that lets less through, or more.
    """

    mtu_bytes: int | None
    local_mtu_bytes: int | None
    narrowings: tuple[Narrowing, ...] = ()
    black_hole: bool = False
    probes: int = 0
    exact: bool = True
    names: tuple[tuple[str, str], ...] = ()
    other_flows: int = 0
    narrower_flows: int = 0
    wider_flows: int = 0


class MtuFailed(Record):
    """The search ends early: the kernel refused a probe, or `what` (a system call), with `errno`."""

    errno: int
    what: str = ""


MtuRecord = MtuHeader | SizeTried | HopTried | PathMtuResult | MtuFailed
"""Everything that the search tells."""
