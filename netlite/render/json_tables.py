"""``--json`` of ifconfig, route, arp, netstat -r, -i, -g and -M, and hostname.

Keys and values are those that jc (https://github.com/kellyjonbrazil/jc) finds in the classic text, all
columns of the widest display.  What the text cannot say is null instead of a word out of its place, and
``--more`` gives the records themselves.
"""

from __future__ import annotations

from ..records.groups import GroupMembership
from ..records.interfaces import Interface, InterfaceAddress, InterfaceFlags
from ..records.masquerade import MasqueradedConnection
from ..records.neighbours import NeighbourFlag, NeighbourRow
from ..records.record import Record
from ..records.routes import Route, RouteFlags
from .arp import FLAG_LETTERS
from .hardware import hardware_of, show_address
from .ifconfig import FLAG_WORDS, IPV6_SCOPES
from .interfaces import flag_letters
from .netmask import netmask
from .routes import FLAGS6, NONE, flags4
from .visible import json_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

PRETTY = {"U": "UP", "H": "HOST", "G": "GATEWAY", "R": "REINSTATE", "D": "DYNAMIC", "M": "MODIFIED", "A": "ADDRCONF",
          "C": "CACHE", "!": "REJECT"}
PLAIN = {str, int, bool, float, type(None)}  # most of what is in a row
COUNTERS = (("rx_packets", "rx_packets"), ("rx_errors", "rx_errors"), ("rx_dropped", "rx_dropped"),
            ("rx_overruns", "rx_fifo"), ("rx_frame", "rx_frame"), ("tx_packets", "tx_packets"),
            ("tx_errors", "tx_errors"), ("tx_dropped", "tx_dropped"), ("tx_overruns", "tx_fifo"),
            ("tx_carrier", "tx_carrier"), ("tx_collisions", "collisions"), ("rx_bytes", "rx_bytes"),
            ("tx_bytes", "tx_bytes"))
COLUMNS = (("rx_ok", "rx_packets"), ("rx_err", "rx_errors"), ("rx_drp", "rx_dropped"), ("rx_ovr", "rx_fifo"),
           ("tx_ok", "tx_packets"), ("tx_err", "tx_errors"), ("tx_drp", "tx_dropped"), ("tx_ovr", "tx_fifo"))


def as_json(value: object) -> str:
    """One line of JSON."""
    return json_line(plain(value))


def plain(value: object) -> object:
    """Records as objects, tuples as arrays, bytes as hexadecimal digits."""
    if isinstance(value, Record):
        value = value.as_dict()
    if isinstance(value, dict):
        return {name: item if type(item) in PLAIN else plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value.hex(":") if isinstance(value, bytes) else value


def interface_object(interface: Interface) -> dict[str, Any]:
    """An interface of ``ifconfig``; the fields of single addresses are those of the last one, as in jc."""
    flags = interface.flags
    ipv4 = [_ipv4(address, flags) for address in interface.addresses[:1]]
    ipv6 = [_ipv6(address) for address in interface.addresses6]
    last4, last6 = (ipv4 or [{}])[-1], (ipv6 or [{}])[-1]
    kind = hardware_of(interface.hardware_type)
    counted = interface.counters
    row = {
        "name": interface.name, "flags": flags, "state": [word for bit, word in FLAG_WORDS if flags & bit],
        "mtu": interface.mtu_bytes, "type": kind.title,
        "mac_addr": show_address(interface.hardware_type, interface.hardware_address) if kind.number >= 0 else None,
        "ipv4_addr": last4.get("address"), "ipv4_mask": last4.get("mask"), "ipv4_bcast": last4.get("broadcast"),
        "ipv6_addr": last6.get("address"), "ipv6_mask": last6.get("mask"), "ipv6_scope": last6.get("scope"),
        "ipv6_type": last6.get("type"), "metric": None,
        **{key: getattr(counted, field) if counted else None for key, field in COUNTERS},
    }
    return row | ({"ipv4": ipv4} if ipv4 else {}) | ({"ipv6": ipv6} if ipv6 else {})


def _ipv4(address: InterfaceAddress, flags: int) -> dict[str, Any]:
    return {"address": address.address, "mask": netmask(address.prefix_length),
            "broadcast": address.broadcast if flags & InterfaceFlags.BROADCAST else None}


def _ipv6(address: InterfaceAddress) -> dict[str, Any]:
    words = [word for bit, word in IPV6_SCOPES if address.scope & bit] or ["global"]
    return {"address": address.address, "mask": address.prefix_length, "scope": f"0x{address.scope:x}",
            "type": ",".join(words)}


def interface_row_object(interface: Interface) -> dict[str, Any]:
    """A row of ``netstat -i``."""
    counted = interface.counters
    return {"iface": interface.name, "mtu": interface.mtu_bytes,
            **{key: getattr(counted, field) if counted else None for key, field in COLUMNS},
            "flg": flag_letters(interface.flags), "kind": "interface"}


def route4_object(name: str, route: Route, hosts: Mapping[bytes, str]) -> dict[str, Any]:
    """An IPv4 route; `name` is the text of its destination."""
    rejects = route.flags & RouteFlags.REJECT
    letters = flags4(route.flags)
    through = "-" if rejects else "0.0.0.0" if route.gateway == NONE else hosts[route.gateway]
    return {"destination": name, "gateway": through, "genmask": netmask(route.prefix_length), "flags": letters,
            "metric": route.metric, "ref": None if rejects else route.references, "use": route.uses,
            "iface": "-" if rejects else route.interface, "mss": None if rejects else route.mss_bytes,
            "window": None if rejects else route.window_bytes, "irtt": None if rejects else route.irtt,
            "flags_pretty": _pretty(letters)}


def route6_object(route: Route, hosts: Mapping[bytes, str]) -> dict[str, Any]:
    """An IPv6 route."""
    letters = "".join([letter for bit, letter in FLAGS6 if route.flags & bit])
    return {"destination": f"{hosts[route.destination]}/{route.prefix_length}", "next_hop": hosts[route.gateway],
            "flags": letters, "metric": route.metric, "ref": route.references, "use": route.uses,
            "iface": route.interface, "flags_pretty": _pretty(letters)}


def _pretty(letters: str) -> list[str]:
    return [PRETTY[letter] for letter in letters if letter in PRETTY]


def masqueraded_object(row: MasqueradedConnection, hosts: Mapping[bytes, str]) -> dict[str, Any]:
    """A row of ``netstat -M``."""
    return {"proto": row.protocol, "expires_s": row.ticks / 100, "initial_sequence": row.initial_sequence,
            "delta": row.delta, "previous_delta": row.previous_delta, "source": hosts[row.source_address],
            "source_port": row.source_port, "destination": hosts[row.destination_address],
            "destination_port": row.destination_port, "masqueraded_port": row.masqueraded_port, "kind": "masquerade"}


def group_object(row: GroupMembership, hosts: Mapping[bytes, str]) -> dict[str, Any]:
    """A row of ``netstat -g``."""
    return {"iface": row.interface, "refcnt": row.users, "group": hosts[row.address],
            "network_protocol": "ipv4" if len(row.address) == 4 else "ipv6", "kind": "multicast"}


NETSTAT_KEYS = {"flags": "route_flags", "ref": "route_refs", "flags_pretty": "route_flags_pretty"}


def as_netstat(route: dict[str, Any]) -> dict[str, Any]:
    """A route under the keys of ``netstat -r``."""
    return {NETSTAT_KEYS.get(key, key): value for key, value in route.items()} | {"kind": "route"}


def neighbour_object(row: NeighbourRow, name: str | None, hardware_name: str, bsd: bool) -> dict[str, Any]:
    """A row of ``arp``, or of ``arp -a``; an entry without a hardware address has null for it."""
    address, _, flags, hardware, _, device = row
    kind, shown = (hardware_name, hardware) if flags & NeighbourFlag.COMPLETE else (None, None)
    if bsd:
        return {"name": name, "address": address, "hwtype": kind, "hwaddress": shown, "iface": device,
                "permanent": bool(flags & NeighbourFlag.PERMANENT)}
    letters = "".join([letter for flag, letter in FLAG_LETTERS if flags & flag])
    return {"address": name or address, "hwtype": kind, "hwaddress": shown, "flags_mask": letters or None,
            "iface": device}
