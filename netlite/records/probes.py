"""What we send: one record a kind of probe.

A probe says only what varies from probe to probe; what is the same for a whole run
(destination, identifier, payload, options) is told to the link when it is opened.
`number` counts the probes of a run from 1 and never wraps: it is how engine, link and
transcript speak of one probe.
"""

from __future__ import annotations

from .record import Record


class EchoProbe(Record):
    """An ICMP echo request (RFC 792, RFC 4443 section 4.1).

    `ttl` None means the kernel's or the link's default; `size_bytes` None the link's payload
    size; `destination` None the address the link was opened for.
    """

    number: int
    sequence: int
    ttl: int | None = None
    size_bytes: int | None = None
    destination: str | None = None


class UdpProbe(Record):
    """A UDP datagram to `port` (RFC 768); `size_bytes` is the whole IP packet."""

    number: int
    ttl: int
    port: int
    size_bytes: int
    source_port: int = 0


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


Probe = EchoProbe | UdpProbe | TcpProbe | RawProbe
"""Everything that an engine can have sent in an IP packet."""
