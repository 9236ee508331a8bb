"""The DHCP servers of a lab in memory, whose bindings stay as long as it does."""

from __future__ import annotations

from ...engines.dhcp.relay import destination_of
from ...engines.dhcp.server import DhcpServer
from ...feature_errors import MalformedPacket
from ...packets.dhcp import datagram, read_datagram
from ...records.dhcp import CLIENT_PORT, NOBODY, SERVER_PORT, DhcpMessage
from ..scene.topology import Topology


class DhcpServers:
    """All of them.  Their time goes on from one program to the next: `before_ns` is what earlier ones took."""

    def __init__(self) -> None:
        self.before_ns = 0
        self._servers: dict[str, DhcpServer] = {}

    def hear(self, topology: Topology, node: str, at_ns: int, message: DhcpMessage, own: str) -> DhcpMessage | None:
        """What the server on a node answers; None where there is none, or it is silent."""
        pools = topology.nodes[node].dhcp
        if not pools:
            return None
        server = self._servers.setdefault(node, DhcpServer(pools))
        server.pools = pools
        return server.hear(self.before_ns + at_ns, message, own)

    def answer(self, topology: Topology, node: str, packet: bytes, at_ns: int) -> bytes | None:
        """The answer to a packet that was sent to the server alone, by a client that renews, or a relay."""
        try:
            heard = read_datagram(packet, SERVER_PORT)
        except MalformedPacket:
            return None
        said = self.hear(topology, node, at_ns, heard.message, heard.destination)
        if said is None:
            return None
        port = SERVER_PORT if said.relay != NOBODY else CLIENT_PORT
        return datagram(said, heard.destination, destination_of(said), SERVER_PORT, port)
