"""Protocol counters of the kernel (SNMP MIBs and Linux's own)."""

from __future__ import annotations

from .record import Record


class CounterSection(Record):
    """Counters of one protocol in the kernel's order.

    `name` is the kernel's (``Ip``, ``TcpExt``, ``Icmp6``), `counters` pairs of name and value; values
    are unsigned 64 bit.
    """

    name: str
    counters: tuple[tuple[str, int], ...]
