"""What the library tells of a way: one row a probe, all with the same columns."""

from __future__ import annotations

from .record import Record


class HopAnswer(Record):
    """What became of probe `query` (from 1) with a TTL of `hop` (from 1) to `host`.

    `kind` is "router" (it was answered on the way), "reached" (by the target), "refused" (an ICMP error that
    ends the way: unreachable, prohibited …) or "lost".  `source` answered after `rtt_ns`; `name` is its host
    name, where names were asked for; `ttl` what its packet had left.  `icmp_type` and `icmp_code` are its
    error's (RFC 792, RFC 4443), None for an answer that is none; `mtu_bytes` what the probe was made smaller
    to.  `labels` are the MPLS labels it saw (RFC 4950), `extensions` all
    objects of the answer (RFC 4884) as ``class/type bytes``, `tcp_flags` those of a TCP answer.
    """

    host: str
    hop: int
    query: int
    kind: str
    source: str | None = None
    name: str | None = None
    rtt_ns: int | None = None
    ttl: int | None = None
    icmp_type: int | None = None
    icmp_code: int | None = None
    mtu_bytes: int | None = None
    labels: tuple[int, ...] = ()
    extensions: tuple[str, ...] = ()
    tcp_flags: int | None = None
