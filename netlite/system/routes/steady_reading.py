"""/proc/net/ipv6_route while routes come and go.

The kernel gives the file page by page, and finds its place again by counting rows: each change of the table moves
the place, and rows are lost or doubled (ipv6_route_seq_start of net/ipv6/ip6_fib.c).  rtnetlink tears as well, and
lacks two columns.  So the file is read again until no change was told meanwhile, and where the table is never quiet,
rows count as often as in most of some readings.
"""

from __future__ import annotations

from ...errors import KernelRefused

PAGE_BYTES = 4096                     # what fits is written under one lock
READINGS = 9
IPV6_ROUTE = 11                       # RTNLGRP_IPV6_ROUTE of <linux/rtnetlink.h>
REFERENCES, USES = 6, 7               # columns that change though the route stays

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..door import ChannelDoor, Door

    Key = tuple[bytes, ...]


def read_steadily(world: Door, path: str) -> list[bytes]:
    """The rows of the file at `path`.  Raises OSError."""
    blocks = world.files.blocks(path)
    first = next(blocks, b"")
    if len(first) < PAGE_BYTES and not next(blocks, b""):
        return first.split(b"\n")  # a page is of one moment
    from ..netlink.channel import ROUTE

    read = _reader(world, path)
    try:
        channel = world.netlink(ROUTE)
    except OSError:
        return _read(read, None)
    with channel:
        try:
            channel.watch(IPV6_ROUTE)
        except (OSError, KernelRefused):
            return _read(read, None)
        return _read(read, channel)


def _reader(world: Door, path: str) -> Callable[[], bytes]:
    return lambda: b"".join(world.files.blocks(path))


def _read(read: Callable[[], bytes], channel: ChannelDoor | None) -> list[bytes]:
    """The first reading during which nothing changed, else what most say; without a `channel` two equal ones do."""
    readings: list[list[bytes]] = []
    for _ in range(READINGS):
        rows = read().split(b"\n")
        if channel is not None and not channel.changed():
            return rows
        readings.append(rows)
        if channel is None and len(readings) > 1 and _keys(rows) == _keys(readings[-2]):
            return rows
    return merged(readings)


def _keys(rows: list[bytes]) -> list[Key]:
    return list(map(key_of, rows))


def key_of(row: bytes) -> Key:
    """What tells a route from others: its columns without the counts."""
    words = row.split()
    return (*words[:REFERENCES], *words[USES + 1:])


def merged(readings: list[list[bytes]]) -> list[bytes]:
    """The rows that most readings have, each as often as most have it, in their common order, as last read."""
    counts: dict[Key, list[int]] = {}
    last: dict[Key, bytes] = {}
    places: dict[Key, Key | None] = {}  # key -> the one before it where it was first seen
    for number, rows in enumerate(readings):
        before = None
        for row in rows:
            key = key_of(row)
            if key not in counts:
                counts[key] = [0] * len(readings)
                places[key] = before
            counts[key][number] += 1
            last[key] = row
            before = key
    wanted = {key: sorted(times)[len(times) // 2] for key, times in counts.items()}
    return [last[key] for key in _in_order(places) for _ in range(wanted[key])]


def _in_order(places: dict[Key, Key | None]) -> list[Key]:
    """All keys: each behind the one that was before it, those seen later nearer to it."""
    followers: dict[Key | None, list[Key]] = {}
    for key, before in places.items():
        followers.setdefault(before, []).append(key)
    ordered: list[Key] = []
    waiting = list(followers.get(None, []))
    while waiting:
        key = waiting.pop()
        ordered.append(key)
        waiting += followers.get(key, ())
    return ordered
