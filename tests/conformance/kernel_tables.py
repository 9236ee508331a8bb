"""The kernel's tables as it tells them itself (rtnetlink(7)), read in a process that is in the node: ip(8) is a process a look.

All that a message holds is kept, so that two looks can be compared, but for what moves by itself: counters and ages (`MOVING`).
Flags that the kernel sets when it gets round to it are apart (`Layout.later`), for who compares without them: `settled`.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from functools import partial

HEADER, ATTRIBUTE = struct.Struct("=IHHII"), struct.Struct("=HH")
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP, NLM_F_DUMP_INTR = 0x1, 0x4, 0x300, 0x10
NLMSG_ERROR, NLMSG_DONE = 2, 3
SOL_NETLINK, NETLINK_GET_STRICT_CHK = 270, 12
GET_LINK, GET_ADDRESSES, GET_ROUTES, GET_NEIGHBOURS = 18, 22, 26, 30  # <linux/rtnetlink.h>
SKIP_STATISTICS, EXT_MASK = 8, 29
MAIN, NOARP, PROXY = 254, 0x40, 0x08
ATTEMPTS = 5  # at a table that changes while it is dumped

UP, RUNNING, LOWER_UP, DORMANT = 0x1, 0x40, 0x10000, 0x20000  # <linux/if.h>
LINKDOWN, DADFAILED, TENTATIVE = 0x10, 0x08, 0x40  # <linux/rtnetlink.h>, <linux/if_addr.h>


class Layout:
    """A message: the struct before its attributes, the names of its fields, and of its attributes in the order of their numbers, from 1 on;
    `later` are flags that the kernel sets when it gets round to it."""

    def __init__(self, head: str, fields: str, names: str, later: int):
        self.head, self.fields, self.names, self.later = struct.Struct(head), fields.split(), names.split(), later


LINK = Layout("=BxHiII", "family type number flags change", (
    "address broadcast name mtu link qdisc stats cost priority master wireless protinfo queue map weight operstate linkmode kind pid alias vfs "
    "vf_list stats64 vf_ports port_self families group descriptor ext_mask promiscuity tx_queues rx_queues carrier port carrier_changes switch "
    "netns port_name proto_down gso_segments gso_size pad xdp event new_netns if_netns carrier_ups carrier_downs new_number least_mtu most_mtu "
    "properties altname permanent"), RUNNING | LOWER_UP | DORMANT)
ADDRESS = Layout("=BBBBI", "family length flags8 scope device", (
    "address local label broadcast anycast lifetimes multicast flags metric netns protocol"), DADFAILED | TENTATIVE)
ROUTE = Layout("=BBBBBBBBI", "family length source_length tos table8 protocol scope type flags", (
    "destination source input output gateway metric prefsrc metrics ways protoinfo flow cacheinfo session algorithm table mark counts via newdst "
    "preference encap_type encap expires"), LINKDOWN)
NEIGHBOUR = Layout("=BxxxiHBB", "family device state flags type", (
    "address hardware cacheinfo probes vlan port vni number master netns source_vni protocol"), 0)
MOVING = {"stats", "stats64", "change", "carrier", "operstate", "carrier_changes", "carrier_ups", "carrier_downs", "cacheinfo", "probes", "flags8"}


def look(what: str) -> list:
    """The entries of ``links``, ``addresses`` (of all devices, or with the name of one behind it), ``routes``, ``routes6`` (of the table
    main), ``neighbours`` or ``proxies``."""
    kind, _, device = what.partition(" ")
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as channel:
        channel.setsockopt(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1)
        try:
            number = socket.if_nametoindex(device) if device else 0
        except OSError:  # there is none
            return []
        return TABLES[kind](channel, number)


def links(channel: socket.socket, number: int) -> list[dict]:
    request = LINK.head.pack(0, 0, number, 0, 0) + struct.pack("=HHI", 8, EXT_MASK, SKIP_STATISTICS)
    return [entry(LINK, body) for body in ask(channel, GET_LINK, NLM_F_ACK if number else NLM_F_DUMP, request)]


def addresses(channel: socket.socket, number: int) -> list[dict]:
    return [entry(ADDRESS, body) for body in ask(channel, GET_ADDRESSES, NLM_F_DUMP, ADDRESS.head.pack(0, 0, 0, 0, number))]


def routes(family: int, channel: socket.socket, _number: int) -> list[dict]:
    return [entry(ROUTE, body) for body in ask(channel, GET_ROUTES, NLM_F_DUMP, ROUTE.head.pack(family, 0, 0, 0, MAIN, 0, 0, 0, 0))]


def neighbours(flags: int, channel: socket.socket, _number: int) -> list[dict]:
    """Sorted, for they come in the order of a hash."""
    known = [entry(NEIGHBOUR, body) for body in ask(channel, GET_NEIGHBOURS, NLM_F_DUMP, NEIGHBOUR.head.pack(0, 0, 0, flags, 0))]
    return sorted((one for one in known if flags or one["state"] & ~NOARP), key=repr)


TABLES = {"links": links, "addresses": addresses, "routes": partial(routes, socket.AF_INET),
          "routes6": partial(routes, socket.AF_INET6), "neighbours": partial(neighbours, 0), "proxies": partial(neighbours, PROXY)}


def ask(channel: socket.socket, kind: int, flags: int, body: bytes) -> list[bytes]:
    """The bodies of the messages that answer.  Raises OSError."""
    for _ in range(ATTEMPTS):
        channel.send(HEADER.pack(HEADER.size + len(body), kind, NLM_F_REQUEST | flags, 1, 0) + body)
        bodies, whole = answer(channel)
        if whole:
            return bodies
    raise OSError("the table changes all the time")


def answer(channel: socket.socket) -> tuple[list[bytes], bool]:
    """The bodies of messages, and whether nothing has changed while they were sent."""
    bodies: list[bytes] = []
    whole = True
    while True:
        chunk, at = channel.recv(1 << 16), 0
        while at < len(chunk):
            length, kind, flags, _, _ = HEADER.unpack_from(chunk, at)
            whole &= not flags & NLM_F_DUMP_INTR
            if kind in (NLMSG_DONE, NLMSG_ERROR):
                error = -struct.unpack_from("=i", chunk, at + HEADER.size)[0]
                if error:
                    raise OSError(error, os.strerror(error))
                return bodies, whole
            bodies.append(chunk[at + HEADER.size:at + length])
            at += length + 3 & ~3


def entry(layout: Layout, body: bytes) -> dict:
    """What a message holds, by names."""
    found = dict(zip(layout.fields, layout.head.unpack_from(body)))
    for number, value in attributes(body[layout.head.size:]):
        name = layout.names[number - 1] if number <= len(layout.names) else str(number)
        found[name] = readable(name, value)
    found["later"], found["flags"] = found["flags"] & layout.later, found["flags"] & ~layout.later
    return {name: value for name, value in found.items() if name not in MOVING}


def settled(tables: list[list[dict]]) -> list[list[dict]]:
    """Tables without what the kernel gets round to later."""
    return [[{name: value for name, value in one.items() if name != "later"} for one in table] for table in tables]


def is_unsettled(link: dict) -> bool:
    """Whether a device that is up has a carrier and is not yet running, or is running without one."""
    return bool(link["flags"] & UP) and bool(link["later"] & RUNNING) != bool(link["later"] & LOWER_UP)


def attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(number, value) of each."""
    at = 0
    while at + ATTRIBUTE.size <= len(data):
        length, number = ATTRIBUTE.unpack_from(data, at)
        yield number & 0x3FFF, data[at + ATTRIBUTE.size:at + length]
        at += max(ATTRIBUTE.size, length + 3 & ~3)


def readable(name: str, value: bytes) -> str | int | tuple:
    """A value without what moves by itself."""
    if name == "flags":
        return int.from_bytes(value, "little")
    if name == "lifetimes":  # preferred and valid; after them when it was made and changed
        return struct.unpack_from("=II", value)
    if name == "families":
        return tuple(f"{number} {part.hex()}" for number, parts in attributes(value) for part in own_settings(number, parts))
    text = value[:-1]
    return text.decode() if text and text.isascii() and text.decode().isprintable() and not value[-1] else value.hex()


def own_settings(family: int, data: bytes) -> list[bytes]:
    """Those of a family for a device; of IPv6 how its addresses are made and its token."""
    return [data] if family != socket.AF_INET6 else [part for number, part in attributes(data) if number in (7, 8)]
