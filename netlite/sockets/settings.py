"""`LinkSettings` put on a socket, and the source that the kernel chooses by them; a row of option numbers a family.

A refused option raises KernelRefused whose `what` is the option's name in <linux/in.h> or
<linux/in6.h>; the command knows the original's words for it.
"""

from __future__ import annotations

import _socket
from _socket import SO_BINDTODEVICE, SO_DEBUG, SO_DONTROUTE, SO_MARK, SOL_SOCKET
from _struct import Struct
from errno import EPERM
from sys import byteorder

from ..errors import KernelRefused
from ..records.family import IPV4, IPV6
from ..records.links import LinkSettings
from ..records.record import Record
from .addresses import address_text, socket_address, zone_index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.links import LinkSettings

IPV6_FLOWLABEL_MGR, IPV6_FLOWINFO_SEND = 32, 33

PROBE_PORT = 1025  # the port iputils connects to; a firewall rule may tell it from others
MREQN = Struct("=8xI")  # struct ip_mreqn with the interface index alone
FLOW_LABEL_REQUEST = Struct("=16s4sBBHHHI")  # struct in6_flowlabel_req; the label in network order
GET, CREATE = 0, 1
EXCLUSIVE, ANY = 1, 255  # who else may use a leased label: IPV6_FL_S_*


Option = tuple[int, str]
"""The number of a socket option, and the name by which a refusal is told."""
Refusal = tuple[str, int]
"""The name of an option that was refused and can be done without, and the errno."""


class SocketOptions(Record):
    """Option numbers of one family at `level`; (number, name) where a refusal must be named."""

    level: int
    ttl: Option
    multicast_ttl: Option
    multicast_loop: Option
    multicast_interface: Option
    traffic_class: Option
    mtu_discovery: Option
    receive_errors: Option
    receive_ttl: Option


OPTIONS4 = SocketOptions(0, (2, "IP_TTL"), (33, "IP_MULTICAST_TTL"), (34, "IP_MULTICAST_LOOP"),
                         (32, "IP_MULTICAST_IF"), (1, "IP_TOS"), (10, "IP_MTU_DISCOVER"),
                         (11, "IP_RECVERR"), (12, "IP_RECVTTL"))
OPTIONS6 = SocketOptions(41, (16, "IPV6_UNICAST_HOPS"), (18, "IPV6_MULTICAST_HOPS"),
                         (19, "IPV6_MULTICAST_LOOP"), (17, "IPV6_MULTICAST_IF"), (67, "IPV6_TCLASS"),
                         (23, "IPV6_MTU_DISCOVER"), (25, "IPV6_RECVERR"), (51, "IPV6_RECVHOPLIMIT"))
OPTIONS = {IPV4.version: OPTIONS4, IPV6.version: OPTIONS6}


def set_option(socket: _socket.socket, level: int, option: Option, value: int | bytes | bytearray) -> None:
    """setsockopt with an (number, name) option; a refusal becomes KernelRefused with that name."""
    try:
        socket.setsockopt(level, option[0], value)
    except OSError as refusal:
        raise KernelRefused(refusal.errno, option[1]) from None


def apply_settings(socket: _socket.socket, settings: LinkSettings, warnings: list[Refusal]) -> None:
    """Set what every kind of link shares: route, device, mark, TTLs, class, MTU discovery, bind.

    Order matters: the device before the address, so that a link-local source gets its zone.
    What a program may go on without is a warning: ("SO_DEBUG", errno), ("SO_MARK", errno).
    """
    options = OPTIONS[settings.family.version]
    if settings.debug:
        try:
            socket.setsockopt(SOL_SOCKET, SO_DEBUG, 1)
        except OSError as refusal:
            warnings.append(("SO_DEBUG", refusal.errno or 0))
    if settings.dont_route:
        set_option(socket, SOL_SOCKET, (SO_DONTROUTE, "SO_DONTROUTE"), 1)
    if settings.device:
        bind_device(socket, settings)
    if settings.mark is not None:
        set_mark(socket, settings, warnings)
    if settings.traffic_class is not None:
        set_option(socket, options.level, options.traffic_class, settings.traffic_class)
    if settings.mtu_discovery is not None:
        set_option(socket, options.level, options.mtu_discovery, settings.mtu_discovery)
    if settings.ttl is not None:
        set_option(socket, options.level, options.multicast_ttl, settings.ttl)
        set_option(socket, options.level, options.ttl, settings.ttl)


def bind_source(socket: _socket.socket, settings: LinkSettings, port: int = 0) -> None:
    """Bind to the source address, or to the unspecified one when only a port is wanted.  Raises KernelRefused."""
    family = settings.family
    try:
        socket.bind(socket_address(family, settings.source or family.any, port, settings.device))
    except OSError as refusal:
        raise KernelRefused(refusal.errno, "bind") from None


def connect(socket: _socket.socket, settings: LinkSettings, port: int, flow_label: int | None) -> None:
    """Connect to the destination.  Raises KernelRefused ("connect")."""
    try:
        socket.connect(socket_address(settings.family, settings.destination, port, settings.device, flow_label))
    except OSError as refusal:
        raise KernelRefused(refusal.errno, "connect") from None


def set_ttl(socket: _socket.socket, settings: LinkSettings, ttl: int) -> None:
    """The TTL or hop limit of what the socket sends from here on."""
    options = OPTIONS[settings.family.version]
    set_option(socket, options.level, options.ttl, ttl)


def bind_device(socket: _socket.socket, settings: LinkSettings) -> None:
    """Send and receive through one interface (no privilege since Linux 5.7, for a first bind).
    Raises KernelRefused.

    Where that is refused, a multicast destination can still be sent through it.
    """
    if not settings.device:
        return
    try:
        socket.setsockopt(SOL_SOCKET, SO_BINDTODEVICE, settings.device.encode("utf-8", "surrogateescape") + b"\0")
    except OSError as refusal:
        options = OPTIONS[settings.family.version]
        if refusal.errno != EPERM or not is_multicast(settings.destination):
            raise KernelRefused(refusal.errno, "SO_BINDTODEVICE") from None
        index = zone_index(settings.device)
        value = MREQN.pack(index) if settings.family.version == 4 else index
        set_option(socket, options.level, options.multicast_interface, value)


def set_mark(socket: _socket.socket, settings: LinkSettings, warnings: list[Refusal]) -> None:
    """SO_MARK; needs CAP_NET_ADMIN, or CAP_NET_RAW since Linux 5.17."""
    try:
        socket.setsockopt(SOL_SOCKET, SO_MARK, (settings.mark or 0).to_bytes(4, byteorder))
    except OSError as refusal:
        warnings.append(("SO_MARK", refusal.errno or 0))


def mark_refusal(settings: LinkSettings) -> int | None:
    """With which errno the kernel refuses the mark of `settings`, tried on a socket of its own; None where not."""
    warnings: list[Refusal] = []
    trial = _socket.socket(settings.family.af, _socket.SOCK_DGRAM | _socket.SOCK_CLOEXEC)
    try:
        set_mark(trial, settings, warnings)
    finally:
        trial.close()
    return warnings[0][1] if warnings else None


def is_multicast(address: str) -> bool:
    """224.0.0.0/4 and ff00::/8."""
    if ":" in address:
        return address[:2].lower() == "ff" and len(address.partition(":")[0]) == 4
    first = address.partition(".")[0]
    return first.isdigit() and 224 <= int(first) <= 239


def lease_flow_label(socket: _socket.socket, settings: LinkSettings, sharing: int = EXCLUSIVE) -> int | None:
    """Lease the flow label of `settings` for its destination (RFC 6437).

    `sharing` is EXCLUSIVE (for this socket alone) or ANY (further sockets may have the same label).
    Returns the label (the kernel's choice for 0), or None when none is wanted or for IPv4.
    *From the kernel*: Documentation/networking/ipv6-flowlabels; a label is free again 6 s after use.
    """
    if settings.flow_label is None or settings.family.version == 4:
        return None
    destination = _socket.inet_pton(settings.family.af, settings.destination.partition("%")[0])
    label = settings.flow_label.to_bytes(4, "big")
    request = bytearray(FLOW_LABEL_REQUEST.pack(destination, label, GET, sharing, CREATE, 0, 0, 0))
    set_option(socket, OPTIONS6.level, (IPV6_FLOWLABEL_MGR, "IPV6_FLOWLABEL_MGR"), request)
    set_option(socket, OPTIONS6.level, (IPV6_FLOWINFO_SEND, "IPV6_FLOWINFO_SEND"), 1)
    return int.from_bytes(request[16:20], "big") & 0xFFFFF


def choose_source(settings: LinkSettings) -> str:
    """The source address for `settings` (of any link): its `source` when set, else the kernel's, which a UDP connect
    tells without sending a byte.

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
