"""rtnetlink of a node in memory: what a program asks is answered with messages, made of what its kernel holds."""

from __future__ import annotations

from _socket import AF_INET, AF_INET6
from _struct import Struct
from errno import EOPNOTSUPP
from sys import byteorder

from ...errors import KernelRefused
from ...records.family import BY_AF
from ...system.netlink import compiled
from ...system.netlink.channel import HEADER, Channel, attribute, attributes
from . import all_routes
from .addresses import as_number, as_text
from .devices import GLOBAL6, HOST6, LINK6, Device
from .ipv4_routes import HOST, LINK, Hop
from .kernel import Kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NUMBER = Struct("=I")
SECONDARY, NODAD, PERMANENT = 0x01, 0x02, 0x80  # IFA_F_* of <linux/if_addr.h>
SCOPES6 = {GLOBAL6: 0, HOST6: HOST, LINK6: LINK}
FIB_MATCH = 0x2000  # RTM_F_* of <linux/rtnetlink.h>
LINK_DOWN = 0x10  # RTNH_F_*
RULES = {AF_INET: ((0, 255), (32766, 254), (32767, 253)), AF_INET6: ((0, 255), (32766, 254))}
TO_TABLE = 1  # FR_ACT_*


class MemoryChannel(Channel):
    """Links, addresses, routes, rules and neighbours of a node.  Nothing is told unasked."""

    def __init__(self, kernel: Kernel):
        self._kernel = kernel
        self._tables: dict[int, Callable[[int, bytes], list[bytes]]] = {
            compiled.RTM_GETLINK: self._links, compiled.RTM_GETADDR: self._addresses,
            compiled.RTM_GETROUTE: self._routes, compiled.RTM_GETRULE: self._rules,
            compiled.RTM_GETNEIGH: self._neighbours}

    def dump(self, message_type: int, body: bytes, what: str = "netlink dump") -> Iterator[memoryview]:
        """The table as one chunk.  Raises KernelRefused."""
        if message_type not in self._tables:
            raise KernelRefused(EOPNOTSUPP, what)
        yield memoryview(b"".join(self._tables[message_type](body[0], body)))

    def ask(self, message_type: int, body: bytes, what: str = "netlink request") -> memoryview:
        """A link by its name; or the way to an address, or the route that is found for it.  Raises KernelRefused."""
        try:
            if message_type == compiled.RTM_GETLINK:
                name = attributes(body, compiled.LINK.size, len(body))[compiled.IFLA_IFNAME].rstrip(b"\0")
                return memoryview(_link(self._kernel.devices.named(name.decode("utf-8", "surrogateescape"))))
            if message_type == compiled.RTM_GETROUTE:
                return memoryview(self._found(body[0], body))
        except OSError as refusal:
            raise KernelRefused(refusal.errno, what) from None
        raise KernelRefused(EOPNOTSUPP, what)

    def _found(self, af: int, body: bytes) -> bytes:
        """RTM_GETROUTE for one address."""
        packed = attributes(body, compiled.ROUTE.size, len(body))[compiled.RTA_DST]
        address = as_text(int.from_bytes(packed, "big"), BY_AF[af].version)
        if compiled.ROUTE.unpack_from(body)[8] & FIB_MATCH:
            return _route(af, all_routes.matched(self._kernel, address))
        way = all_routes.way(self._kernel, address)
        return _route(af, all_routes.Entry(way.table, way.kind, as_number(address), BY_AF[af].maximum_prefix,
                                           (Hop(way.gateway, way.device),), source=way.source))

    def start(self, message_type: int, body: bytes, flags: int = 0) -> None:
        raise KernelRefused(EOPNOTSUPP, "rtnetlink")

    def receive(self) -> bytes:
        raise KernelRefused(EOPNOTSUPP, "rtnetlink")

    def arrived(self) -> Iterator[bytes]:
        return iter(())

    def watch(self, *groups: int) -> None:
        """Changes are not told.  Raises OSError."""
        raise OSError(EOPNOTSUPP, "Operation not supported")

    def changed(self) -> bool:
        return False

    def fileno(self) -> int:
        return -1

    def close(self) -> None:
        """Nothing is open."""

    def __exit__(self, *_: object) -> None:
        """As with `close`."""

    # the tables: each gives messages of the family `af`, or of that family alone

    def _links(self, _: int, __: bytes) -> list[bytes]:
        return [_link(device) for device in self._kernel.devices]

    def _addresses(self, af: int, body: bytes) -> list[bytes]:
        """Of all devices, or of the one that is asked for."""
        index = compiled.ADDRESS.unpack_from(body)[4]
        devices = [device for device in self._kernel.devices if index in (0, device.index)]
        if af == AF_INET:
            return [_message(compiled.RTM_NEWADDR, compiled.ADDRESS.pack(
                        af, each.length, PERMANENT | SECONDARY * each.secondary, each.scope, device.index),
                        (compiled.IFA_ADDRESS, _packed(af, each.other)), (compiled.IFA_LOCAL, _packed(af, each.local)),
                        (compiled.IFA_BROADCAST, _packed(af, each.broadcast)),
                        (compiled.IFA_LABEL, each.label.encode("utf-8", "surrogateescape") + b"\0"))
                    for device in devices for each in device.addresses4]
        return [_message(compiled.RTM_NEWADDR, compiled.ADDRESS.pack(
                    af, each.length, PERMANENT | NODAD * each.without_detection, SCOPES6[each.scope], device.index),
                    (compiled.IFA_ADDRESS, _packed(af, each.local)))
                for device in devices for each in device.addresses6]

    def _routes(self, af: int, body: bytes) -> list[bytes]:
        entries = (all_routes.entries4 if af == AF_INET else all_routes.entries6)(self._kernel)
        table = attributes(body, compiled.ROUTE.size, len(body)).get(compiled.RTA_TABLE)
        return [_route(af, entry) for entry in entries if table in (None, NUMBER.pack(entry.table))]

    def _rules(self, af: int, _: bytes) -> list[bytes]:
        return [_message(compiled.RTM_GETRULE - 2, compiled.RULE.pack(af, 0, 0, 0, table, 0, 0, TO_TABLE, 0),
                         (compiled.FRA_PRIORITY, _number(priority)), (compiled.FRA_TABLE, NUMBER.pack(table)))
                for priority, table in RULES[af]]

    def _neighbours(self, af: int, body: bytes) -> list[bytes]:
        """Those of IPv4: of IPv6's nothing is kept."""
        table = self._kernel.neighbours
        if af != AF_INET:
            return []
        if compiled.NEIGHBOUR.unpack_from(body)[3] & compiled.NTF_PROXY:
            return [self._neighbour(key, address, 0, compiled.NTF_PROXY, b"") for key, address in table.published]
        return [self._neighbour(key, address, entry.state, 0, entry.hardware)
                for (key, address), entry in table.entries.items()]

    def _neighbour(self, key: str, address: str, state: int, flags: int, hardware: bytes) -> bytes:
        index = self._kernel.devices.keyed(key).index
        return _message(compiled.RTM_NEWNEIGH, compiled.NEIGHBOUR.pack(AF_INET, index, state, flags, 1),
                        (compiled.NDA_DST, as_number(address).to_bytes(4, "big")), (compiled.NDA_LLADDR, hardware))


def _link(device: Device) -> bytes:
    return _message(compiled.RTM_NEWLINK, compiled.LINK.pack(0, device.kind, device.index, device.shown_flags, 0),
                    (compiled.IFLA_IFNAME, device.name.encode("utf-8", "surrogateescape") + b"\0"),
                    (compiled.IFLA_TXQLEN, NUMBER.pack(device.queue_packets)),
                    (compiled.IFLA_MTU, NUMBER.pack(device.mtu_bytes)), (compiled.IFLA_ADDRESS, device.hardware),
                    (compiled.IFLA_STATS64, _counters(device)))


def _route(af: int, entry: all_routes.Entry) -> bytes:
    metrics = ((compiled.RTAX_WINDOW, entry.window_bytes), (compiled.RTAX_RTT, entry.rtt),
               (compiled.RTAX_ADVMSS, entry.segment_bytes))
    one = entry.hops[0] if len(entry.hops) == 1 else None
    flags = 0 if one is None or af == AF_INET and entry.scope == HOST else _marks(one.device)
    return _message(
        compiled.RTM_NEWROUTE, compiled.ROUTE.pack(af, entry.length, 0, 0, entry.table, entry.made_by, entry.scope,
                                                   entry.kind, flags),
        (compiled.RTA_TABLE, NUMBER.pack(entry.table)),
        (compiled.RTA_DST, _packed(af, entry.prefix) if entry.length else b""),
        (compiled.RTA_PRIORITY, _number(entry.metric)), (compiled.RTA_PREFSRC, _packed(af, entry.source)),
        (compiled.RTA_METRICS, b"".join([attribute(kind, NUMBER.pack(value)) for kind, value in metrics if value])),
        (compiled.RTA_GATEWAY, _packed(af, one.gateway) if one else b""),
        (compiled.RTA_OIF, NUMBER.pack(one.device.index) if one else b""),
        (compiled.RTA_MULTIPATH, b"" if one else b"".join([_next_hop(af, hop) for hop in entry.hops])))


def _next_hop(af: int, hop: Hop) -> bytes:
    """A struct rtnexthop with its gateway."""
    behind = attribute(compiled.RTA_GATEWAY, _packed(af, hop.gateway)) if hop.gateway else b""
    fields = compiled.NEXT_HOP.pack(_marks(hop.device), 0, hop.device.index)
    return (2 + len(fields) + len(behind)).to_bytes(2, byteorder) + fields + behind


def _counters(device: Device) -> bytes:
    """A struct rtnl_link_stats64 of what passed; nothing is lost in a device."""
    seen = device.traffic
    return compiled.LINK_STATS64.pack(seen.rx_packets, seen.tx_packets, seen.rx_bytes, seen.tx_bytes,
                                      *[0] * (compiled.LINK_STATS64.size // 8 - 4))


def _marks(device: Device) -> int:
    return 0 if device.has_carrier else LINK_DOWN


def _packed(af: int, address: int) -> bytes:
    """Nothing for 0, which is no address."""
    return address.to_bytes(BY_AF[af].address_bytes, "big") if address else b""


def _number(value: int) -> bytes:
    return NUMBER.pack(value) if value else b""


def _message(kind: int, body: bytes, *found: tuple[int, bytes]) -> bytes:
    """A message; an attribute without payload is left out."""
    data = body + b"".join([attribute(number, payload) for number, payload in found if payload])
    return HEADER.pack(HEADER.size + len(data), kind, 0, 0, 0) + data
