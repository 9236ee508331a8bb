"""Probes that are ordinary TCP connection attempts (traceroute -M tcpconn); no privilege needed.

The kernel makes the SYN.  A completed or refused connection is the target's answer; errors of
routers come from the error queue of the connecting socket.

*From the kernel*: tcp(7), ip(7) IP_RECVERR, which ends an attempt with the first error.
"""

from __future__ import annotations

import _socket
from _socket import SO_ERROR, SOL_SOCKET
from errno import ECONNREFUSED, EINPROGRESS
from select import EPOLLHUP, EPOLLOUT
from time import monotonic_ns

from ..errors import KernelRefused
from ..records.raw_links import TcpReply
from ..sockets.addresses import socket_address
from ..sockets.settings import ANY, bind_device, bind_source, set_ttl
from .link import Arrival
from .per_probe import PerProbeLink, by_time
from .udp import prepare, read_errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.raw_links import TcpLinkSettings, TcpProbe

SYN_ACK, RST_ACK = 0x12, 0x14


def prepared_socket(settings: TcpLinkSettings, port: int) -> tuple[_socket.socket, int | None]:
    """A TCP socket with all settings, bound to `port` if there is one; and its flow label or None."""
    kind = _socket.SOCK_STREAM | _socket.SOCK_NONBLOCK | _socket.SOCK_CLOEXEC
    socket = _socket.socket(settings.family.af, kind)
    try:
        return socket, prepare(socket, settings, port, ANY)
    except BaseException:
        socket.close()
        raise


class TcpConnectLink(PerProbeLink):
    """One connection attempt a probe; TcpReply and IcmpError in.  Flags and options are the kernel's own.

    Needs no privilege.  It raises KernelRefused where the kernel refuses the device or the source, `send` (what: the
    option or "connect") where it refuses the rest.
    """

    def __init__(self, settings: TcpLinkSettings) -> None:
        trial = _socket.socket(settings.family.af, _socket.SOCK_STREAM | _socket.SOCK_CLOEXEC)
        try:
            bind_device(trial, settings)
            if settings.source:
                bind_source(trial, settings)
        finally:
            trial.close()
        super().__init__()
        self._settings = settings

    def send(self, probe: TcpProbe) -> int:
        settings = self._settings
        if settings.source_port:  # one probe at a time: one that is lost leaves its port to the next
            self._give_up_all()
        socket, flow_label = prepared_socket(settings, probe.source_port or settings.source_port or 0)
        try:
            set_ttl(socket, settings, probe.ttl)
            target = socket_address(settings.family, settings.destination, probe.port, settings.device, flow_label)
            sent_ns = monotonic_ns()
            refusal = socket.connect_ex(target)
            if refusal not in (0, EINPROGRESS, ECONNREFUSED):
                raise KernelRefused(refusal, "connect")
        except BaseException:
            socket.close()
            raise
        self._watch(socket, probe, EPOLLOUT)
        return sent_ns

    def receive(self) -> list[Arrival]:
        arrivals = []
        for descriptor, events in self._epoll.poll(0):
            socket, probe = self._sockets[descriptor]
            found = read_errors(socket, 1) or self._outcome(socket, probe, events)
            self._give_up(descriptor)
            arrivals += [Arrival(received_ns, reply, number=probe.number) for received_ns, reply, *_ in found]
        arrivals.sort(key=by_time)
        return arrivals

    def _outcome(self, socket: _socket.socket, probe: TcpProbe, events: int) -> list[Arrival]:
        """What the target said, told as the segment that must have come."""
        error = socket.getsockopt(SOL_SOCKET, SO_ERROR)
        if error not in (0, ECONNREFUSED):
            return []
        flags = RST_ACK if error or events & EPOLLHUP else SYN_ACK
        port = socket.getsockname()[1]
        return [Arrival(monotonic_ns(), TcpReply(self._settings.destination, probe.port, port, flags))]
