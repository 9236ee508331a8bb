"""Links and their IPv4 addresses from rtnetlink (RTM_GETLINK, RTM_GETADDR, <linux/rtnetlink.h>)."""

from __future__ import annotations

from _socket import inet_ntoa
from struct import Struct

from ..records.interfaces import HardwareMap, Interface, InterfaceAddress, InterfaceCounters
from . import compiled
from .netlink import HEADER, ROUTE, DumpInterrupted, attributes, split_messages

NUMBER = Struct("=I")
LINK_ATTRIBUTES = HEADER.size + compiled.LINK.size
ADDRESS_ATTRIBUTES = HEADER.size + compiled.ADDRESS.size
NO_MAP = bytes(compiled.LINK_MAP.size)
NAME_BYTES = 15
ATTEMPTS = 5


def read_links(environment, addresses6: dict) -> list[Interface]:
    """All interfaces, then the labels that are no interface's name.  Raises OSError, KernelRefused.

    A dump that a change interrupted is repeated; the last one is taken as it is.
    """
    with environment.netlink(ROUTE) as channel:
        for _ in range(ATTEMPTS):
            labels, interfaces = {}, []
            try:
                labels = _read_labels(channel, compiled.ADDRESSES4_REQUEST)
                for chunk in channel.dump(compiled.RTM_GETLINK, compiled.LINKS_REQUEST, "RTM_GETLINK"):
                    interfaces += [_link(chunk, start, end, labels, addresses6)
                                   for start, end in split_messages(chunk)]
                break
            except DumpInterrupted:
                continue
    by_name = {interface.name: interface for interface in interfaces}
    for label, addresses in labels.items():
        device = by_name.get(label.partition(":")[0])
        if label not in by_name and device is not None:
            interfaces.append(_as_label(device, label, addresses))
    return interfaces


def read_link(channel, name: str, addresses6: dict) -> Interface:
    """One interface by its name, an alternative name or an address label.  Raises KernelRefused.

    As with the ioctls, what follows a colon need not be a label of the device.
    """
    wanted = name.encode("utf-8", "surrogateescape")[:NAME_BYTES]
    device = wanted.partition(b":")[0] + b"\0"
    body = compiled.LINKS_REQUEST + _attribute(compiled.IFLA_IFNAME, device)
    answer = channel.ask(compiled.RTM_GETLINK, body, "RTM_GETLINK")
    index = compiled.LINK.unpack_from(answer, HEADER.size)[2]
    request = compiled.ADDRESS.pack(compiled.AF_INET, 0, 0, 0, index)
    labels = _read_labels(channel, request)
    interface = _link(answer, 0, len(answer), labels, addresses6)
    shown = wanted.decode("utf-8", "surrogateescape")
    return interface if interface.name == shown else _as_label(interface, shown, labels.get(shown, ()))


def _as_label(device: Interface, name: str, addresses) -> Interface:
    """The device under another name: /proc has no counters and no IPv6 addresses for that."""
    return device.replace(name=name, addresses=tuple(addresses), addresses6=(), counters=None)


def _attribute(kind: int, payload: bytes) -> bytes:
    return (Struct("=HH").pack(4 + len(payload), kind) + payload).ljust((7 + len(payload)) & ~3, b"\0")


def _read_labels(channel, request: bytes) -> dict[str, list[InterfaceAddress]]:
    """Label -> its IPv4 addresses, in the kernel's order; a plain address is labelled with its device."""
    labels: dict[str, list[InterfaceAddress]] = {}
    for chunk in channel.dump(compiled.RTM_GETADDR, request, "RTM_GETADDR"):
        for start, end in split_messages(chunk):
            _, prefix_length, _, scope, _ = compiled.ADDRESS.unpack_from(chunk, start + HEADER.size)
            found = {kind: bytes(chunk[begin:stop])
                     for kind, begin, stop in attributes(chunk, start + ADDRESS_ATTRIBUTES, end)}
            local, broadcast = found[compiled.IFA_LOCAL], found.get(compiled.IFA_BROADCAST)
            label = found[compiled.IFA_LABEL].rstrip(b"\0").decode("utf-8", "surrogateescape")
            labels.setdefault(label, []).append(InterfaceAddress(
                inet_ntoa(local), prefix_length, scope, inet_ntoa(found.get(compiled.IFA_ADDRESS, local)),
                inet_ntoa(broadcast) if broadcast else "0.0.0.0"))
    return labels


def _link(chunk, start: int, end: int, labels: dict, addresses6: dict) -> Interface:
    """An RTM_NEWLINK message.  What follows the counters is long, not needed, and left unread."""
    _, kind, _, flags, _ = compiled.LINK.unpack_from(chunk, start + HEADER.size)
    found = {}
    for number, begin, stop in attributes(chunk, start + LINK_ATTRIBUTES, end):
        found[number] = (begin, stop)
        if number == compiled.IFLA_STATS64:
            break
    begin, stop = found[compiled.IFLA_IFNAME]
    name = bytes(chunk[begin:stop - 1]).decode("utf-8", "surrogateescape")
    begin, stop = found.get(compiled.IFLA_ADDRESS, (0, 0))
    hardware = bytes(chunk[begin:stop])
    queue = found.get(compiled.IFLA_TXQLEN)
    return Interface(
        name, kind, flags & 0xFFFF, NUMBER.unpack_from(chunk, found[compiled.IFLA_MTU][0])[0],
        NUMBER.unpack_from(chunk, queue[0])[0] if queue else None, hardware,
        tuple(labels.get(name, ())), tuple(addresses6.get(name, ())),
        _counters(chunk, found), _map(chunk, found))


def _counters(chunk, found: dict) -> InterfaceCounters | None:
    """struct rtnl_link_stats64 summed up as net/core/net-procfs.c does for /proc/net/dev."""
    place = found.get(compiled.IFLA_STATS64)
    if place is None:
        return None
    (rx_packets, tx_packets, rx_bytes, tx_bytes, rx_errors, tx_errors, rx_dropped, tx_dropped, multicast,
     collisions, rx_length, rx_over, rx_crc, rx_frame, rx_fifo, rx_missed, tx_aborted, tx_carrier, tx_fifo,
     tx_heartbeat, tx_window, rx_compressed, tx_compressed) = compiled.LINK_STATS64.unpack_from(chunk, place[0])
    return InterfaceCounters(
        rx_bytes, rx_packets, rx_errors, rx_dropped + rx_missed, rx_fifo,
        rx_length + rx_over + rx_crc + rx_frame, rx_compressed, multicast,
        tx_bytes, tx_packets, tx_errors, tx_dropped, tx_fifo, collisions,
        tx_carrier + tx_aborted + tx_window + tx_heartbeat, tx_compressed)


def _map(chunk, found: dict) -> HardwareMap | None:
    """Cut to the widths of the ioctl's struct ifmap, which the classic display shows."""
    begin, stop = found.get(compiled.IFLA_MAP, (0, 0))
    if stop - begin < len(NO_MAP) or chunk[begin:begin + len(NO_MAP)] == NO_MAP:
        return None
    memory_start, memory_end, base, interrupt, dma, port = compiled.LINK_MAP.unpack_from(chunk, begin)
    return HardwareMap(memory_start, memory_end, base & 0xFFFF, interrupt & 0xFF, dma, port)
