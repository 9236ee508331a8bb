"""What went over the wire in a run: one record a packet."""

from __future__ import annotations

from .record import Record


class SeenPacket(Record):
    """A packet we sent or received: `data` begins with the IP header.

    `at_ns` is monotonic, `wall_ns` the same moment in nanoseconds since 1970.  `number` is the probe
    it is, or answers; None where that is not known.  `rebuilt`: the kernel did not show the packet
    itself; it was put together again from what it told, and what it did not tell is 0.
    """

    at_ns: int
    wall_ns: int
    sent: bool
    data: bytes
    number: int | None = None
    rebuilt: bool = False


class Wanted(Record):
    """Packets of a link, for a capture to let in: of IP `version` and `protocol`, and the ICMP errors about such.

    ICMP echoes are those with `identifier`; other packets go to or come from `destination` (no zone), where it
    is given.
    """

    version: int
    protocol: int
    identifier: int | None = None
    destination: str | None = None
