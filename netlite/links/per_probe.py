"""A socket a probe: the kernel matches answers to probes, and the link keeps the sockets that wait for theirs."""

from __future__ import annotations

from select import EPOLLERR

from ..sockets.readiness import open_readiness
from .link import Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _socket
    from typing import Any

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
