"""What a link is opened with that sends from raw sockets, what it sends and what answers: TCP segments, and packets of
any protocol."""

from __future__ import annotations

from .family import IpProtocol
from .links import LinkSettings
from .record import Record


class TcpLinkSettings(LinkSettings):
    """How TCP segments are sent as probes, from a raw socket (CAP_NET_RAW).

    `flags` are the eight bits of RFC 9293; the options are left out where None or False.  A SYN says
    its `mss_bytes`; None takes what the path MTU allows.  `timestamp` and `window_scale` are RFC 7323's.
    `reuse` lets the ports held for our probes be shared (SO_REUSEADDR).  `flows`: many probes from one port, that of
    the probe or the one which the link says is its identifier, told apart by their sequence numbers.
    """

    flags: int = 2
    mss_bytes: int | None = None
    sack: bool = False
    timestamp: int | None = None
    window_scale: int | None = None
    reuse: bool = False
    source_port: int | None = None
    ip_options: bytes = b""
    flows: bool = False


class RawLinkSettings(LinkSettings):
    """How packets of any IP protocol are sent as probes (CAP_NET_RAW); `pattern` fills them."""

    protocol: int = IpProtocol.EXPERIMENT
    pattern: bytes = b"\0"
    source_port: int | None = None
    ip_options: bytes = b""


class TcpProbe(Record):
    """A TCP segment, a SYN unless told otherwise (RFC 9293), from a source port of its own."""

    number: int
    ttl: int
    port: int
    size_bytes: int
    source_port: int = 0
    sequence: int = 0


class RawProbe(Record):
    """Data right behind the IP header, for a protocol without ports; `size_bytes` is the whole packet."""

    number: int
    ttl: int
    size_bytes: int


class TcpReply(Record):
    """A TCP segment that answered a probe; `flags` are the eight bits of RFC 9293 section 3.1."""

    source: str
    source_port: int
    destination_port: int
    flags: int
    ttl: int | None = None
    sequence: int = 0
    acknowledgement: int = 0


class RawReply(Record):
    """A packet of a protocol that is not looked into; `size_bytes` is what follows the IP header."""

    source: str
    size_bytes: int
    ttl: int | None = None
