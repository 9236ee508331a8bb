"""A packet on its way through the network in memory."""

from __future__ import annotations

from ...packets.ip import read_packet
from ...packets.wire_format import with_ttl
from ..scene.parts import Interface


class Transit:
    """A packet at a node; `arrived_by` is its interface there, None at the node that made it.

    `header` and `data` are as it was made: on the way only `ttl` changes, and what a translator makes of it (`become`).
    `piece_bytes` is what has to fit into a wire: the whole packet, its largest fragment (IPv6), or 0 where routers may
    cut it (IPv4 without DF).  Fragments travel together, nothing here cuts packets.  `journey` is for `witness`.
    """

    __slots__ = ("node", "at_ns", "piece_bytes", "arrived_by", "header", "data", "ttl", "journey", "_made",
                 "_cut_bytes")

    def __init__(self, node: str, packet: bytes, at_ns: int, piece_bytes: int):
        self.node = node
        self.at_ns = at_ns
        self.piece_bytes = piece_bytes
        self.arrived_by: Interface | None = None
        self.header, self.data = read_packet(packet)
        self.ttl = self.header.ttl
        self.journey = 0
        self._made = packet
        self._cut_bytes = len(packet)

    def become(self, packet: bytes) -> None:
        """It is another packet from here on, with the TTL that it has now."""
        self.header, self.data = read_packet(packet)
        self._made = packet

    @property
    def packet(self) -> bytes:
        """The bytes as they are now."""
        return with_ttl(self._made, self.ttl)

    @property
    def size_bytes(self) -> int:
        """How big it is as a whole."""
        return len(self._made)

    def frame_bytes(self, mtu_bytes: int) -> int:
        """How big its largest piece is on a wire of such an MTU; what was cut stays cut on wider ones behind it."""
        self._cut_bytes = min(self.piece_bytes or mtu_bytes, self._cut_bytes)
        return self._cut_bytes

    def move(self, node: str, arrived_by: Interface | None, delay_ns: int) -> Transit:
        """Over a wire, to the interface `arrived_by` of the next node."""
        self.node, self.arrived_by = node, arrived_by
        self.at_ns += delay_ns
        return self
