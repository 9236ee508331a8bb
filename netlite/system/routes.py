"""The routing tables under /proc/net: route, ipv6_route, rt_cache.  Reading needs no privilege."""

from __future__ import annotations

from ..records.routes import CachedRoute, Route
from .procfs import net_folder, read_lines


def read_routes4(proc: str = "/proc"):
    """The main IPv4 table in the kernel's order: yields lists of `Route`.  Raises OSError at once."""
    blocks = read_lines(f"{net_folder(proc)}/route")
    return (parse_routes4(rows) for rows in _after_header(blocks))


def read_routes6(proc: str = "/proc"):
    """All IPv6 tables in the kernel's order: yields lists of `Route`.  Raises OSError at once."""
    blocks = read_lines(f"{net_folder(proc)}/ipv6_route")
    return (parse_routes6(rows) for rows in blocks)


def read_route_cache(proc: str = "/proc"):
    """The IPv4 routing cache: yields lists of `CachedRoute`.  Raises OSError at once."""
    blocks = read_lines(f"{net_folder(proc)}/rt_cache")
    return (parse_route_cache(rows) for rows in _after_header(blocks))


def parse_routes4(rows: list[bytes]) -> list[Route]:
    """Rows of /proc/net/route, without its title line; numbers of addresses are in host order."""
    routes = []
    for row in rows:
        words = row.split()
        if len(words) < 11:
            continue
        interface, destination, gateway, flags, references, uses, metric, mask, mss, window, irtt = words[:11]
        routes.append(Route(_packed(destination), int(mask, 16).bit_count(), _packed(gateway), int(flags, 16),
                            int(metric), int(references), int(uses), interface.decode("utf-8", "surrogateescape"),
                            int(mss), int(window), int(irtt)))
    return routes


def parse_routes6(rows: list[bytes]) -> list[Route]:
    """Rows of /proc/net/ipv6_route.  The metric is 32 bits, signed for the classic programs."""
    routes = []
    for row in rows:
        words = row.split()
        if len(words) < 10:
            continue
        destination, length, _, _, gateway, metric, references, uses, flags, interface = words[:10]
        number = int(metric, 16)
        routes.append(Route(bytes.fromhex(destination.decode()), int(length, 16), bytes.fromhex(gateway.decode()),
                            int(flags, 16), number - (1 << 32) if number >> 31 else number, int(references, 16),
                            int(uses, 16), interface.decode("utf-8", "surrogateescape")))
    return routes


def parse_route_cache(rows: list[bytes]) -> list[CachedRoute]:
    """Rows of /proc/net/rt_cache, without its title line."""
    routes = []
    for row in rows:
        words = row.split()
        if len(words) < 15:
            continue
        (interface, destination, gateway, _, references, uses, metric, source, mss, window, irtt,
         service, holders, fresh, specific) = words[:15]
        routes.append(CachedRoute(
            _packed(source), _packed(destination), _packed(gateway), int(metric), int(references), int(uses),
            interface.decode("utf-8", "surrogateescape"), int(mss), int(window), int(irtt),
            int(service, 16), int(holders), int(fresh), _packed(specific)))
    return routes


def _packed(word: bytes) -> bytes:
    """An IPv4 address that the kernel printed as a number in this machine's byte order."""
    return int(word, 16).to_bytes(4, "little")


def _after_header(blocks):
    """The blocks without the first line of the first."""
    first = True
    for rows in blocks:
        yield rows[1:] if first else rows
        first = False
