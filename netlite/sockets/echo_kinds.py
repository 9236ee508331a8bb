"""Which kind of ICMP socket this process may open: tried, and closed at once."""

from __future__ import annotations

import _socket
from errno import EACCES, EAFNOSUPPORT, EPROTONOSUPPORT

from ..records.family import Family
from ..records.record import Record

KINDS = (("datagram", _socket.SOCK_DGRAM), ("raw", _socket.SOCK_RAW))
FALL_BACK = {4: (EACCES, EPROTONOSUPPORT, EAFNOSUPPORT), 6: (EACCES, EPROTONOSUPPORT)}


class EchoKind(Record):
    """`kind` is "datagram" or "raw", the one that was tried last; `errno` None when it opens."""

    kind: str
    errno: int | None


def try_echo_kind(family: Family, raw_only: bool = False) -> EchoKind:
    """Datagram sockets (net.ipv4.ping_group_range), else raw ones (CAP_NET_RAW)."""
    for kind, number in KINDS[1:] if raw_only else KINDS:
        try:
            _socket.socket(family.af, number | _socket.SOCK_CLOEXEC, family.icmp_protocol).close()
        except OSError as refusal:
            tried = EchoKind(kind, refusal.errno)
            if refusal.errno not in FALL_BACK[family.version]:
                break
        else:
            return EchoKind(kind, None)
    return tried
