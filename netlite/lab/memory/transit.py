"""A packet on its way through the network in memory."""

from __future__ import annotations

from ...feature_errors import MalformedPacket
from ...packets.checksum import is_valid, ones_sum
from ...packets.ip import HEADER4_BYTES, NO_OPTIONS, IpHeader, headers4, packed, read_header
from ...packets.wire_format import with_ttl
from ...records.family import IpProtocol
from ..node.counts import sort_of
from ..scene.parts import Interface

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .way import Way
    from .ways import Place

ICMP = IpProtocol.ICMP
SUMMED = {ICMP: 8, IpProtocol.ICMP6: 8, IpProtocol.TCP: 20, IpProtocol.UDP: 8}
"""Who has a checksum, and the bytes of their headers."""



class Transit:
    """A packet at a node: `here` is what it finds there, `arrived_by` its interface, None at the node that made it.

    `header` and `data` are as it was made: on the way only `ttl` changes, and what a translator makes of it (`become`).
    `piece_bytes` is what has to fit into a wire: the whole packet, its largest fragment (IPv6), or 0 where routers may
    cut it (IPv4 without DF); `frame_bytes` is how big its largest piece is so far, for what was cut stays cut on wider
    wires.  Fragments travel together, nothing here cuts packets.  `sort` is for counters, `journey` for `witness`.
    """

    __slots__ = ("node", "at_ns", "piece_bytes", "arrived_by", "here", "header", "data", "destination",
                 "sort", "version", "ttl", "size_bytes", "frame_bytes", "journey", "_made", "_is_sound")

    here: Place

    def __init__(self, node: str, packet: bytes, at_ns: int, piece_bytes: int):
        self.node = node
        self.at_ns = at_ns
        self.piece_bytes = piece_bytes
        self.arrived_by: Interface | None = None
        self.become(packet)
        self.ttl = self.header.ttl
        self.journey = 0
        self.frame_bytes = piece_bytes if 0 < piece_bytes < self.size_bytes else self.size_bytes

    def become(self, packet: bytes) -> None:
        """It is this packet from here on, with the TTL that it has now.  Raises MalformedPacket."""
        self.header = header = headers4[packet[:HEADER4_BYTES]] if packet[:1] == NO_OPTIONS else read_header(packet)
        self.version, _, self.destination, protocol, _, start, size_bytes, _, _, _ = header
        self._made, self._is_sound, self.size_bytes = packet, False, len(packet)
        if not start <= size_bytes <= len(packet):
            raise MalformedPacket(f"IP header promises {size_bytes} bytes, {len(packet)} came")
        self.data = data = packet[start:size_bytes]
        self.sort = sort_of(self.version, protocol, data)

    def check(self) -> None:
        """Raise MalformedPacket where a real kernel would drop the packet for its checksum, or as cut off.

        Who made it asks, and its destination; on the way nothing changes that is summed, but for what it becomes.
        """
        if not self._is_sound:
            check_sum(self.header, self.data)
            self._is_sound = True

    @property
    def packet(self) -> bytes:
        """The bytes as they are now."""
        return with_ttl(self._made, self.ttl)

    def move(self, way: Way, delay_ns: int) -> Transit:
        """Over the wires of a way, to the node where they end."""
        self.node = way.following
        self.arrived_by = way.far
        self.at_ns += delay_ns
        way.hearing.received(self.size_bytes)
        return self


def check_sum(header: IpHeader, data: bytes) -> None:
    """Raise MalformedPacket for a wrong checksum of the protocol behind an IP header, or a header cut off."""
    protocol = header.protocol
    if protocol not in SUMMED:
        return
    if len(data) < SUMMED[protocol]:
        raise MalformedPacket(f"protocol {protocol}, {len(data)} bytes")
    if protocol == IpProtocol.ICMP:
        is_right = is_valid(data)
    else:  # with a pseudo header, of which the order does not matter
        ends = packed(header.source) + packed(header.destination)
        is_right = (ones_sum(ends + data) + protocol + len(data)) % 65535 == 0
    if not is_right:
        raise MalformedPacket(f"wrong checksum: protocol {protocol}, {data[:40].hex()}")
