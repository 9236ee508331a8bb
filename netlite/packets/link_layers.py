"""What lies before the IP header in a capture: the frames of Ethernet and others.

*Source*: the registry of link types, https://www.tcpdump.org/linktypes.html; IEEE 802.3, 802.1Q.
"""

from __future__ import annotations

from ..records.record import Record

NULL, ETHERNET, RAW_BSD, RAW_OPENBSD, RAW, LOOP, SLL, IPV4, IPV6, SLL2 = 0, 1, 12, 14, 101, 108, 113, 228, 229, 276
IP4, IP6, ARP = 0x0800, 0x86DD, 0x0806
VLANS = (0x8100, 0x88A8, 0x9100)
MOST_TAGS = 4
ARP_BYTES = 28


class Framed(Record):
    """A frame taken apart: `protocol` is an EtherType (None: not known), `payload` what it carries; `sender` and
    `receiver` are hardware addresses in text, "" where the frame has none, `vlans` its tags."""

    protocol: int | None
    payload: bytes
    sender: str = ""
    receiver: str = ""
    vlans: tuple[int, ...] = ()

    @property
    def is_ip(self) -> bool:
        return self.protocol in (IP4, IP6)


def unframe(linktype: int, data: bytes) -> Framed:
    """What a frame carries; any bytes give something."""
    if linktype == ETHERNET:
        return _ethernet(data)
    if linktype in (RAW, RAW_BSD, RAW_OPENBSD, IPV4, IPV6):
        return Framed(_by_version(data), data)
    if linktype in (NULL, LOOP):
        return Framed(_by_version(data[4:]), data[4:])
    if linktype == SLL and len(data) >= 16:
        sender = hardware(data[6:6 + min(8, int.from_bytes(data[4:6], "big"))])
        return Framed(int.from_bytes(data[14:16], "big"), data[16:], sender)
    if linktype == SLL2 and len(data) >= 20:
        return Framed(int.from_bytes(data[:2], "big"), data[20:], hardware(data[12:12 + min(8, data[11])]))
    return Framed(None, data)


def _ethernet(data: bytes) -> Framed:
    if len(data) < 14:
        return Framed(None, data)
    place, vlans = 12, list[int]()
    protocol = int.from_bytes(data[12:14], "big")
    while protocol in VLANS and place + 6 <= len(data) and len(vlans) < MOST_TAGS:
        vlans.append(int.from_bytes(data[place + 2:place + 4], "big") & 0xFFF)
        place += 4
        protocol = int.from_bytes(data[place:place + 2], "big")
    return Framed(protocol if protocol >= 0x600 else None, data[place + 2:], hardware(data[6:12]), hardware(data[:6]),
                  tuple(vlans))


def _by_version(data: bytes) -> int | None:
    return {4: IP4, 6: IP6}.get(data[0] >> 4) if data else None


def hardware(data: bytes) -> str:
    """``02:00:00:00:00:01``."""
    return data.hex(":") if data else ""
