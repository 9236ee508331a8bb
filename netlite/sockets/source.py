"""Which source address the kernel would take: a UDP connect, without sending a byte."""

from __future__ import annotations

import _socket

from ..records.links import LinkSettings
from .addresses import address_text, socket_address
from .settings import OPTIONS, bind_device, set_mark

PROBE_PORT = 1025  # the port iputils connects to; a firewall rule may tell it from others


def choose_source(settings: LinkSettings) -> str:
    """The source address for `settings` (of any link): its `source` when set, else the kernel's.

    Device, mark, traffic class and dont_route take part in the choice, and with `broadcast` an
    address of broadcast is allowed.  Raises OSError as connect(2) does (ENETUNREACH, EHOSTUNREACH,
    EACCES for broadcast and prohibited routes, EINVAL for black holes) and KernelRefused where the
    device cannot be bound.  No privilege needed, but for a mark, which is left out when refused.
    """
    if settings.source:
        return settings.source
    family = settings.family
    probe = _socket.socket(family.af, _socket.SOCK_DGRAM | _socket.SOCK_CLOEXEC)
    try:
        bind_device(probe, settings)
        if settings.dont_route:
            probe.setsockopt(_socket.SOL_SOCKET, _socket.SO_DONTROUTE, 1)
        if getattr(settings, "broadcast", False):
            probe.setsockopt(_socket.SOL_SOCKET, _socket.SO_BROADCAST, 1)
        if settings.traffic_class is not None:
            options = OPTIONS[family.version]
            probe.setsockopt(options.level, options.traffic_class[0], settings.traffic_class)
        if settings.mark is not None:
            set_mark(probe, settings, [])
        probe.connect(socket_address(family, settings.destination, PROBE_PORT, settings.device))
        return address_text(probe.getsockname())
    finally:
        probe.close()
