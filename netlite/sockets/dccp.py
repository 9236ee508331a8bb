"""Whether the kernel still speaks DCCP (RFC 4340); Linux 6.16 dropped it."""

from __future__ import annotations

import _socket

from ..errors import KernelRefused
from ..records.family import Family, IpProtocol

SOCK_DCCP = 6


def open_dccp_socket(family: Family, kind: int) -> _socket.socket:
    """A socket for DCCP: `kind` SOCK_RAW (CAP_NET_RAW) or SOCK_DCCP.  Raises KernelRefused ("socket")."""
    try:
        return _socket.socket(family.af, kind | _socket.SOCK_CLOEXEC, IpProtocol.DCCP)
    except OSError as refusal:
        raise KernelRefused(refusal.errno, "socket") from None
