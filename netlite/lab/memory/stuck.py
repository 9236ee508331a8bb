"""Connections in memory that do not get on: what the kernel of the client has in its queues then."""

from __future__ import annotations

from ...packets.transport import make_tcp
from ...packets.wire_format import ip_packet
from ...records.connections import TcpState
from ...records.family import IpProtocol
from ...records.tcp_flags import ACK, SYN
from .forwarding import Internet
from .lab import FIRST_CLIENT_PORT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..scene.labels import Stuck
    from .lab import MemoryLab

QUEUE_BYTES = 1 << 17                 # what a receiver has room for, before anybody reads
RETRANSMITTING, PROBING, TIMES = 1, 4, 4


def hold(connection: Stuck, lab: MemoryLab) -> None:
    """A connection that stands from now on, and is stuck, if the network is as it must be for that."""
    client, server = lab.kernel(connection.client), lab.kernel(connection.server)
    near, far = (lab.topology.address(node) for node in (connection.client, connection.server))
    port, own_port = connection.port, FIRST_CLIENT_PORT + len(client.sockets)
    server.open_socket(TcpState.LISTEN, far, port)
    queues: dict[str, int] = {}
    acknowledged = passes(lab, connection, own_port)
    if connection.manner == "unread":
        queues = {"received": QUEUE_BYTES}
    elif not acknowledged:
        queues = {"unsent": QUEUE_BYTES, "timer": RETRANSMITTING, "retransmits": TIMES}
    elif connection.manner == "untaken":
        queues = {"unsent": QUEUE_BYTES, "timer": PROBING}
    client.open_socket(TcpState.ESTABLISHED, near, own_port, far, port, **queues)
    server.open_socket(TcpState.ESTABLISHED, far, port, near, own_port)


def passes(lab: MemoryLab, connection: Stuck, own_port: int) -> bool:
    """Whether segments come to the server, and its answers back."""
    near, far = (lab.topology.address(node) for node in (connection.client, connection.server))
    segment = make_tcp(4, near, far, own_port, connection.port, 1, SYN)
    packet = ip_packet(near, far, IpProtocol.TCP, segment)
    internet = Internet(lab.topology, connection.client, lab=lab)
    answers = [answer for _, answer in internet.send(packet, 0)]
    return any(answer[9] == IpProtocol.TCP and answer[20 + 13] & ACK for answer in answers)
