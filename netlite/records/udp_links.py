"""What a link for UDP probes is opened with."""

from __future__ import annotations

from .family import IpProtocol
from .links import LinkSettings


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
