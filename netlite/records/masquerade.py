"""Masqueraded connections as old kernels list them."""

from __future__ import annotations

from .record import Record


class MasqueradedConnection(Record):
    """A row of /proc/net/ip_masquerade, which kernels before 2.4 had.  Addresses are packed."""

    protocol: str
    source_address: bytes
    source_port: int
    destination_address: bytes
    destination_port: int
    masqueraded_port: int
    initial_sequence: int
    delta: int
    previous_delta: int
    ticks: int
