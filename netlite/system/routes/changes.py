"""Adding and removing routes by the ioctls of the originals: SIOCADDRT and SIOCDELRT.

These ioctls, not rtnetlink, define what ``route add`` does and which errors it meets.
Layouts: struct rtentry (<linux/route.h>), struct in6_rtmsg (<linux/ipv6_route.h>).
"""

from __future__ import annotations

import _socket
from fcntl import ioctl
from struct import pack

from ...errors import KernelRefused
from ...records.family import Family
from ...records.record import Record
from ...records.routes import RouteFlags
from ..interfaces.ioctls import SIOGIFINDEX

SIOCADDRT, SIOCDELRT = 0x890B, 0x890C


class RouteChange(Record):
    """One route to add or remove; addresses in text, `prefix_bits` the length of the prefix.

    `metric` is what the table will show; `mss_bytes` counts 40 bytes of headers, as the original.
    """

    destination: str
    prefix_bits: int
    flags: int = RouteFlags.UP
    gateway: str | None = None
    metric: int | None = None
    device: str | None = None
    mss_bytes: int = 0
    window_bytes: int = 0
    irtt: int = 0


def change_route(family: Family, change: RouteChange, add: bool) -> None:
    """Add or remove a route of this namespace (CAP_NET_ADMIN).

    Raises KernelRefused with the name of the ioctl that was refused, as the original reports it.
    """
    number, name = (SIOCADDRT, "SIOCADDRT") if add else (SIOCDELRT, "SIOCDELRT")
    sock = _socket.socket(family.af, _socket.SOCK_DGRAM)
    try:
        request, keep = (_rtentry, _in6_rtmsg)[family.version == 6](sock, change)
        ioctl(sock, number, request)
        del keep
    except OSError as refusal:
        raise KernelRefused(refusal.errno, name) from None
    finally:
        sock.close()


def _rtentry(sock, change: RouteChange):
    """A struct rtentry and the buffer its device pointer points into."""
    from array import array

    device = array("B", (change.device or "").encode("utf-8", "surrogateescape") + b"\0")
    host = change.flags & RouteFlags.HOST
    mask = 0 if host else (0xFFFFFFFF << 32 - change.prefix_bits) & 0xFFFFFFFF
    netmask = _internet(mask.to_bytes(4, "big")) if mask else b""
    request = pack("=8x16s16s16sH22xH6xQQQH6x", _internet(_socket.inet_aton(change.destination)),
                   _internet(_socket.inet_aton(change.gateway)) if change.gateway else b"", netmask,
                   change.flags, 0 if change.metric is None else change.metric + 1 & 0xFFFF,
                   0 if change.device is None else device.buffer_info()[0],
                   change.mss_bytes, change.window_bytes, change.irtt)
    return request, device


def _internet(address: bytes) -> bytes:
    return pack("=HH4s8x", _socket.AF_INET, 0, address)


def _in6_rtmsg(sock, change: RouteChange):
    """A struct in6_rtmsg; the device is named by its index."""
    index = 0
    if change.device is not None:
        name = change.device.encode("utf-8", "surrogateescape")[:15]
        try:
            index = int.from_bytes(ioctl(sock, SIOGIFINDEX, pack("=16s24x", name))[16:20], "little")
        except OSError as refusal:
            raise KernelRefused(refusal.errno, "SIOGIFINDEX") from None
    pton = _socket.inet_pton
    request = pack("=16s16s16sIHHI4xQII", pton(_socket.AF_INET6, change.destination), b"",
                   pton(_socket.AF_INET6, change.gateway or "::"), 0, change.prefix_bits, 0,
                   1 if change.metric is None else change.metric & 0xFFFFFFFF, 0, change.flags, index)
    return request, None
