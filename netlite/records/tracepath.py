"""What tracepath finds: one record a line of its output."""

from __future__ import annotations

from .record import Record


class Verdict:
    """What an answer says about the path; all but the first two end the run."""

    NEXT_HOP = 0
    SMALLER_MTU = 1
    REACHED = 2
    PROTOCOL_ERROR = 3
    HOST_UNREACHABLE = 4
    NETWORK_UNREACHABLE = 5
    PROHIBITED = 6
    OTHER_ERROR = 7


class PathAnswer(Record):
    """One error about a probe.

    `ttl_hops` is the hop it is about, `certain` when the answer itself says so.  `address` None
    means this host refused; `name` is its host name where one was asked for and found.  `rtt_ns` is
    None where the answer does not tell which probe it is about; `corrupted` when the quoted stamp was
    zeroed on the way.  `back_hops` is the guessed length of the way back (from 64, 128 or 255),
    `pmtu_bytes` the new path MTU of SMALLER_MTU, `errno` the kernel's word for the error.
    """

    ttl_hops: int
    certain: bool
    address: str | None
    name: str | None
    rtt_ns: int | None
    corrupted: bool
    verdict: int
    errno: int
    back_hops: int | None = None
    pmtu_bytes: int | None = None


class PathSilence(Record):
    """Three probes with this TTL went unanswered."""

    ttl_hops: int


class PathSendFailed(Record):
    """Ten sends in a row were refused without a reason on the error queue."""

    ttl_hops: int


class PathReceiveFailed(Record):
    """The run ends early: the kernel refuses, with `errno`, to hand over what arrives."""

    errno: int


class PathUdpReply(Record):
    """The target answered a probe with a UDP datagram: somebody listens there."""

    ttl_hops: int


class PathTooLong(Record):
    """The last hop allowed did not end the path."""

    pmtu_bytes: int


class PathSummary(Record):
    """The end of every run; the hops there and back are None unless the target was reached."""

    pmtu_bytes: int
    hops: int | None = None
    back_hops: int | None = None


PathRecord = (PathAnswer | PathSilence | PathSendFailed | PathReceiveFailed | PathUdpReply | PathTooLong
              | PathSummary)
"""Everything that tracepath tells."""
