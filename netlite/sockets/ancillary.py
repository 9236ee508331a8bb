"""What waits on a socket, and what recvmsg tells beside the data: time stamps, TTL, IP options, queued errors.

*From the kernel*: recvmsg(2), cmsg(3), ip(7), ipv6(7), <linux/errqueue.h>.
"""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, SOL_SOCKET, inet_ntop
from _struct import Struct
from sys import byteorder

from ..records.record import Record
from .addresses import with_zone
from .timestamps import SO_TIMESTAMP, SO_TIMESTAMPING, SO_TIMESTAMPNS, monotonic_from_wall, wall_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _socket
    from typing import Any

    Message = tuple[bytes, list[tuple[int, int, bytes]], int, Any]
    """What recvmsg returns; the shape of an address depends on the family of the socket."""

MSG_DONTWAIT, MSG_ERRQUEUE = 0x40, 0x2000
FROM_ERROR_QUEUE = MSG_ERRQUEUE | MSG_DONTWAIT
AT_ONCE = 64  # messages: a flood is not to hold up signals and the time
TRIES = 64  # that fail, one after the other

SOL_IP, SOL_IPV6 = 0, 41
IP_TOS, IP_TTL, IP_RECVOPTS, IP_RETOPTS, IP_RECVERR = 1, 2, 6, 7, 11
IPV6_2292HOPLIMIT, IPV6_RECVERR, IPV6_HOPLIMIT, IPV6_TCLASS = 8, 25, 52, 67
TTLS = {(SOL_IP, IP_TTL), (SOL_IPV6, IPV6_HOPLIMIT), (SOL_IPV6, IPV6_2292HOPLIMIT)}
CLASSES = {(SOL_IP, IP_TOS), (SOL_IPV6, IPV6_TCLASS)}
ERRORS = {(SOL_IP, IP_RECVERR), (SOL_IPV6, IPV6_RECVERR)}
STAMPS = {SO_TIMESTAMP, SO_TIMESTAMPNS, SO_TIMESTAMPING}

EXTENDED_ERROR = Struct("=IBBBxII")  # struct sock_extended_err: errno, origin, type, code, info, data
ORIGIN_AT, NUMBER_AT = 4, 12  # of these
TRANSMIT_STAMP = 4  # an origin, SO_EE_ORIGIN_TIMESTAMPING
FAMILY_AT, ADDRESS4_AT, ADDRESS6_AT, SCOPE_AT = 16, 20, 24, 40  # in the sockaddr that follows it

ANCILLARY_BYTES = 512
"""Room for everything above at once; the largest is a queued IPv6 error (CMSG_SPACE of 44)."""


class QueuedError(Record):
    """A struct sock_extended_err and the offender's address behind it.

    `origin` is a value of `records.replies.Origin`, or 4 for a transmit time stamp (then `data` is
    the number of the send); `errno` the kernel's translation; `info` the MTU, the parameter
    pointer or the gateway of a redirect; `offender` is None where the local host complains.
    """

    errno: int
    origin: int
    type: int
    code: int
    info: int
    data: int
    offender: str | None


class Ancillary(Record):
    """The control messages of one recvmsg; None for what the kernel did not tell.

    `received_ns` is monotonic; `options` are the raw bytes of IP_RETOPTS or IP_RECVOPTS.
    """

    received_ns: int | None = None
    ttl: int | None = None
    traffic_class: int | None = None
    options: bytes | None = None
    error: QueuedError | None = None


def read_waiting(socket: _socket.socket, room_bytes: int, flags: int = MSG_DONTWAIT,
                 most: int | None = AT_ONCE) -> list[Message]:
    """(data, messages, flags, address) of what waits, oldest first, `most` of it at most (None: all).

    A receive may fail with the error of an earlier probe.  The kernel tells it once, and has an entry for it in
    the error queue.  An error that comes at every try is of another kind (seccomp(2), a security module): this
    process may not receive.  That OSError is raised, after what could be read has been returned.
    """
    read: list[Message] = []
    failed = 0
    while most is None or len(read) < most:
        try:
            read.append(socket.recvmsg(room_bytes, ANCILLARY_BYTES, flags))
            failed = 0
        except BlockingIOError:
            break
        except OSError:
            failed += 1
            if failed == TRIES:
                if not read:
                    raise
                break
    return read


def transmit_stamp(messages: list[tuple[int, int, bytes]]) -> tuple[int, int | None] | None:
    """(the number of a send, when it left: monotonic ns), where an entry of the error queue tells that; else None."""
    number, stamp_ns = None, 0
    for level, kind, data in messages:
        if level == SOL_SOCKET:
            if not stamp_ns and kind in STAMPS:
                stamp_ns = wall_ns(kind, data)
        elif (level, kind) in ERRORS and len(data) >= EXTENDED_ERROR.size and data[ORIGIN_AT] == TRANSMIT_STAMP:
            number = int.from_bytes(data[NUMBER_AT:NUMBER_AT + 4], byteorder)
    return None if number is None else (number, monotonic_from_wall(stamp_ns) if stamp_ns else None)


def read_ancillary(messages: list[tuple[int, int, bytes]]) -> Ancillary:
    """Turn the (level, type, data) list of recvmsg into a record; unknown and short ones are skipped."""
    ttl = traffic_class = options = error = None
    stamp_ns = 0
    for level, kind, data in messages:
        if level == SOL_SOCKET:
            if not stamp_ns and kind in STAMPS:  # where there are two, both say the same
                stamp_ns = wall_ns(kind, data)
        elif (level, kind) in TTLS and len(data) >= 4:
            ttl = int.from_bytes(data[:4], byteorder)
        elif (level, kind) in CLASSES and data:
            traffic_class = data[0] if level == SOL_IP else int.from_bytes(data[:4], byteorder)
        elif (level, kind) in ERRORS:
            error = read_queued_error(data)
        elif level == SOL_IP and kind in (IP_RECVOPTS, IP_RETOPTS):
            options = bytes(data)
    received_ns = monotonic_from_wall(stamp_ns) if stamp_ns else None
    return Ancillary.of((received_ns, ttl, traffic_class, options, error))


def read_queued_error(data: bytes) -> QueuedError | None:
    """The record of an IP_RECVERR or IPV6_RECVERR message, or None when it is too short."""
    if len(data) < EXTENDED_ERROR.size:
        return None
    errno, origin, kind, code, info, more = EXTENDED_ERROR.unpack_from(data)
    offender = None
    af = int.from_bytes(data[FAMILY_AT:FAMILY_AT + 2], byteorder)
    if af == AF_INET and len(data) >= ADDRESS4_AT + 4:
        offender = inet_ntop(AF_INET, data[ADDRESS4_AT:ADDRESS4_AT + 4])
    elif af == AF_INET6 and len(data) >= SCOPE_AT + 4:
        offender = inet_ntop(AF_INET6, data[ADDRESS6_AT:ADDRESS6_AT + 16])
        scope = int.from_bytes(data[SCOPE_AT:SCOPE_AT + 4], byteorder)
        if scope:
            offender = with_zone(offender, scope)
    return QueuedError.of((errno, origin, kind, code, info, more, offender))
