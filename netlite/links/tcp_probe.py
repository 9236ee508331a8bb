"""TCP segments as probes, sent from a raw socket; the half-open way of traceroute -T.

A second, bound but unconnected socket holds the source port of each probe: no other program gets
it, and when a SYN+ACK comes, the kernel itself answers with a reset, since nothing listens there.

*On the wire*: TCP (RFC 9293), options of RFC 2018 and RFC 7323.  *From the kernel*: raw(7), ip(7).
"""

from __future__ import annotations

import _socket
from _socket import SOL_SOCKET
from _struct import Struct

from ..errors import KernelRefused
from ..packets.transport import make_tcp, read_tcp
from ..records.family import IpProtocol
from ..records.tcp_flags import SYN
from ..sockets.settings import OPTIONS, bind_device, bind_source
from .raw import RawSocketLink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.raw_links import TcpLinkSettings, TcpProbe, TcpReply

TCP_HEADER_BYTES = 20
PORTS = Struct("!HH")
PATH_MTU = {4: 14, 6: 24}  # IP_MTU, IPV6_MTU
LEAST_MTU_BYTES = 576  # what is assumed where the kernel knows none (RFC 791)
SO_REUSEADDR = 2


class TcpLink(RawSocketLink):
    """One segment a probe, each from a port of its own; TcpReply and IcmpError in."""

    def __init__(self, settings: TcpLinkSettings) -> None:
        super().__init__(settings, IpProtocol.TCP)
        self._segments = settings
        self._source = self._socket.getsockname()[0].partition("%")[0]
        self._destination = settings.destination.partition("%")[0]
        room_bytes = self._path_mtu_bytes() - settings.family.header_bytes - TCP_HEADER_BYTES
        self._window = 4 * room_bytes & 0xFFFF
        self._mss_bytes = (settings.mss_bytes or room_bytes) & 0xFFFF if settings.flags & SYN else None
        self._held: dict[int, tuple[_socket.socket, int]] = {}  # source port: (socket that holds it, probe number)
        self._port = 0

    def send(self, probe: TcpProbe) -> int:
        settings = self._segments
        if settings.source_port:  # one probe at a time: one that is lost leaves its port to the next
            self._release_ports()
        holder = self._hold_port(probe.source_port or settings.source_port or 0)
        source_port = holder.getsockname()[1]
        self._held[source_port] = (holder, probe.number)
        self._port = probe.port
        return self._transmit(self._segment(probe, source_port), probe.ttl)

    def _segment(self, probe: TcpProbe, source_port: int) -> bytes:
        settings = self._segments
        return make_tcp(self._version, self._source, self._destination, source_port, probe.port, probe.sequence,
                        settings.flags, self._window, self._mss_bytes, settings.sack, settings.timestamp,
                        settings.window_scale)

    def close(self) -> None:
        self._release_ports()
        super().close()

    def _release_ports(self) -> None:
        for holder, _ in self._held.values():
            holder.close()
        self._held.clear()

    def _path_mtu_bytes(self) -> int:
        try:
            mtu_bytes: int = self._socket.getsockopt(OPTIONS[self._version].level, PATH_MTU[self._version])
        except OSError:
            return LEAST_MTU_BYTES
        return max(mtu_bytes, LEAST_MTU_BYTES)

    def _hold_port(self, port: int) -> _socket.socket:
        settings = self._segments
        holder = _socket.socket(settings.family.af, _socket.SOCK_STREAM | _socket.SOCK_CLOEXEC)
        try:
            if settings.reuse:
                holder.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
            bind_device(holder, settings)
            bind_source(holder, settings, port)
        except (OSError, KernelRefused):
            holder.close()
            raise
        return holder

    def _answered(self, data: bytes, about_us: bool) -> int | None:
        if len(data) < 2 * PORTS.size:  # both ports and the sequence number, the least that is quoted
            return None
        near: int
        far: int
        near, far = PORTS.unpack_from(data) if about_us else reversed(PORTS.unpack_from(data))
        if far != self._port or near not in self._held:
            return None
        holder, number = self._held.pop(near)
        holder.close()
        return number

    def _reply(self, data: bytes, source: str, ttl: int | None) -> TcpReply:
        return read_tcp(data, source, ttl)
