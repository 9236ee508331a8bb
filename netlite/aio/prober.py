"""`Prober`: echo probes to any number of hosts over one socket a family, in an event loop."""

from __future__ import annotations

from asyncio import AbstractEventLoop, get_running_loop

from ..api.arguments import (
    LARGEST_PAYLOAD,
    chosen_world,
    duration_ns,
    host_text,
    interval_ns,
    number,
    optional_whole,
    source_address,
    whole,
    yes_or_no,
)
from ..api.pings import link_options, open_link, wall_offset_ns
from ..api.targets import first_address
from ..records.echo_targets import EchoTarget, EchoTargetsConfig
from ..records.verdicts import HostResult, Tally, host_result
from ..world import World
from .echo_socket import EchoSocket
from .inbox import AsyncRun, Closing
from .names import find_addresses

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..api.arguments import Host
    from ..records.verdicts import Verdict

DEFAULT_SIZE = 56
IN_FLIGHT = 1000

_shared: dict[tuple[Any, ...], Prober] = {}  # of `netlite.aio.ping`, while it is in use


class PingRun(AsyncRun["Verdict"]):
    """The verdicts of one host as they fall; `result` is how it stands, at the end how it was."""

    def __init__(self, prober: Prober, target: EchoTarget, version: int | None):
        super().__init__()
        self._prober, self._world, self._target, self._version = prober, prober.world, target, version
        self._socket: EchoSocket | None = None
        self._key = 0
        self._result: HostResult | None = None

    @property
    def result(self) -> HostResult:
        """How the host did so far."""
        standing = None if self._socket is None else self._socket.standing(self._key)
        return self._result or standing or host_result(self._target.host, self._target.address or None)

    @property
    def tally(self) -> Tally:
        """The counts so far; unlike `result` it takes no look at the round trips."""
        standing = None if self._socket is None or self._result is not None else self._socket.tally(self._key)
        found = self.result if standing is None else standing
        return Tally(found.sent, found.received, found.lost, found.errors, found.duplicates, found.late)

    def told(self, record: Verdict | HostResult) -> None:
        """By the socket."""
        if isinstance(record, HostResult):
            self.over(None, record)
        else:
            self._inbox.put([record])

    def over(self, error: BaseException | None, result: HostResult | None = None) -> None:
        """By the socket: nothing more comes."""
        self._result = result or self._result
        self._inbox.end(error)

    async def finish(self) -> HostResult:
        """Await all verdicts; returns the result."""
        async for _ in self:
            pass
        return self.result

    def _choose_prober(self) -> Prober:
        return self._prober

    async def _open(self) -> None:
        host = self._target.host
        known: Any = await find_addresses(self._world.resolver, [host], self._version)
        if self._closed:
            return
        family, address = first_address(known, host, self._version)
        self._target = self._target.replace(address=address)
        self._prober = self._choose_prober()
        try:
            self._socket = self._prober.socket_of(family, address)
        except BaseException:
            self._prober.forget()
            raise
        self._key = self._socket.add(self, self._target)

    def _release(self) -> None:
        if self._socket is not None:
            self._result = self._result or self._socket.standing(self._key)
            self._prober.leave(self._socket, self._key)


class Prober(Closing):
    """Echo probes to any number of hosts at any time, over one socket a family, without a thread.

    `rate` probes a second (0: no limit) and `in_flight` (1 to 60000) under way at once are the bounds of each
    family; `source`, `device` and `world` as for `netlite.ping`.  It is an asynchronous context manager; its
    sockets are open while somebody awaits something of them, or, once opened, until it is closed (`lasting`).

    >>> import asyncio
    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import chain
    >>> async def sweep():
    ...     lab = SimulatedEnvironment("example", chain(2), "client")
    ...     async with Prober(rate=100, world=lab) as prober:
    ...         runs = [prober.ping(host, count=2, version=4) for host in ("server", "r1")]
    ...         await asyncio.gather(*[run.finish() for run in runs])
    ...         return [run.result.received for run in runs]
    >>> asyncio.run(sweep())
    [2, 2]
    """

    def __init__(self, *, rate: float = 0.0, in_flight: int = IN_FLIGHT, source: Host | None = None,
                 device: str | None = None, lasting: bool = False, world: World | None = None):
        self.world = chosen_world(world)
        self._lasting = yes_or_no("lasting", lasting)
        self._config = EchoTargetsConfig((), number("rate", rate), whole("in_flight", in_flight, 1, 60000), stays=True)
        self._source, _ = source_address(source, None)
        self._options = link_options(DEFAULT_SIZE, None, self._source, device)
        self._sockets: dict[int, EchoSocket] = {}
        self._loop: AbstractEventLoop | None = None
        self._closed = False

    def ping(self, host: Host, *, count: int | None = 4, interval_s: float = 1.0, timeout_s: float = 1.0,
             size_bytes: int = DEFAULT_SIZE, ttl: int | None = None, version: int | None = None) -> PingRun:
        """As `netlite.ping`; await `finish` of what it returns, or iterate."""
        target = target_of(host, count, interval_s, timeout_s, size_bytes, ttl)
        return PingRun(self, target, source_address(self._source, version)[1])

    def socket_of(self, family: Any, address: str) -> EchoSocket:
        """The one of a family, opened at need.  Raises NotPermitted, KernelRefused."""
        loop = get_running_loop()
        if self._closed:
            raise RuntimeError("this Prober is closed")
        if self._loop is not loop:
            if self._sockets:
                raise RuntimeError("this Prober is at work in another event loop")
            self._loop = loop
        if family.version in self._sockets and self._sockets[family.version].finished:
            self._sockets.pop(family.version).close()
        if family.version not in self._sockets:
            link = open_link(self.world, family, address, self._options, shared=True)
            config = self._config.replace(wall_offset_ns=wall_offset_ns(self.world))
            self._sockets[family.version] = self.new_socket(loop, link, config)
        return self._sockets[family.version]

    def new_socket(self, loop: AbstractEventLoop, link: Any, config: EchoTargetsConfig) -> EchoSocket:
        """One of a kind; a subclass may have others."""
        return EchoSocket(self.world, loop, link, config)

    def leave(self, socket: EchoSocket, key: int) -> None:
        """A run is over: the socket is closed with its last one."""
        if socket.drop(key) and not self._lasting:
            socket.close()
            self._sockets = {version: each for version, each in self._sockets.items() if each is not socket}
            self.forget()

    def forget(self) -> None:
        """When it has no socket, nobody shares it any more."""
        if not self._sockets:
            for place in [place for place, each in _shared.items() if each is self]:
                del _shared[place]

    def close(self) -> None:
        """End all runs; harmless when repeated."""
        self._closed = True
        for socket in list(self._sockets.values()):
            socket.end_all(None)
            socket.close()
        self._sockets.clear()


def target_of(host: Host, count: int | None, interval_s: float, timeout_s: float, size_bytes: int,
              ttl: int | None) -> EchoTarget:
    """Arguments, checked; the key and the address are still to come."""
    size = whole("size_bytes", size_bytes, 0, LARGEST_PAYLOAD)
    return EchoTarget(0, host_text(host), "", optional_whole("count", count, 1), interval_ns("interval_s", interval_s),
                      duration_ns("timeout_s", timeout_s), None if size == DEFAULT_SIZE else size,
                      optional_whole("ttl", ttl, 1, 255))


class SharedPingRun(PingRun):
    """A run of the Prober that all of an event loop share who ask for the same source, device and world."""

    def __init__(self, target: EchoTarget, version: int | None, source: str | None, device: str | None,
                 world: World | None):
        self._world, self._target, self._version = chosen_world(world), target, version
        AsyncRun.__init__(self)
        self._ends = source, device, world
        self._socket, self._key, self._result = None, 0, None

    def _choose_prober(self) -> Prober:
        source, device, world = self._ends
        place = get_running_loop(), source, device, world
        if place not in _shared:
            _shared[place] = Prober(in_flight=60000, source=source, device=device, world=world)
        return _shared[place]
