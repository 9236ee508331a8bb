"""How all ways to a host are searched."""

from __future__ import annotations

from ..records.record import Record


class MdaSettings(Record):
    """How to search.

    `first_source_port` is that of flow 0, each flow's is one higher, and 1 comes after 65535; `port` that of all
    destinations.
    `tries` (-q) is how often a probe is sent until an answer, `window` (-N) how many are under way at once,
    `patience_ns`, `here`, `near` (-w) how long an answer is awaited: at most the first, else `here` times the
    slowest round trip of the same hop, else `near` times that of the one before.  `gap_ns` (-z) is the least
    time between sends.  `max_flows` bounds the search where a router is hard to meet, `max_next_hops` who is looked
    at of one hop: `max_flows` flows could not tell that so many are all.  `hop_probes` and `all_probes` bound the
    probes for one hop and for all, `hop_patiences` and `all_patiences` the time, in multiples of `patience_ns`.
    `protocol` is "UDP" or "TCP"; for TCP the sequence numbers begin at `seed`.
    """

    host: str
    address: str
    first_source_port: int
    port: int = 33434
    first_hop: int = 1
    max_hops: int = 30
    tries: int = 3
    window: int = 16
    patience_ns: int = 5_000_000_000
    here: float = 3.0
    near: float = 10.0
    gap_ns: int = 0
    size_bytes: int = 60
    confidence_percent: int = 95
    max_flows: int = 1000
    max_next_hops: int = 128
    hop_probes: int = 1500
    all_probes: int = 10_000
    hop_patiences: int = 8
    all_patiences: int = 24
    names: bool = False
    protocol: str = "UDP"
    seed: int = 0
