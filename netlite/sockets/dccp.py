"""Whether the kernel still speaks DCCP (RFC 4340); Linux 6.16 dropped it."""

from __future__ import annotations

import _socket

from ..errors import KernelRefused

SOCK_DCCP, IPPROTO_DCCP = 6, 33


def open_dccp_socket(family, kind: int):
    """A socket for DCCP: `kind` SOCK_RAW (CAP_NET_RAW) or SOCK_DCCP.  Raises KernelRefused ("socket")."""
    try:
        return _socket.socket(family.af, kind | _socket.SOCK_CLOEXEC, IPPROTO_DCCP)
    except OSError as refusal:
        raise KernelRefused(refusal.errno, "socket") from None
