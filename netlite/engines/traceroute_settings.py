"""How a path is traced."""

from __future__ import annotations

from ..records.record import Record
from .actions import NAME_PATIENCE_NS


class Method:
    """What a probe is made of, and how its reply is known."""

    UDP = "udp"
    ICMP = "icmp"
    TCP = "tcp"
    RAW = "raw"


class TracerouteSettings(Record):
    """How to trace.

    `first_hop`, `max_hops`, `queries` (probes a hop), `window` (-N, probes under way at once).
    `patience_ns` is how long to wait for an answer at most; `here` and `near` multiply the round
    trip of an answer from the same hop, or else a later one (0: not used).  `gap_ns` (-z) is the
    least time between sends.  `port` and `port_step`: destination port of the first probe and what
    each further one adds; for ICMP the sequence number, which always counts up.  `size_bytes` is
    the whole packet, `header_bytes` the part of it that is not data.  `resolve` looks names up,
    `as_paths` (-A) asks a routing registry; either is waited for `name_patience_ns` at most.
    `back` tells answers with another TTL apart, `extensions` those with other ICMP extensions.
    `discover_mtu` makes probes smaller when told to;
    `show_flags` notes the flags of TCP replies.
    """

    host: str
    address: str
    method: str = Method.UDP
    first_hop: int = 1
    max_hops: int = 30
    queries: int = 3
    window: int = 16
    patience_ns: int = 5_000_000_000
    here: float = 3.0
    near: float = 10.0
    gap_ns: int = 0
    port: int = 33434
    port_step: int = 1
    source_port: int = 0
    size_bytes: int = 60
    header_bytes: int = 28
    resolve: bool = False
    as_paths: bool = False
    name_patience_ns: int = NAME_PATIENCE_NS
    back: bool = False
    extensions: bool = False
    discover_mtu: bool = False
    show_flags: bool = False
    seed: int = 0
