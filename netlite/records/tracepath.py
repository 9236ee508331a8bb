"""What tracepath finds: one record a line of its output."""

from __future__ import annotations

from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .tracepath_mishaps import PathReceiveFailed as PathReceiveFailed
    from .tracepath_mishaps import PathSendFailed as PathSendFailed
    from .tracepath_mishaps import PathSilence as PathSilence
    from .tracepath_mishaps import PathTooLong as PathTooLong
    from .tracepath_mishaps import PathUdpReply as PathUdpReply


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


class PathSummary(Record):
    """The end of every run; the hops there and back are None unless the target was reached."""

    pmtu_bytes: int
    hops: int | None = None
    back_hops: int | None = None


if TYPE_CHECKING:
    PathRecord = (PathAnswer | PathSilence | PathSendFailed | PathReceiveFailed | PathUdpReply | PathTooLong
                  | PathSummary)
    """Everything that tracepath tells."""
else:
    def __getattr__(name):  # the others are found here too, and loaded at first use
        if name.startswith("Path"):
            from . import tracepath_mishaps

            if hasattr(tracepath_mishaps, name):
                return getattr(tracepath_mishaps, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
