"""What tracepath finds: the stamp in its probes, and one record a line of its output."""

from __future__ import annotations

from _struct import Struct

from .record import Record

STAMP = Struct("@Ill")  # struct probehdr of iputils: TTL, four bytes of padding, struct timespec
STAMP_BYTES = STAMP.size


class ProbeStamp(Record):
    """What a probe carries at the start of its payload: its TTL and when it left.

    Routers quote it in their errors, so an answer tells its own hop and round-trip time.
    """

    ttl: int
    sent_ns: int

    def to_wire(self) -> bytes:
        """The 24 bytes, in this machine's byte order as the original sends them."""
        return STAMP.pack(self.ttl, *divmod(self.sent_ns, 1_000_000_000))

    @classmethod
    def from_wire(cls, data: bytes) -> ProbeStamp | None:
        """The stamp at the start of a quoted payload, or None when the quote is too short.

        >>> ProbeStamp.from_wire(ProbeStamp(3, 1_500_000_000).to_wire())
        ProbeStamp(ttl=3, sent_ns=1500000000)
        """
        if len(data) < STAMP_BYTES:
            return None
        ttl, seconds, nanoseconds = STAMP.unpack_from(data)
        return cls(ttl, seconds * 1_000_000_000 + nanoseconds)


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
