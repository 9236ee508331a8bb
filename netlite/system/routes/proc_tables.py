"""The routing tables under /proc/net: route and ipv6_route.  Reading needs no privilege."""

from __future__ import annotations

from errno import EOPNOTSUPP
from sys import byteorder

from ...errors import KernelRefused
from ...records.routes import Route
from ..files import net_file, read_bytes, read_lines, unsigned

BLOCK_ROWS = 4096
NO_NUMBERS = ValueError, OverflowError  # raised at a line that is no row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeVar

    from ..door import ChannelDoor, Door

    Described = TypeVar("Described")


def as_it_is(route: Route) -> Route:
    """What `read_routes4` is given by who wants the routes themselves; their destination is not to be looked at."""
    return route


def read_routes4(world: Door, describe: Callable[[Route], Described]) -> Iterator[list[tuple[bytes, Described]]]:
    """The main IPv4 table in the kernel's order: yields lists of (packed destination, described).

    `describe(route)` must not depend on the destination; it is asked once for all routes that differ
    in nothing else.  Over rtnetlink, or from /proc/net/route where that is refused.  Raises OSError at
    once where there is neither.
    """
    try:
        channel = _open_channel(world)
        from .main_table import dump_routes4

        return dump_routes4(channel, describe, world.device_name, _Listed(world))
    except (OSError, KernelRefused):
        blocks = read_lines(world.files, net_file(world, "route"))
        return _describe_rows(after_header(blocks), describe)


class _Listed:
    """Whether /proc/net/route has a route; it is read when that is asked for the first time."""

    def __init__(self, world: Door):
        self._world = world
        self._rows: set[tuple[bytes, int, int]] | None = None

    def __call__(self, route: Route) -> bool:
        if self._rows is None:
            try:
                blocks = list(after_header(read_lines(self._world.files, net_file(self._world, "route"))))
            except OSError:
                return True
            self._rows = {(each.destination, each.prefix_length, each.metric)
                          for rows in blocks for each in parse_routes4(rows)}
        return (route.destination, route.prefix_length, route.metric) in self._rows


def _open_channel(world: Door) -> ChannelDoor:
    """A route channel, unless the kernel was told to keep next hops of routes to itself."""
    from ..netlink.channel import ROUTE

    channel = world.netlink(ROUTE)
    try:
        compatible = read_bytes(world.files, f"{world.proc}/sys/net/ipv4/nexthop_compat_mode").strip() != b"0"
    except OSError:
        compatible = True
    if not compatible:
        channel.close()
        raise OSError(EOPNOTSUPP, "next hops are not told")
    return channel


def _describe_rows(blocks: Iterable[list[bytes]],
                   describe: Callable[[Route], Described]) -> Iterator[list[tuple[bytes, Described]]]:
    kinds: dict[tuple[object, ...], Described] = {}
    for rows in blocks:
        described = []
        for route in parse_routes4(rows):
            kind = tuple(route[1:])
            if kind not in kinds:
                kinds[kind] = describe(route)
            described.append((route.destination, kinds[kind]))
        yield described


def read_routes6(world: Door) -> Iterator[list[Route]]:
    """All IPv6 tables in the kernel's order: yields lists of `Route`.  Raises OSError at once.

    Whole, though routes come and go (steady_reading).
    """
    from .steady_reading import read_steadily

    rows = read_steadily(world, net_file(world, "ipv6_route"))
    return (parse_routes6(rows[start:start + BLOCK_ROWS]) for start in range(0, len(rows), BLOCK_ROWS))


def parse_routes4(rows: list[bytes]) -> list[Route]:
    """Rows of /proc/net/route, without its title line; numbers of addresses are in host order."""
    routes = []
    for row in rows:
        words = row.split()
        if len(words) < 11:
            continue
        interface, destination, gateway, flags, references, uses, metric, mask, mss, window, irtt = words[:11]
        try:
            routes.append(Route(
                packed(destination), int.from_bytes(packed(mask), "big").bit_count(), packed(gateway),
                unsigned(flags), int(metric) & 0xFFFFFFFF, int(references), int(uses), text(interface),
                int(mss), int(window), int(irtt)))
        except NO_NUMBERS:
            continue
    return routes


def parse_routes6(rows: list[bytes]) -> list[Route]:
    """Rows of /proc/net/ipv6_route.  The metric is 32 bits, signed for the classic programs."""
    routes = []
    for row in rows:
        words = row.split()
        if len(words) < 10:
            continue
        destination, length, _, _, gateway, metric, references, uses, flags, interface = words[:10]
        try:
            number = unsigned(metric)
            routes.append(Route(
                _packed6(destination), unsigned(length), _packed6(gateway), unsigned(flags),
                number - (1 << 32) if number >> 31 else number, unsigned(references), unsigned(uses), text(interface)))
        except NO_NUMBERS:
            continue
    return routes


def text(word: bytes) -> str:
    """A name that the kernel printed as it is."""
    return word.decode("utf-8", "surrogateescape")


def packed(word: bytes) -> bytes:
    """An IPv4 address that the kernel printed as a number in this machine's byte order."""
    return int(word, 16).to_bytes(4, byteorder)


def _packed6(word: bytes) -> bytes:
    """An IPv6 address in 32 digits.  Raises ValueError."""
    packed = bytes.fromhex(word.decode())
    if len(packed) != 16:
        raise ValueError(word)
    return packed


def after_header(blocks: Iterable[list[bytes]]) -> Iterator[list[bytes]]:
    """The blocks without the first line of the first."""
    first = True
    for rows in blocks:
        yield rows[1:] if first else rows
        first = False
