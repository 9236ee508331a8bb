"""The stamp in tracepath's probes."""

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
