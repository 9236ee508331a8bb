"""The library for asyncio: the names of `netlite`, with the same arguments, records and errors.

    async for verdict in netlite.aio.ping("192.0.2.1"): ...      # a run is an iterator,
    async with netlite.aio.traceroute("192.0.2.1") as trace: ...  # a context manager
    hops = await netlite.aio.traceroute("192.0.2.1")              # and awaitable: a list
    result = await netlite.aio.ping("192.0.2.1", count=1).finish()

All pings of an event loop share one socket a family; a traceroute has one of its own.  There is no thread but
for looking up names and for `diagnose`, and those are waited for by nobody.  Who awaits can be cancelled at any
moment, which ends the run and gives everything back at once; `ping_many` and `Prober` bound the rate and what is
under way.  Tables are read where they are awaited.
"""

from __future__ import annotations

from .. import api
from ..api.arguments import chosen_world, host_text, ip_version, optional_text, source_address
from ..world import World
from .diagnosis import diagnose
from .names import KnownWorld, find_addresses
from .prober import DEFAULT_SIZE, Prober, SharedPingRun, target_of
from .runs import AsyncChanges, awaitable, in_loop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..api.arguments import Host
    from ..records.table_rows import WayRow

__all__ = ["Prober", "World", "addresses", "changes", "connections", "counters", "default_routes", "diagnose",
           "interfaces", "multipath", "neighbours", "path_mtu", "ping", "ping_many", "resolve", "route_to", "routes",
           "tracepath", "traceroute", "watch"]

ping_many = in_loop(api.ping_many)
traceroute = in_loop(api.traceroute)
tracepath = in_loop(api.tracepath)
path_mtu = in_loop(api.path_mtu)
multipath = in_loop(api.multipath)
watch = in_loop(api.watch)
interfaces = awaitable(api.interfaces)
addresses = awaitable(api.addresses)
routes = awaitable(api.routes)
default_routes = awaitable(api.default_routes)
neighbours = awaitable(api.neighbours)
connections = awaitable(api.connections)
counters = awaitable(api.counters)


def ping(host: Host, *, count: int | None = 4, interval_s: float = 1.0, timeout_s: float = 1.0,
         size_bytes: int = DEFAULT_SIZE, ttl: int | None = None, source: Host | None = None, device: str | None
         = None, version: int | None = None, world: World | None = None) -> SharedPingRun:
    """As `netlite.ping`, over the socket that all pings of the event loop share; one verdict a probe.

    Iterate over it, or await its ``finish()``, which gives the HostResult.  The verdicts fall whether somebody
    takes them or not.  Raises at once for wrong arguments, else where it is awaited: NameUnknown,
    NotPermitted, KernelRefused.

    >>> import asyncio
    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import chain
    >>> async def check():
    ...     lab = SimulatedEnvironment("example", chain(2), "client")
    ...     return await ping("server", count=3, version=4, world=lab).finish()
    >>> asyncio.run(check()).received
    3
    """
    target = target_of(host, count, interval_s, timeout_s, size_bytes, ttl)
    own, wanted = source_address(source, version)
    return SharedPingRun(target, wanted, own, optional_text("device", device), world)


async def resolve(host: Host, *, version: int | None = None, world: World | None = None) -> list[str]:
    """As `netlite.resolve`, in a thread where the C library has to ask somebody."""
    text, wanted = host_text(host), ip_version(version)
    return api.resolve(text, version=wanted, world=await _knowing(text, wanted, world))


async def route_to(host: Host, *, version: int | None = None, world: World | None = None) -> WayRow:
    """As `netlite.route_to`."""
    text, wanted = host_text(host), ip_version(version)
    return api.route_to(text, version=wanted, world=await _knowing(text, wanted, world))


async def _knowing(host: str, version: int | None, world: World | None) -> Any:
    world = chosen_world(world)
    return KnownWorld(world, await find_addresses(world.resolver, [host], version))


def changes(*kinds: str, timeout_s: float | None = None, world: World | None = None) -> AsyncChanges:
    """As `netlite.changes`: what happens from this call on."""
    return AsyncChanges(api.changes(*kinds, timeout_s=timeout_s, world=world))
