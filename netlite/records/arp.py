"""ARP: who is asked, what is sent and what comes back (RFC 826, RFC 5227)."""

from __future__ import annotations

from .record import Record


class ArpLinkSettings(Record):
    """Whom to ask for (CAP_NET_RAW): the IPv4 `address`, on the wire of `device`."""

    device: str
    address: str


class ArpProbe(Record):
    """The question who has the IPv4 address that the link was opened for (RFC 5227 section 2.1.1)."""

    number: int


class ArpReply(Record):
    """Somebody with the hardware address `hardware` says that the IPv4 address `source` is his (RFC 826)."""

    source: str
    hardware: str
