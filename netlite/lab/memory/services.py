"""The programs behind the ports of nodes in memory: TCP services, as far as they can be told from outside, and
name servers."""

from __future__ import annotations

from ...packets.transport import make_tcp, make_udp
from ...packets.wire_format import ip_packet
from ...records.family import IpProtocol
from ...records.tcp_flags import ACK, PSH, RST, SYN
from ..scene.manners import SPEAK_FIRST, WORDS, answer_to
from ..scene.topology import Topology

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...packets.ip import IpHeader



def answer_segment(topology: Topology, node: str, header: IpHeader, data: bytes, accepts: bool) -> bytes | None:
    """What a node answers to a TCP segment.

    A SYN gets SYN, ACK where the port is open, RST, ACK elsewhere (RFC 9293 section 3.5.2), and nothing where
    the queue is full (tcp_conn_request, net/ipv4/tcp_input.c).  Nothing is remembered of a connection: a
    service speaks when it is spoken to, or at once, as its port has it.
    """
    source_port, port = int.from_bytes(data[:2], "big"), int.from_bytes(data[2:4], "big")
    service = next((each for each in topology.nodes[node].services if each.port == port), None)
    said = data[(data[12] >> 4) * 4:]
    flags, words, window = 0, b"", 64240
    if data[13] & (SYN | RST | ACK) == SYN:
        if service is not None and service.manner == "full":
            return None
        is_open = accepts or service is not None
        flags, window = (SYN | ACK, window) if is_open else (RST | ACK, 0)
    elif data[13] & (SYN | RST | ACK) == ACK and service is not None and service.manner == "answers":
        words = WORDS if said else SPEAK_FIRST.get(port, b"")
        flags = PSH | ACK if words else 0
    if not flags:
        return None
    acknowledged = int.from_bytes(data[4:8], "big") + (1 if data[13] & SYN else len(said)) & 0xFFFFFFFF
    segment = make_tcp(header.version, header.destination, header.source, port, source_port, 1 if words else 0, flags,
                       acknowledgement=acknowledged, window=window, payload=words)
    return ip_packet(header.destination, header.source, IpProtocol.TCP, segment, dont_fragment=True)


def answer_names(topology: Topology, node: str, header: IpHeader, data: bytes) -> bytes | None:
    """What a name server answers to a datagram, as its manner is."""
    said = answer_to(data[8:], topology.nodes[node].names, topology.named)
    if said is None:
        return None
    source_port = int.from_bytes(data[:2], "big")
    datagram = make_udp(header.version, header.destination, header.source, 53, source_port, said)
    return ip_packet(header.destination, header.source, IpProtocol.UDP, datagram)
