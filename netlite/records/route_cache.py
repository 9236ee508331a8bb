"""The routing cache."""

from __future__ import annotations

from .record import Record


class CachedRoute(Record):
    """A row of the IPv4 routing cache, which kernels had until 3.6."""

    source: bytes
    destination: bytes
    gateway: bytes
    metric: int
    references: int
    uses: int
    interface: str
    mss_bytes: int
    window_bytes: int
    irtt: int
    type_of_service: int
    header_references: int
    header_up_to_date: int
    specific_destination: bytes
