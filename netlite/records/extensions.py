"""What routers add to ICMP errors: extension objects (RFC 4884), read by `packets.extensions`."""

from __future__ import annotations

from .record import Record


class MplsLabel(Record):
    """One label stack entry (RFC 4950): 20-bit label, traffic class, bottom of stack, TTL."""

    label: int
    traffic_class: int
    bottom: int
    ttl: int


class InterfaceInformation(Record):
    """An interface that a router names (RFC 5837); None for what it does not tell.

    `role` 0: the packet came in here; 1: a part of that interface; 2: it would have left here;
    3: the next hop it would have gone to.
    """

    role: int
    index: int | None
    address: str | None
    name: str | None
    mtu_bytes: int | None


class IcmpObject(Record):
    """One object of an ICMP extension structure (RFC 4884): class, type, payload bytes.

    `decoded` is a tuple of MplsLabel for class 1 type 1, an InterfaceInformation for class 2,
    None for classes without a reading.
    """

    class_number: int
    class_type: int
    payload: bytes
    decoded: tuple[MplsLabel, ...] | InterfaceInformation | None = None
