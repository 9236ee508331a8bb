"""A word with a program on another host: a datagram and its answer, or the first words of a TCP service.

No probe and no measurement: what is asked is whether somebody answers at all, and what.
"""

from __future__ import annotations

import _socket
from _socket import SO_ERROR, SOL_SOCKET
from errno import EINPROGRESS
from select import EPOLLERR, EPOLLHUP, EPOLLIN, EPOLLOUT

from ..records.family import FAMILIES
from ..records.record import Record
from ..sockets.addresses import socket_address
from ..sockets.readiness import open_readiness

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..records.family import Family
    from ..sockets.clock import AnyClock
    from ..sockets.readiness import AnyReadiness

LARGEST = 4096


class Letter(Record):
    """A datagram for `port` of `address`."""

    address: str
    port: int
    data: bytes


class Answered(Record):
    """What came back: `data`, or `errno` where the host refused; neither: nothing in time."""

    data: bytes | None
    errno: int | None
    took_ns: int


def family_of(address: str) -> Family:
    """IPv4 or IPv6, by the colons."""
    return FAMILIES[":" in address]


def exchange(clock: AnyClock, letters: Sequence[Letter], until_ns: int) -> list[Answered]:
    """Send all, and wait for one answer to each; no privilege."""
    start_ns = clock.now_ns()
    answers: dict[int, Answered] = {}
    waiting: dict[int, _socket.socket] = {}
    readiness = open_readiness()
    try:
        for place, letter in enumerate(letters):
            family = family_of(letter.address)
            socket = _socket.socket(family.af, _socket.SOCK_DGRAM | _socket.SOCK_NONBLOCK | _socket.SOCK_CLOEXEC)
            waiting[place] = socket
            refusal = socket.connect_ex(socket_address(family, letter.address, letter.port))
            if not refusal:
                try:
                    socket.send(letter.data)
                except OSError as error:
                    refusal = error.errno or 0
            if refusal:
                answers[place] = Answered(None, refusal, 0)
                continue
            readiness.register(socket.fileno(), EPOLLIN | EPOLLERR)
        places = {socket.fileno(): place for place, socket in waiting.items()}
        while len(answers) < len(letters) and clock.now_ns() < until_ns:
            clock.wait([readiness], until_ns)
            for descriptor, _ in readiness.poll(0):
                place = places[descriptor]
                data, errno = _received(waiting[place])
                answers.setdefault(place, Answered(data, errno, clock.now_ns() - start_ns))
                readiness.unregister(descriptor)
    finally:
        for socket in waiting.values():
            socket.close()
        readiness.close()
    return [answers.get(place, Answered(None, None, clock.now_ns() - start_ns)) for place in range(len(letters))]


def _received(socket: _socket.socket) -> tuple[bytes | None, int | None]:
    try:
        return socket.recv(LARGEST), None
    except OSError as refusal:
        return None, refusal.errno


def converse(clock: AnyClock, address: str, port: int, greeting: bytes, until_ns: int) -> int | None:
    """Connect, say `greeting` (nothing, where it is empty), and count the bytes of the first answer.

    0: none in time, or the service hung up; None: no connection.  No privilege.
    """
    family = family_of(address)
    readiness = open_readiness()
    socket = _socket.socket(family.af, _socket.SOCK_STREAM | _socket.SOCK_NONBLOCK | _socket.SOCK_CLOEXEC)
    try:
        if socket.connect_ex(socket_address(family, address, port)) not in (0, EINPROGRESS):
            return None
        readiness.register(socket.fileno(), EPOLLOUT | EPOLLERR)
        if not _ready(clock, readiness, until_ns) or socket.getsockopt(SOL_SOCKET, SO_ERROR):
            return None
        if greeting:
            socket.send(greeting)
        readiness.unregister(socket.fileno())
        readiness.register(socket.fileno(), EPOLLIN | EPOLLERR | EPOLLHUP)
        if not _ready(clock, readiness, until_ns):
            return 0
        return len(socket.recv(LARGEST))
    except OSError:
        return 0
    finally:
        socket.close()
        readiness.close()


def _ready(clock: AnyClock, readiness: AnyReadiness, until_ns: int) -> bool:
    while clock.now_ns() < until_ns:
        clock.wait([readiness], until_ns)
        if readiness.poll(0):
            return True
    return False
