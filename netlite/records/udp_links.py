"""What a link for UDP probes is opened with, what it sends and what answers, and the stamp that probes carry for
tracepath."""

from __future__ import annotations

from _struct import Struct

from .family import IpProtocol
from .links import LinkSettings
from .record import Record

STAMP = Struct("@Ill")  # struct probehdr of iputils: TTL, four bytes of padding, struct timespec
STAMP_BYTES = STAMP.size


class UdpLinkSettings(LinkSettings):
    """How UDP probes are sent and their errors read from the error queue (IP_RECVERR).

    `socket_per_probe`: each probe from a new, connected socket with a port of its own
    (traceroute); otherwise one unconnected socket for all (tracepath).  `pattern` is repeated to
    fill the payload; `stamped` writes the probe's TTL and send time over its start (`ProbeStamp`).
    `protocol` is UDP or UDPLITE of `IpProtocol` (RFC 3828: its checksum covers `coverage_bytes`);
    `ip_options` go into the IPv4 header or are the IPv6 routing header.  `strict`: of the one socket, datagrams that
    others send to it are no answers, and no send fails with the error of an earlier probe (for tracepath they
    are, and do).
    """

    source_port: int | None = None
    socket_per_probe: bool = False
    protocol: int = IpProtocol.UDP
    pattern: bytes = b"\0"
    stamped: bool = False
    coverage_bytes: int | None = None
    ip_options: bytes = b""
    strict: bool = False


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
        """The stamp at the start of a quoted payload, or None when the quote is too short; `sent_ns` is 0 where the
        seconds are, which the original takes for no time.

        >>> ProbeStamp.from_wire(ProbeStamp(3, 1_500_000_000).to_wire())
        ProbeStamp(ttl=3, sent_ns=1500000000)
        """
        if len(data) < STAMP_BYTES:
            return None
        ttl, seconds, nanoseconds = STAMP.unpack_from(data)
        return cls(ttl, seconds * 1_000_000_000 + nanoseconds if seconds else 0)


class UdpProbe(Record):
    """A UDP datagram to `port` (RFC 768); `size_bytes` is the whole IP packet."""

    number: int
    ttl: int
    port: int
    size_bytes: int
    source_port: int = 0


class UdpReply(Record):
    """A UDP datagram that answered a probe."""

    source: str
    port: int
    size_bytes: int
    ttl: int | None = None
    payload: bytes = b""
