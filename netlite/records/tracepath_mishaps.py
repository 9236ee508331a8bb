"""What tracepath tells where no error of a router answers its probes."""

from __future__ import annotations

from .record import Record


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
