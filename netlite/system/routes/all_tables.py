"""Routes of all tables and types, rules, and single look-ups, for IPv4 and IPv6 (rtnetlink, no privilege).

From the kernel: RTM_GETROUTE as a dump and for one address (with RTM_F_FIB_MATCH: the entry that
matched), RTM_GETRULE.  All functions that read raise KernelRefused.
"""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from _struct import Struct
from errno import EACCES, EHOSTUNREACH, EINVAL
from sys import byteorder

from ...errors import KernelRefused
from ...records.family import BY_AF
from ...records.route_lookup import Answer, NextHop, Rule, TableRoute
from ..netlink import compiled
from ..netlink.channel import HEADER, as_found, attribute, attributes, decoded, open_route_channel

ATTRIBUTES = HEADER.size + compiled.ROUTE.size
NUMBER = Struct("=I")
LONGEST_NAME = 16                      # IFNAMSIZ, of which a device has 15
LOOKUP_TABLE, FIB_MATCH = 0x1000, 0x2000  # RTM_F_* of <linux/rtnetlink.h>
HOP_MARKS = ((0x01, "dead"), (0x02, "pervasive"), (0x04, "onlink"), (0x08, "offload"), (0x10, "linkdown"))
ENCAPS = {1: "mpls", 2: "ip", 3: "ila", 4: "ip6", 5: "seg6", 6: "bpf", 7: "seg6local", 8: "rpl", 9: "ioam6",
          10: "xfrm"}                 # LWTUNNEL_ENCAP_* of <linux/lwtunnel.h>
ACTIONS = {1: "table", 2: "goto", 3: "nop", 6: "blackhole", 7: "unreachable", 8: "prohibit"}  # FR_ACT_*
JUDGED = {compiled.FRA_DST, compiled.FRA_SRC, compiled.FRA_IIFNAME, compiled.FRA_PRIORITY, compiled.FRA_FWMARK,
          compiled.FRA_SUPPRESS_PREFIXLEN, compiled.FRA_TABLE, compiled.FRA_OIFNAME, compiled.FRA_PROTOCOL,
          11, 13, 16, 18}             # flow, group, mark's mask, padding: no conditions of their own
TICKS_A_SECOND = 100                  # USER_HZ

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from ..door import ChannelDoor, Door


def read_all_routes(world: Door, af: int) -> list[TableRoute]:
    """Every route of every table of a family (AF_INET, AF_INET6), in the kernel's order."""
    request = compiled.ROUTE.pack(af, 0, 0, 0, 0, 0, 0, 0, 0)
    with open_route_channel(world) as channel:
        return [route for chunk in as_found(channel.dump(compiled.RTM_GETROUTE, request, "rtnetlink dump"))
                for route in _decoded(chunk, lambda message: decode_route(message, world.device_name))]


def read_rules(world: Door, af: int) -> list[Rule]:
    """The rules that choose the table."""
    request = compiled.RULE.pack(af, 0, 0, 0, 0, 0, 0, 0, 0)
    with open_route_channel(world) as channel:
        return [rule for chunk in as_found(channel.dump(compiled.RTM_GETRULE, request, "rtnetlink dump"))
                for rule in _decoded(chunk, decode_rule)]


def _decoded(chunk: bytes | memoryview, decode: Callable[[bytes], Any]) -> Iterator[Any]:
    return decoded(chunk, lambda start, end: decode(bytes(chunk[start:end])))


def ask_kernel(world: Door, af: int, address: str, zone: str = "") -> tuple[Answer, TableRoute | None]:
    """What the kernel does with a packet to `address`, and the route it found for that.

    `zone` is the device of a link-local address.
    """
    bits = BY_AF[af].maximum_prefix
    with open_route_channel(world) as channel:
        def ask(flags: int) -> bytes:
            flags |= LOOKUP_TABLE if af == AF_INET else 0  # IPv6 always tells, and refuses the flag
            body = compiled.ROUTE.pack(af, bits, 0, 0, 0, 0, 0, 0, flags)
            return bytes(channel.ask(compiled.RTM_GETROUTE, body + attributes_asked, "RTM_GETROUTE"))
        try:
            attributes_asked = attribute(compiled.RTA_DST, inet_pton(af, address))
            if zone:
                attributes_asked += attribute(compiled.RTA_OIF, NUMBER.pack(_device_index(channel, zone)))
            way = decode_route(ask(0), world.device_name)
        except KernelRefused as refusal:
            return Answer("", "", errno=refusal.errno), None
        hop = way.hops[0] if way.hops else NextHop(None, "")
        try:
            found = decode_route(ask(FIB_MATCH), world.device_name)
        except KernelRefused:
            found = None
    answer = Answer(way.kind, hop.device or "", hop.gateway, way.source, way.mtu_bytes)
    if way.kind not in ("unicast", "local", "broadcast", "multicast", "anycast"):
        answer = answer.replace(errno={"prohibit": EACCES, "blackhole": EINVAL}.get(way.kind, EHOSTUNREACH))
    return answer, found


def _device_index(channel: ChannelDoor, zone: str) -> int:
    """The index of the device that is a zone, by its name or, where it has none, as a number.  Raises KernelRefused."""
    name = zone.encode("utf-8", "surrogateescape")[:LONGEST_NAME] + b"\0"  # longer ones are nobody's
    body = compiled.LINKS_REQUEST + attribute(compiled.IFLA_IFNAME, name)
    try:
        answer = bytes(channel.ask(compiled.RTM_GETLINK, body, "RTM_GETLINK"))
    except KernelRefused:
        from ...command_line.c_numbers import UINT_MAX, read_digits

        number = read_digits(zone, 0, UINT_MAX)
        if number is None:
            raise
        return number
    index: int = compiled.LINK.unpack_from(answer, HEADER.size)[2]
    return index


def decode_route(message: bytes, device_name: Callable[[int], str]) -> TableRoute:
    """One RTM_NEWROUTE message, netlink header included; `device_name` is that of a world."""
    header = compiled.ROUTE.unpack_from(message, HEADER.size)
    af, length, source_length, service, table, protocol, _, kind, flags = header
    found = attributes(message, ATTRIBUTES, len(message))
    if compiled.RTA_MULTIPATH in found:
        hops = tuple(_hops(af, found[compiled.RTA_MULTIPATH], device_name))
    elif compiled.RTA_OIF in found:
        hops = (_hop(af, flags, 0, NUMBER.unpack(found[compiled.RTA_OIF])[0], found, device_name),)
    else:
        hops = ()
    packed = found.get(compiled.RTA_METRICS, b"")
    mtu = attributes(packed, 0, len(packed)).get(compiled.RTAX_MTU)
    return TableRoute(
        _number(found, compiled.RTA_TABLE, table), compiled.ROUTE_TYPES.get(kind, str(kind)),
        inet_ntop(af, found.get(compiled.RTA_DST) or bytes(BY_AF[af].address_bytes)), length,
        _number(found, compiled.RTA_PRIORITY, 0), compiled.ROUTE_PROTOCOLS.get(protocol, str(protocol)), hops,
        _address(af, found.get(compiled.RTA_PREFSRC)), NUMBER.unpack(mtu)[0] if mtu else None,
        _expiry(found.get(compiled.RTA_CACHEINFO)), service,
        f"{inet_ntop(af, found[compiled.RTA_SRC])}/{source_length}" if compiled.RTA_SRC in found else None)


def _hops(af: int, packed: bytes, device_name: Callable[[int], str]) -> Iterator[NextHop]:
    """The struct rtnexthop rows of RTA_MULTIPATH; their weight is counted from 0."""
    offset = 0
    while offset + 8 <= len(packed):
        length = int.from_bytes(packed[offset:offset + 2], byteorder)
        if length < 8 or offset + length > len(packed):
            return
        flags, weight, index = compiled.NEXT_HOP.unpack_from(packed, offset + 2)
        yield _hop(af, flags, weight, index, attributes(packed, offset + 8, offset + length), device_name)
        offset += (length + 3) & ~3


def _hop(af: int, flags: int, weight: int, index: int, found: dict[int, bytes],
         device_name: Callable[[int], str]) -> NextHop:
    via = found.get(compiled.RTA_VIA)
    gateway = _address(af, found.get(compiled.RTA_GATEWAY))
    if via:
        gateway = _address({4: AF_INET, 16: AF_INET6}.get(len(via) - 2, af), via[2:])
    try:
        device = device_name(index)
    except OSError:
        device = None
    encap = int.from_bytes(found.get(compiled.RTA_ENCAP_TYPE, b""), byteorder)
    return NextHop(gateway, device, weight + 1, tuple(mark for bit, mark in HOP_MARKS if flags & bit),
                   ENCAPS.get(encap, str(encap)) if encap else None)


def decode_rule(message: bytes) -> Rule:
    """One RTM_NEWRULE message, netlink header included."""
    af, to_length, from_length, service, table, _, _, action, flags = compiled.RULE.unpack_from(message, HEADER.size)
    found = attributes(message, ATTRIBUTES, len(message))
    suppress = found.get(compiled.FRA_SUPPRESS_PREFIXLEN)
    return Rule(
        _number(found, compiled.FRA_PRIORITY, 0), ACTIONS.get(action, str(action)),
        _number(found, compiled.FRA_TABLE, table),
        _prefix(af, found.get(compiled.FRA_DST), to_length), _prefix(af, found.get(compiled.FRA_SRC), from_length),
        _name(found, compiled.FRA_IIFNAME), _name(found, compiled.FRA_OIFNAME), _number(found, compiled.FRA_FWMARK, 0),
        int.from_bytes(suppress, byteorder, signed=True) if suppress and suppress != b"\xff" * 4 else None,
        bool(set(found) - JUDGED or service or flags & 2))  # 2: FIB_RULE_INVERT


def _prefix(af: int, packed: bytes | None, length: int) -> tuple[str, int] | None:
    address = _address(af, packed)
    return None if address is None or not length else (address, length)


def holds(prefix: str, length: int, address: str) -> bool:
    """Whether PREFIX/LENGTH holds an address of the same family.

    >>> holds("198.18.4.0", 22, "198.18.7.9"), holds("2001:db8::", 32, "2001:db9::1")
    (True, False)
    """
    af = AF_INET6 if ":" in address else AF_INET
    bits = BY_AF[af].maximum_prefix
    first, second = (int.from_bytes(inet_pton(af, text), "big") >> bits - length for text in (prefix, address))
    return first == second


def _number(found: dict[int, bytes], kind: int, otherwise: int) -> int:
    return NUMBER.unpack(found[kind])[0] if len(found.get(kind, b"")) == NUMBER.size else otherwise


def _address(af: int, packed: bytes | None) -> str | None:
    return inet_ntop(af, packed) if packed else None


def _name(found: dict[int, bytes], kind: int) -> str:
    return found.get(kind, b"").rstrip(b"\0").decode("utf-8", "surrogateescape")


def _expiry(packed: bytes | None) -> int | None:
    ticks = compiled.ROUTE_CACHE.unpack(packed)[2] if packed and len(packed) == compiled.ROUTE_CACHE.size else 0
    return ticks // TICKS_A_SECOND if ticks > 0 else None
