"""Multicast groups that interfaces have joined."""

from __future__ import annotations

from .record import Record


class GroupMembership(Record):
    """`users` sockets on `interface` want the traffic to `address` (packed, 4 or 16 bytes)."""

    interface: str
    users: int
    address: bytes
