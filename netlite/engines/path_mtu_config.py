"""How to search the path MTU."""

from __future__ import annotations

from ..records.family import Family
from ..records.record import Record

SECOND_NS = 1_000_000_000
SAME_PORT = 33434
OTHER_FLOWS = 5  # with the first: two equal ways are both met with 97 percent
TRANSPORT_BYTES = 8  # the header of ICMP echo and that of UDP


class PathMtuConfig(Record):
    """How to search.

    `method` is "icmp" (echo requests) or "udp" (to a port nobody listens on); `patience_ns` how long to
    wait for an answer at most, less once the round trip is known; `limit_ns` (None: no limit) ends the whole run;
    `max_hops` and `max_probes` bound it too.  `names` looks host names up.  UDP probes go from `source_port`, and
    those of `other_flows` from the ports behind it, to `port`.
    """

    host: str
    address: str
    family: Family
    method: str = "icmp"
    patience_ns: int = SECOND_NS
    limit_ns: int | None = None
    max_hops: int = 30
    max_probes: int = 200
    port: int = SAME_PORT
    names: bool = False
    source_port: int = 0
    other_flows: int = 0

    @property
    def headers_bytes(self) -> int:
        """What of a packet is not data."""
        return self.family.header_bytes + TRANSPORT_BYTES
