"""What ping is told to do, and what it finds out."""

from __future__ import annotations

from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .family import Family
    from .node_replies import NodeReply
    from .ping_mishaps import WrongByte


def counting(size_bytes: int) -> bytes:
    """The payload of a probe where no pattern is given: 0, 1, 2 … 255, 0 …

    >>> counting(300)[254:258].hex()
    'feff0001'
    """
    return (bytes(range(256)) * (size_bytes // 256 + 1))[:size_bytes]


class PingPlan(Record):
    """A whole run, as the engine needs to know it.

    `size_bytes` is the ICMP payload, `payload` what it holds (its first 16 bytes are the link's
    time stamp and never compared).  `count` None: without end.  `deadline_s` 0: none.  `linger_ms` 0:
    wait for ever.  `floor_ms` is the shortest interval that -A may reach.  `any_source`: answers from
    other addresses are right (multicast, broadcast, anycast).  `names`: look host names up;
    `foreign`: report ICMP messages that answer nothing; `hush_duplicates`: do not mark them.
    `queued_hints_count`: redirects and source quench from the error queue are errors, as iputils takes them (it has
    them so on datagram sockets).  `verdict_a_probe`: the run is over when each of `count` probes has an answer or an
    error; for iputils it is when there are as many of either.  `in_rounds`: where each probe leaves at the answer to
    the one before, many may go in one turn, and their lines be told together.  `errors_end`: with a deadline the first
    error ends the run, as in iputils.
    """

    family: Family
    destination: str
    size_bytes: int = 56
    payload: bytes = counting(56)
    count: int | None = None
    interval_ms: int = 1000
    preload: int = 1
    linger_ms: int = 10_000
    deadline_s: int = 0
    adaptive: bool = False
    flood: bool = False
    quiet: bool = False
    outstanding: bool = False
    any_source: bool = False
    hush_duplicates: bool = False
    names: bool = False
    foreign: bool = False
    floor_ms: int = 0
    queued_hints_count: bool = True
    verdict_a_probe: bool = False
    in_rounds: bool = False
    errors_end: bool = True


class Answer(Record):
    """An echo reply to one of our probes.

    `rtt_ns` is None where the payload holds no time stamp; `names` maps addresses to host names
    as pairs; `same_route`: the recorded route is that of the answer before; `node` is set when a node
    information query was answered.
    """

    source: str
    sequence: int
    size_bytes: int
    ttl: int | None = None
    rtt_ns: int | None = None
    duplicate: bool = False
    bad_checksum: bool = False
    different_address: bool = False
    truncated: bool = False
    wrong_byte: WrongByte | None = None
    payload: bytes = b""
    options: bytes = b""
    same_route: bool = False
    node: NodeReply | None = None
    names: tuple[tuple[str, str], ...] = ()


class RoundTrips(Record):
    """Round-trip times in whole microseconds, as iputils computes them."""

    minimum_us: int
    average_us: int
    maximum_us: int
    deviation_us: int
    weighted_us: int


class Summary(Record):
    """The end of a run.

    `elapsed_ns` runs from the start to the last decision to send.  `pipe` is the highest number of
    probes in flight at an answer; `gap_us` the mean time between probes, when that is of interest;
    `weighted_us` the moving average of the round-trip time.
    """

    transmitted: int
    received: int
    duplicates: int
    corrupted: int
    errors: int
    elapsed_ns: int
    round_trips: RoundTrips | None = None
    pipe: int = 0
    gap_us: int | None = None
    weighted_us: int = 0
