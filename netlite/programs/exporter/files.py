"""Sockets that are read and written as files, for asyncio, which else takes recvfrom(2) and sendto(2).

Where a sandbox refuses those and nothing can be probed, the metrics still say so, and a signal ends it: asyncio wakes
itself by sockets, too.
"""

from __future__ import annotations

import asyncio
import socket
from os import read, readv, write, writev

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self


class FileSocket(socket.socket):
    """A connected socket without flags."""

    @classmethod
    def take(cls, other: socket.socket) -> Self:
        """The one of `other`, which is detached from it."""
        return cls(other.family, other.type, other.proto, other.detach())

    def recv(self, most: int, flags: int = 0) -> bytes:
        return read(self.fileno(), most)

    def recv_into(self, buffer: Any, most: int = 0, flags: int = 0) -> int:
        return readv(self.fileno(), [buffer])

    def send(self, data: Any, flags: int = 0) -> int:
        return write(self.fileno(), data)

    def sendmsg(self, buffers: Any, *_: object) -> int:
        return writev(self.fileno(), buffers)


class Loop(asyncio.SelectorEventLoop):
    """An event loop that wakes itself by such sockets."""

    _ssock: socket.socket
    _csock: socket.socket

    def _make_self_pipe(self) -> None:
        super()._make_self_pipe()  # type: ignore[misc]
        self._ssock, self._csock = FileSocket.take(self._ssock), FileSocket.take(self._csock)
