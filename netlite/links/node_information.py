"""The link for node information queries (RFC 4620): a raw ICMPv6 socket, NodeReply in."""

from __future__ import annotations

from posix import urandom
from time import monotonic_ns

from ..packets.node_information import make_query, read_nonce, read_reply
from ..records.icmp import Icmp6
from ..sockets.addresses import address_text
from ..sockets.ancillary import read_ancillary
from ..sockets.filters import pass_types
from .echo import MSG_CONFIRM, EchoLink
from .link import Arrival, Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..records.echo_links import EchoLinkSettings
    from ..records.node_information import NodeQuery

NONCE_BYTES, SEQUENCE_BYTES = 8, 2


class NodeQueryPacket:
    """What EchoPacket is for echo: the query with the nonce of a sequence number, which starts with it."""

    def __init__(self, query: NodeQuery):
        self.query = query
        self.nonces: dict[int, bytes] = {}

    def number(self, sequence: int, wall_ns: int) -> bytes:
        nonce = sequence.to_bytes(SEQUENCE_BYTES, "big") + urandom(NONCE_BYTES - SEQUENCE_BYTES)
        self.nonces[sequence] = nonce
        return make_query(self.query, nonce)


class NodeInformationLink(EchoLink):
    """Sends `settings.node_query`; a reply is ours when it brings back the nonce of a query."""

    def __init__(self, socket: Any, kind: str, settings: EchoLinkSettings):
        assert settings.node_query is not None, "there is something to ask"
        self._query_packet = NodeQueryPacket(settings.node_query)
        super().__init__(socket, kind, settings)
        pass_types(socket, settings.family.version, (Icmp6.NODE_REPLY,))

    exchange, sweep = Link.exchange, Link.sweep  # those of echo know its answers alone

    def packet_of(self, size_bytes: int) -> Any:
        self.room_bytes = 1 << 16
        return self._query_packet

    def read_message(self, data: bytes, messages: list[Any], flags: int, address: tuple[Any, ...]) -> Arrival | None:
        nonce = read_nonce(data)
        sequence = int.from_bytes(nonce[:SEQUENCE_BYTES], "big")
        if data[:1] != bytes([Icmp6.NODE_REPLY]) or not nonce or self._query_packet.nonces.get(sequence) != nonce:
            return None
        told = read_ancillary(messages)
        self.confirm = MSG_CONFIRM
        reply = read_reply(data, address_text(address), sequence, told.ttl)
        return Arrival(told.received_ns or monotonic_ns(), reply)
