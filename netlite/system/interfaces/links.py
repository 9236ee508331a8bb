"""Links and their IPv4 addresses from rtnetlink (RTM_GETLINK, RTM_GETADDR, <linux/rtnetlink.h>)."""

from __future__ import annotations

from _socket import inet_ntoa
from _struct import Struct
from errno import EBADMSG

from ...errors import KernelRefused
from ...records.interfaces import HardwareMap, Interface, InterfaceAddress, InterfaceCounters
from ..netlink import compiled
from ..netlink.channel import HEADER, ROUTE, attribute, attribute_places, attributes, decoded, dump_again

NUMBER = Struct("=I")
LINK_ATTRIBUTES = HEADER.size + compiled.LINK.size
ADDRESS_ATTRIBUTES = HEADER.size + compiled.ADDRESS.size
WANTED = (compiled.IFLA_IFNAME, compiled.IFLA_TXQLEN, compiled.IFLA_MTU, compiled.IFLA_MAP, compiled.IFLA_ADDRESS,
          compiled.IFLA_STATS64)
NONE = bytes(4)
NO_MAP = bytes(compiled.LINK_MAP.size)
NAME_BYTES = 15

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..door import ChannelDoor, Door

    Addresses = dict[str, list[InterfaceAddress]]
    Labels = dict[tuple[int, str], list[InterfaceAddress]]
    Layout = tuple[Struct, tuple[bytes, ...], list[tuple[int, int]]]


def read_links(world: Door, addresses6: Addresses) -> list[Interface]:
    """All interfaces, then the labels that are no interface's name.  Raises OSError, KernelRefused.

    A label counts as the ioctls see it: of the device that its part before the colon names.
    """
    with world.netlink(ROUTE) as channel:
        labels = _read_labels(channel, compiled.ADDRESSES4_REQUEST)
        decoder = LinkDecoder(labels, addresses6)
        interfaces = [interface for chunk in dump_again(channel, compiled.RTM_GETLINK, compiled.LINKS_REQUEST,
                                                                   "RTM_GETLINK")
                      for interface in decoder.decode_all(chunk)]
        devices = {interface.name: interface for interface in interfaces}
        for label in dict.fromkeys(label for _, label in labels if label not in devices):
            name = label.partition(":")[0]
            try:
                interfaces.append(_as_label(devices[name], label, labels.get((decoder.indexes[name], label), ()))
                                  if name in devices else _read_named(channel, label, labels, addresses6))
            except KernelRefused:
                continue  # no device is called so, and none has it as an alternative name
    return interfaces


def read_link(channel: ChannelDoor, name: str, addresses6: Addresses) -> Interface:
    """One interface by its name, an alternative name or an address label.  Raises KernelRefused.

    As with the ioctls, what follows a colon need not be a label of the device.
    """
    name = name.encode("utf-8", "surrogateescape")[:NAME_BYTES].decode("utf-8", "surrogateescape")
    return _read_named(channel, name, None, addresses6)


def _read_named(channel: ChannelDoor, name: str, labels: Labels | None, addresses6: Addresses) -> Interface:
    """The device of a name or label, shown under it; `labels` are read unless given."""
    device = name.partition(":")[0].encode("utf-8", "surrogateescape") + b"\0"
    body = compiled.LINKS_REQUEST + attribute(compiled.IFLA_IFNAME, device)
    answer = bytes(channel.ask(compiled.RTM_GETLINK, body, "RTM_GETLINK"))
    if len(answer) >= LINK_ATTRIBUTES:
        index = compiled.LINK.unpack_from(answer, HEADER.size)[2]
        if labels is None:
            labels = _read_labels(channel, compiled.ADDRESS.pack(compiled.AF_INET, 0, 0, 0, index))
        for interface in LinkDecoder(labels, addresses6).decode_all(answer):
            return interface if interface.name == name else _as_label(interface, name, labels.get((index, name), ()))
    raise KernelRefused(EBADMSG, "RTM_GETLINK")


class LinkDecoder:
    """RTM_NEWLINK messages to interfaces.

    Links of a kind have their attributes at the same places, so these are looked for once a kind;
    that the headers of the wanted ones stand there is checked for every message.  `indexes` are those of the names
    decoded.
    """

    def __init__(self, labels: Labels, addresses6: Addresses):
        self._labels = labels
        self._addresses6 = addresses6
        self._layouts: dict[tuple[int, bytes], Layout] = {}
        self.indexes: dict[str, int] = {}

    def decode_all(self, chunk: bytes) -> Iterator[Interface]:
        """The messages of a chunk."""
        return decoded(chunk, lambda start, end: self.decode(chunk[start:end]))

    def decode(self, message: bytes) -> Interface:
        """One message, netlink header included."""
        key = len(message), message[LINK_ATTRIBUTES:LINK_ATTRIBUTES + 4]
        layout = self._layouts.get(key)
        if layout is None or layout[0].unpack_from(message) != layout[1]:
            layout = self._layouts[key] = _layout(message)
        places = layout[2]
        name_at, queue_at, mtu_at, map_at, address_at, counters_at = places
        _, kind, index, flags, _ = compiled.LINK.unpack_from(message, HEADER.size)
        name = message[slice(*name_at)].rstrip(b"\0").decode("utf-8", "surrogateescape")
        self.indexes[name] = index
        return Interface(
            name, kind, flags & 0xFFFF, NUMBER.unpack_from(message, mtu_at[0])[0],
            NUMBER.unpack_from(message, queue_at[0])[0] if queue_at[0] else None, message[slice(*address_at)],
            tuple(self._labels.get((index, name), ())), tuple(self._addresses6.get(name, ())),
            decode_counters(message, counters_at[0]) if counters_at[0] else None,
            _decode_map(message[slice(*map_at)]))


def _layout(message: bytes) -> Layout:
    """Where the wanted attributes are: a Struct of their headers, what it gives, and (start, stop) of each.

    What follows the counters is long, not needed, and left unread.
    """
    found = {}
    for number, start, stop in attribute_places(message, LINK_ATTRIBUTES, len(message)):
        found[number] = start, stop
        if number == compiled.IFLA_STATS64:
            break
    form, position = "=", 0
    for begin, _ in sorted(found[number] for number in WANTED if number in found):
        form += f"{begin - 4 - position}x4s"
        position = begin
    headers = Struct(form)
    return headers, headers.unpack_from(message), [found.get(number, (0, 0)) for number in WANTED]


def decode_counters(message: bytes, place: int) -> InterfaceCounters:
    """struct rtnl_link_stats64 summed up as net/core/net-procfs.c does for /proc/net/dev."""
    (rx_packets, tx_packets, rx_bytes, tx_bytes, rx_errors, tx_errors, rx_dropped, tx_dropped, multicast,
     collisions, rx_length, rx_over, rx_crc, rx_frame, rx_fifo, rx_missed, tx_aborted, tx_carrier, tx_fifo,
     tx_heartbeat, tx_window, rx_compressed, tx_compressed) = compiled.LINK_STATS64.unpack_from(message, place)
    return InterfaceCounters(
        rx_bytes, rx_packets, rx_errors, rx_dropped + rx_missed, rx_fifo,
        rx_length + rx_over + rx_crc + rx_frame, rx_compressed, multicast,
        tx_bytes, tx_packets, tx_errors, tx_dropped, tx_fifo, collisions,
        tx_carrier + tx_aborted + tx_window + tx_heartbeat, tx_compressed)


def _decode_map(packed: bytes) -> HardwareMap | None:
    """Cut to the widths of the ioctl's struct ifmap, which the classic display shows."""
    if not packed or packed.startswith(NO_MAP):
        return None
    memory_start, memory_end, base, interrupt, dma, port = compiled.LINK_MAP.unpack_from(packed)
    return HardwareMap(memory_start, memory_end, base & 0xFFFF, interrupt & 0xFF, dma, port)


def _read_labels(channel: ChannelDoor, request: bytes) -> Labels:
    """(Index, label) -> its IPv4 addresses, in the kernel's order; a plain one is labelled with its device."""
    labels: Labels = {}
    for chunk in dump_again(channel, compiled.RTM_GETADDR, request, "RTM_GETADDR"):
        for key, address in _labelled(chunk):
            labels.setdefault(key, []).append(address)
    return labels


def _labelled(chunk: bytes) -> Iterator[tuple[tuple[int, str], InterfaceAddress]]:
    return decoded(chunk, lambda start, end: _label(chunk, start, end))


def _label(chunk: bytes, start: int, end: int) -> tuple[tuple[int, str], InterfaceAddress]:
    """One RTM_NEWADDR message: the index and label, and the address."""
    _, prefix_length, _, scope, index = compiled.ADDRESS.unpack_from(chunk, start + HEADER.size)
    found = attributes(chunk, start + ADDRESS_ATTRIBUTES, end)
    peer, broadcast = found.get(compiled.IFA_ADDRESS, NONE), found.get(compiled.IFA_BROADCAST, NONE)
    local = found.get(compiled.IFA_LOCAL, peer)
    label = found.get(compiled.IFA_LABEL, b"").rstrip(b"\0").decode("utf-8", "surrogateescape")
    address = InterfaceAddress(inet_ntoa(local), prefix_length, scope, inet_ntoa(peer), inet_ntoa(broadcast))
    return (index, label), address


def _as_label(device: Interface, name: str, addresses: Iterable[InterfaceAddress]) -> Interface:
    """The device under another name: /proc has no counters and no IPv6 addresses for that."""
    return device.replace(name=name, addresses=tuple(addresses), addresses6=(), counters=None)
