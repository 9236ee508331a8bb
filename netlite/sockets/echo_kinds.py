"""Which kind of ICMP socket this process may open: tried, and closed at once."""

from __future__ import annotations

import _socket

from ..records.family import Family
from ..records.record import Record

EACCES, EPROTONOSUPPORT, EAFNOSUPPORT = 13, 93, 97
FALL_BACK = {4: (EACCES, EPROTONOSUPPORT, EAFNOSUPPORT), 6: (EACCES, EPROTONOSUPPORT)}


class EchoKind(Record):
    """`kind` is "datagram" or "raw", the one that was tried last; `errno` None when it opens."""

    kind: str
    errno: int | None


def try_echo_kind(family: Family, raw_only: bool = False) -> EchoKind:
    """Datagram sockets (net.ipv4.ping_group_range), else raw ones (CAP_NET_RAW)."""
    if not raw_only:
        errno = _try(family, _socket.SOCK_DGRAM)
        if errno not in FALL_BACK[family.version]:
            return EchoKind("datagram", errno)
    return EchoKind("raw", _try(family, _socket.SOCK_RAW))


def _try(family: Family, kind: int) -> int | None:
    try:
        _socket.socket(family.af, kind | _socket.SOCK_CLOEXEC, family.icmp_protocol).close()
    except OSError as refusal:
        return refusal.errno
    return None
