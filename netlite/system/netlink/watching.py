"""What rtnetlink tells unasked: messages of its multicast groups, as records."""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_ntop

from ...records.family import on_device
from ...records.interfaces import InterfaceFlags
from ...records.states import ChangeKind
from ...records.table_rows import Change
from . import compiled
from .channel import HEADER, attributes, decoded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..door import Door
    from .channel import Chunk

GROUPS = {"link": (1,), "address": (5, 9), "route": (7, 11), "neighbour": (3,)}
"""RTNLGRP_* of <linux/rtnetlink.h>: one for both families, or IPv4's and IPv6's."""
REMOVAL = 1                           # RTM_DEL* is RTM_NEW* and one


class ChangeReader:
    """Messages to `Change` records; others are left out.  Names of devices are kept for when they are gone."""

    def __init__(self, world: Door):
        self._world = world
        self._names: dict[int, str] = {}

    def read(self, chunk: Chunk) -> list[Change]:
        """The changes in a received chunk."""
        found = decoded(chunk, lambda start, end: self._change(bytes(chunk[start:end])))
        return [change for change in found if change is not None]

    def _change(self, message: bytes) -> Change | None:
        kind = HEADER.unpack_from(message)[1]
        if kind in (compiled.RTM_NEWLINK, compiled.RTM_NEWLINK + REMOVAL):
            return self._link(message, kind != compiled.RTM_NEWLINK)
        if kind in (compiled.RTM_NEWADDR, compiled.RTM_NEWADDR + REMOVAL):
            return self._address(message, kind != compiled.RTM_NEWADDR)
        if kind in (compiled.RTM_NEWROUTE, compiled.RTM_NEWROUTE + REMOVAL):
            return self._route(message, kind != compiled.RTM_NEWROUTE)
        if kind in (compiled.RTM_NEWNEIGH, compiled.RTM_NEWNEIGH + REMOVAL):
            return self._neighbour(message, kind != compiled.RTM_NEWNEIGH)
        return None

    def _link(self, message: bytes, removed: bool) -> Change:
        _, _, index, flags, _ = compiled.LINK.unpack_from(message, HEADER.size)
        found = attributes(message, HEADER.size + compiled.LINK.size, len(message))
        name = found.get(compiled.IFLA_IFNAME, b"").rstrip(b"\0").decode("utf-8", "surrogateescape")
        if name:
            self._names[index] = name
        return Change(ChangeKind.LINK, removed, name or self._device(index),
                      hardware_address=found.get(compiled.IFLA_ADDRESS, b"").hex(":"),
                      is_up=bool(flags & InterfaceFlags.UP), is_running=bool(flags & InterfaceFlags.RUNNING))

    def _address(self, message: bytes, removed: bool) -> Change:
        af, length, _, _, index = compiled.ADDRESS.unpack_from(message, HEADER.size)
        found = attributes(message, HEADER.size + compiled.ADDRESS.size, len(message))
        packed = found.get(compiled.IFA_LOCAL) or found[compiled.IFA_ADDRESS]
        device = self._device(index)
        return Change(ChangeKind.ADDRESS, removed, device, on_device(inet_ntop(af, packed), device), length)

    def _route(self, message: bytes, removed: bool) -> Change | None:
        af, length, *_ = compiled.ROUTE.unpack_from(message, HEADER.size)
        if af not in (AF_INET, AF_INET6):
            return None
        found = attributes(message, HEADER.size + compiled.ROUTE.size, len(message))
        destination = found.get(compiled.RTA_DST) or bytes(4 if af == AF_INET else 16)
        gateway, index = found.get(compiled.RTA_GATEWAY), found.get(compiled.RTA_OIF)
        device = self._device(_number(index)) if index else None
        return Change(ChangeKind.ROUTE, removed, device, inet_ntop(af, destination), length,
                      on_device(inet_ntop(af, gateway), device) if gateway else None)

    def _neighbour(self, message: bytes, removed: bool) -> Change | None:
        af, index, *_ = compiled.NEIGHBOUR.unpack_from(message, HEADER.size)
        found = attributes(message, HEADER.size + compiled.NEIGHBOUR.size, len(message))
        if af not in (AF_INET, AF_INET6) or compiled.NDA_DST not in found:
            return None               # of a bridge
        device = self._device(index)
        return Change(ChangeKind.NEIGHBOUR, removed, device, on_device(inet_ntop(af, found[compiled.NDA_DST]), device),
                      hardware_address=found.get(compiled.NDA_LLADDR, b"").hex(":"))

    def _device(self, index: int) -> str | None:
        if index not in self._names:
            try:
                self._names[index] = self._world.device_name(index)
            except OSError:
                return None           # gone before anybody asked for its name
        return self._names[index]


def _number(packed: bytes) -> int:
    from sys import byteorder

    return int.from_bytes(packed, byteorder)
