"""Adding and removing routes by the ioctls of the originals: SIOCADDRT and SIOCDELRT.

These ioctls, not rtnetlink, define what ``route add`` does and which errors it meets.
Layouts: struct rtentry (<linux/route.h>), struct in6_rtmsg (<linux/ipv6_route.h>).
"""

from __future__ import annotations

import _socket

from ...errors import KernelRefused
from ...records.family import Family
from ...records.record import Record
from ...records.routes import RouteFlags
from .. import ioctls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..door import Door, IoctlDoor


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


def change_route(world: Door, family: Family, change: RouteChange, add: bool) -> None:
    """Add or remove a route of this namespace (CAP_NET_ADMIN).

    Raises KernelRefused with the name of the ioctl that was refused, as the original reports it.
    """
    number, name = (ioctls.SIOCADDRT, "SIOCADDRT") if add else (ioctls.SIOCDELRT, "SIOCDELRT")
    with world.ioctls as control:
        try:
            if family.version == 6:
                control.call(family.af, number, _in6_rtmsg(control, change))
            else:
                device = None if change.device is None else change.device.encode("utf-8", "surrogateescape")
                control.call(family.af, number, _rtentry(change), ioctls.ROUTE_DEVICE_AT, device)
        except OSError as refusal:
            raise KernelRefused(refusal.errno, name) from None


def _rtentry(change: RouteChange) -> bytes:
    """A struct rtentry without the pointer to its device's name."""
    host = change.flags & RouteFlags.HOST
    mask = 0 if host else (0xFFFFFFFF << 32 - change.prefix_bits) & 0xFFFFFFFF
    netmask = _internet(mask.to_bytes(4, "big")) if mask else b""
    return ioctls.ROUTE.pack(
        _internet(_socket.inet_aton(change.destination)),
        _internet(_socket.inet_aton(change.gateway)) if change.gateway else b"", netmask,
        change.flags, 0 if change.metric is None else change.metric + 1 & 0xFFFF, 0,
        change.mss_bytes, change.window_bytes, change.irtt)


def _internet(address: bytes) -> bytes:
    return ioctls.INTERNET.pack(_socket.AF_INET, 0, address)


def _in6_rtmsg(control: IoctlDoor, change: RouteChange) -> bytes:
    """A struct in6_rtmsg; the device is named by its index."""
    index = 0
    if change.device is not None:
        request = ioctls.REQUEST.pack(ioctls.encoded_name(change.device), b"")
        try:
            answer = control.call(_socket.AF_INET6, ioctls.SIOGIFINDEX, request)
        except OSError as refusal:
            raise KernelRefused(refusal.errno, "SIOGIFINDEX") from None
        index = ioctls.NUMBER.unpack(answer[ioctls.NAME_BYTES:])[0]
    pton = _socket.inet_pton
    return ioctls.ROUTE6.pack(
        pton(_socket.AF_INET6, change.destination), b"", pton(_socket.AF_INET6, change.gateway or "::"), 0,
        change.prefix_bits, 0, 1 if change.metric is None else change.metric & 0xFFFFFFFF, 0, change.flags, index)
