"""A socket a probe: the kernel matches answers to probes, and the link keeps the sockets that wait for theirs.

UDP's link of that kind is here too; `tcp_connect` has TCP's.
"""

from __future__ import annotations

from _operator import itemgetter
from errno import EMSGSIZE
from select import EPOLLERR, EPOLLIN
from time import monotonic_ns

from ..errors import KernelRefused
from ..sockets.readiness import open_readiness
from ..sockets.settings import connect, set_ttl
from .link import Arrival, Link
from .udp import open_probe_socket, payload, read_answers, read_errors, with_extensions

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _socket
    from typing import Any

    from ..records.udp_links import UdpLinkSettings, UdpProbe

by_time = itemgetter(0)  # of arrivals
OPEN_SOCKETS = 512  # half of the usual RLIMIT_NOFILE; beyond, the oldest unanswered probe is given up


class PerProbeLink(Link):
    """What links have in common that open a socket a probe; how they send and receive is theirs."""

    def __init__(self) -> None:
        self._epoll = open_readiness()
        self._sockets: dict[int, tuple[_socket.socket, Any]] = {}  # by descriptor, with what is known of the probe

    def fileno(self) -> int:
        return self._epoll.fileno()

    def close(self) -> None:
        self._give_up_all()
        self._epoll.close()

    def _watch(self, socket: _socket.socket, about: Any, events: int) -> None:
        if len(self._sockets) >= OPEN_SOCKETS:
            self._give_up(next(iter(self._sockets)))
        self._sockets[socket.fileno()] = socket, about
        self._epoll.register(socket.fileno(), events | EPOLLERR)

    def _give_up(self, descriptor: int) -> None:
        """Close a socket; harmless for one that is not watched."""
        if descriptor in self._sockets:
            self._epoll.unregister(descriptor)
            self._sockets.pop(descriptor)[0].close()

    def _give_up_all(self) -> None:
        for descriptor in list(self._sockets):
            self._give_up(descriptor)


class PerProbeUdpLink(PerProbeLink):
    """Each probe from a connected socket of its own, so the kernel matches answers to probes.

    A source port the kernel chooses anew hides one probe's path from the next one's (ECMP).  What `UdpLink` raises
    comes here at the first `send`, and so may KernelRefused "connect".
    """

    def __init__(self, settings: UdpLinkSettings) -> None:
        super().__init__()
        self._settings = settings

    def send(self, probe: UdpProbe) -> int:
        settings = self._settings
        if settings.source_port:  # one probe at a time: one that is lost leaves its port to the next
            self._give_up_all()
        socket, flow_label = open_probe_socket(settings, probe.source_port)
        try:
            set_ttl(socket, settings, probe.ttl)
            connect(socket, settings, probe.port, flow_label)
            sent_ns = monotonic_ns()
            data = payload(settings, probe, sent_ns)
            self._watch(socket, (probe.number, len(data)), EPOLLIN)
            socket.send(data)
        except OSError as refusal:
            if refusal.errno != EMSGSIZE:  # of that, the error queue tells the size that would fit
                self._give_up(socket.fileno())
            raise
        except KernelRefused:
            socket.close()
            raise
        return sent_ns

    def receive(self) -> list[Arrival]:
        """One answer a probe: its socket is closed with the first one."""
        arrivals = []
        for descriptor, _ in self._epoll.poll(0):
            socket, (number, sent_bytes) = self._sockets[descriptor]
            for received_ns, reply, *_ in read_errors(socket, 1) or read_answers(socket, 1):
                reply = with_extensions(reply, self._settings, sent_bytes)
                arrivals.append(Arrival(received_ns, reply, None, number))
                self._give_up(descriptor)
        arrivals.sort(key=by_time)
        return arrivals
