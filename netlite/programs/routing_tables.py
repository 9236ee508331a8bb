"""The display of routing tables, for ``route`` and ``netstat -r``."""

from __future__ import annotations

from _socket import inet_ntoa
from posix import strerror

from ..records.routes import RouteFlags
from ..render import routes as text
from ..system.names.hosts import HostNames, NumericHosts, numeric_host
from ..system.routes.proc_tables import as_it_is, read_routes4, read_routes6

METRICS, WINDOWS, BOTH = text.METRICS, text.WINDOWS, text.BOTH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from ..environment import Environment
    from ..records.routes import Route
    from ..world import World

    Name = Callable[[bytes, int, int], str]
    """The text of a destination, its prefix length and flags."""


class NetworkNames(dict[bytes, str]):
    """Packed network address -> its name in /etc/networks, or its number."""

    def __init__(self, world: World):
        from ..system.names.files import name_of, read_networks

        self._networks, self._name_of = read_networks(world), name_of

    def __missing__(self, address: bytes) -> str:
        found = self[address] = self._name_of(self._networks, address) or numeric_host(address)
        return found


def show_routes(env: Environment, family: str, style: int = METRICS, numeric: bool = False, table: bool = True,
                cache: bool = False) -> int:
    """Write the table and the cache of ``inet``, ``inet6`` or a family nobody has; returns the status.

    `style` is METRICS (``route``, ``netstat -re``), WINDOWS (``route -e``, ``netstat -r``) or BOTH (-ee).
    """
    if family in ("inet", "inet6"):
        hosts = _host_names(env, numeric)
        for wanted, cached in ((table, False), (cache, True)):
            status = _show(env, family, style, hosts, numeric, cached) if wanted else 0
            if status:
                return status
        return 0
    from .absent_routing import refuse

    return refuse(env, family)


def _show(env: Environment, family: str, style: int, hosts: Mapping[bytes, str], numeric: bool, cached: bool) -> int:
    file = "ipv6_route" if family == "inet6" else "rt_cache" if cached else "route"
    try:
        if family == "inet6":
            return _show_ipv6(env, hosts, cached)
        if cached:
            return _show_cache(env, style, hosts)
        return _show_ipv4(env, style, hosts, None if numeric else _namer(hosts, NetworkNames(env)))
    except OSError as refusal:
        env.err.write(f"/proc/net/{file}: {strerror(refusal.errno or 0)}\n")
        title = "INET6 (IPv6)" if family == "inet6" else "INET (IPv4)"
        env.out.write(f"{title} not configured in this system.\n")
        return 1


def _show_ipv4(env: Environment, style: int, hosts: Mapping[bytes, str], name: Name | None) -> int:
    described: dict[tuple[int, int, str], Route] = {}

    def describe(route: Route) -> tuple[int, int, str]:
        told = route.prefix_length, route.flags, text.render_after_destination(route, style, hosts)
        described[told] = route
        return told

    blocks = read_routes4(env, describe)
    env.out.begin_table("IPv4 routes", text.TITLE4 + text.HEADERS4[style], text.TITLES4[style])
    status = 1                        # a namespace that never had a route has an empty file: copied
    for rows in blocks:
        status = 0
        env.out.tell_rows("IPv4 routes", ((destination, described[told]) for destination, told in rows))
        env.out.write(text.render_routes4(rows, name))
    return status


def _show_ipv6(env: Environment, hosts: Mapping[bytes, str], cached: bool) -> int:
    blocks = read_routes6(env)
    env.out.begin_table("IPv6 routes", (text.TITLE6_CACHE if cached else text.TITLE6) + text.HEADER6,
                        text.TITLES6)
    for routes in blocks:
        env.out.tell_rows("IPv6 routes", routes)
        env.out.write("".join([text.render_route6(route, cached, hosts) for route in routes]))
    return 0


def _show_cache(env: Environment, style: int, hosts: Mapping[bytes, str]) -> int:
    from ..render.route_cache import header_cache4, render_cached4
    from ..system.routes.route_cache import read_route_cache

    blocks = read_route_cache(env)
    env.out.begin_table("IPv4 routing cache", text.TITLE4_CACHE + header_cache4(style))
    for routes in blocks:
        env.out.write("".join([render_cached4(route, style, hosts) for route in routes]))
    return 0


def route_objects(env: Environment, family: str, numeric: bool) -> list[dict[str, Any]]:
    """The routes of ``inet`` or ``inet6`` for --json; none, and a message, where there is no table."""
    from ..render.json_tables import route4_object, route6_object

    hosts = _host_names(env, numeric)
    name: Name = _number if numeric else _namer(hosts, NetworkNames(env))
    try:
        if family == "inet6":
            return [route6_object(route, hosts) for routes in read_routes6(env) for route in routes
                    if not route.flags & RouteFlags.CACHE]
        return [route4_object(name(destination, route.prefix_length, route.flags), route, hosts)
                for rows in read_routes4(env, as_it_is) for destination, route in rows if route.flags & RouteFlags.UP]
    except OSError as refusal:
        env.err.write(f"/proc/net/{'ipv6_' if family == 'inet6' else ''}route: {strerror(refusal.errno or 0)}\n")
        return []


def _number(destination: bytes, prefix_length: int, flags: int) -> str:
    return inet_ntoa(destination)


def _namer(hosts: Mapping[bytes, str], networks: Mapping[bytes, str]) -> Name:
    def name(destination: bytes, prefix_length: int, flags: int) -> str:
        return text.destination_name(destination, prefix_length, flags, hosts, networks)
    return name


def _host_names(env: Environment, numeric: bool) -> Mapping[bytes, str]:
    def look_up(addresses: list[str]) -> dict[str, str | None]:
        return {address: env.resolver.name(address) for address in addresses}
    return NumericHosts() if numeric else HostNames(look_up, env)
