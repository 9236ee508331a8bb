"""Address translation in memory: what a masquerading node remembers of flows, and what it makes of packets (RFC 3022).

Ports stay as they are: no two hosts behind a node here use the same one to the same place.
"""

from __future__ import annotations

from ...feature_errors import MalformedPacket
from ...packets.checksum import updated
from ...packets.icmp import TYPES
from ...packets.ip import packed, read_header
from ...packets.quote import ICMP_PROTOCOLS
from ...packets.wire_format import icmp_packet
from ...records.family import IpProtocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .transit import Transit

    Flow = tuple[str, str, str, int | None, bytes]
    """Node, its address there, the address of others, the protocol, what tells it from other flows."""

ADDRESSES = {4: (12, 16), 6: (8, 24)}  # where source and destination are in a header
SUMS = {IpProtocol.TCP: 16, IpProtocol.UDP: 6, IpProtocol.ICMP6: 2}  # where the sum is that covers the addresses
ERROR_BYTES = 8  # of an ICMP error before its quote


class Translations:
    """The flows that masquerading nodes passed on."""

    def __init__(self) -> None:
        self._inside: dict[Flow, str] = {}

    def leave(self, transit: Transit, address: str) -> None:
        """A packet goes out: it gets the node's `address`; the one it had is remembered."""
        header = transit.header
        self._inside[transit.node, address, header.destination, header.protocol, _ports(transit.packet)] = header.source
        transit.become(readdressed(transit.packet, source=address))

    def enter(self, transit: Transit) -> None:
        """A packet comes to the node; one that answers a flow, or an error about it, goes to who began that."""
        header, packet, data = transit.header, transit.packet, transit.data
        if header.protocol in ICMP_PROTOCOLS and data[:1] and data[0] in TYPES[header.version].errors:
            transit.become(self._told_inside(transit))
            return
        flow = transit.node, header.destination, header.source, header.protocol, _ports(packet, answers=True)
        inside = self._inside.get(flow)
        if inside is not None:
            transit.become(readdressed(packet, destination=inside))

    def _told_inside(self, transit: Transit) -> bytes:
        """An ICMP error, to who sent what it quotes, with the address that was in that."""
        header, data = transit.header, transit.data
        quote = data[ERROR_BYTES:]
        try:
            about = read_header(quote)
        except MalformedPacket:
            return transit.packet
        inside = self._inside.get((transit.node, about.source, about.destination, about.protocol, _ports(quote)))
        if inside is None:
            return transit.packet
        body = data[4:ERROR_BYTES] + readdressed(quote, source=inside)
        return icmp_packet(header.source, inside, data[0], data[1], body, transit.ttl, header.traffic_class)


def _ports(packet: bytes, answers: bool = False) -> bytes:
    """What tells a flow from others between two hosts: the ports, in the order of who began it; of an echo its id."""
    header = read_header(packet)
    data = packet[header.header_bytes:]
    if header.protocol in ICMP_PROTOCOLS:
        return data[4:6]
    return data[2:4] + data[:2] if answers else data[:4]


def readdressed(packet: bytes, source: str | None = None, destination: str | None = None) -> bytes:
    """A packet, or the start of one, with another source or destination, and sums that are right again."""
    changed, header = bytearray(packet), read_header(packet)
    sums = [10] if header.version == 4 else []  # where a sum covers the addresses
    at = header.header_bytes + SUMS.get(header.protocol or 0, len(packet))
    is_summed = header.protocol != IpProtocol.UDP or any(packet[at:at + 2])
    if at + 2 <= len(packet) and is_summed:
        sums.append(at)
    for place, address in zip(ADDRESSES[header.version], (source, destination)):
        new = b"" if address is None else packed(address)
        for step in range(0, len(new), 2):
            here, there = slice(place + step, place + step + 2), new[step:step + 2]
            for at in sums:
                mended = updated(_word(changed[at:at + 2]), _word(changed[here]), _word(there))
                changed[at:at + 2] = mended.to_bytes(2, "big")
            changed[here] = there
    return bytes(changed)


def _word(data: bytes | bytearray) -> int:
    return int.from_bytes(data, "big")
