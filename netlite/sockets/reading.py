"""Reading what waits on a socket: so many messages at once, and no patience with an error that stays.

A receive may fail with the error of an earlier probe.  The kernel tells it once, and has an entry for it in
the error queue.  An error that comes at every try is of another kind: this process may not receive
(seccomp(2), a security module).
"""

from __future__ import annotations

from .ancillary import ANCILLARY_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _socket
    from collections.abc import Iterator
    from typing import Any

    Message = tuple[bytes, list[tuple[int, int, bytes]], int, Any]
    """What recvmsg returns; the shape of an address depends on the family of the socket."""

MSG_DONTWAIT, MSG_ERRQUEUE = 0x40, 0x2000
FROM_ERROR_QUEUE = MSG_ERRQUEUE | MSG_DONTWAIT
AT_ONCE = 64  # messages: a flood is not to hold up signals and the time
TRIES = 64  # that fail, one after the other


def read_waiting(socket: _socket.socket, room_bytes: int, flags: int = MSG_DONTWAIT,
                 most: int | None = AT_ONCE) -> Iterator[Message]:
    """Yield (data, messages, flags, address) of what waits, oldest first, `most` of it at most (None: all).

    Raises the OSError that stays.
    """
    read = failed = 0
    while most is None or read < most:
        try:
            message = socket.recvmsg(room_bytes, ANCILLARY_BYTES, flags)
        except BlockingIOError:
            return
        except OSError:
            failed += 1
            if failed < TRIES:
                continue
            if read:
                return  # what was read comes first
            raise
        read, failed = read + 1, 0
        yield message
