"""`diagnose` beside an event loop: in a thread, for it reads tables, asks name servers, and waits, all in turn; whoever
awaits it can call it off."""

from __future__ import annotations

from asyncio import Future, get_running_loop

from .. import api
from ..api.arguments import chosen_world
from ..sockets.bell import Bell
from ..sockets.name_lookups import beside
from ..world import World
from .names import Checked, NoWorld

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from ..api.arguments import Host
    from ..records.diagnosis import Diagnosis


class CalledOff(Exception):
    """Nobody awaits the diagnosis any more."""


class HeededClock:
    """A clock that waits for a bell, too."""

    def __init__(self, clock: Any, bell: Bell):
        self._clock, self._bell = clock, bell
        self.now_ns, self.wall_ns = clock.now_ns, clock.wall_ns

    def wait(self, sources: Iterable[Any], until_ns: int | None) -> None:
        """As `sockets.clock.Clock`.  Raises CalledOff."""
        if not self._bell.rung:
            self._clock.wait([*sources, self._bell], until_ns)
        if self._bell.rung:
            raise CalledOff


class HeededWorld:
    """A world, but for its clock."""

    def __init__(self, world: World, bell: Bell):
        self._world = world
        self.clock = HeededClock(world.clock, bell)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)


async def diagnose(host: Host | None = None, port: int | None = None, *, version: int | None = None,
                   limit_s: float | None = None, max_packets: int = 200, tell: Callable[[str], object] | None = None,
                   world: World | None = None) -> Diagnosis:
    """As `netlite.diagnose`, in a thread of its own; `tell` is called in the loop.

    Whoever awaits it can be cancelled at any moment: then it ends, and closes what it has open, as soon as it
    waits for an answer, or for two seconds at most where it waits for the C library's names.

    >>> import asyncio
    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import chain
    >>> asyncio.run(diagnose("server", world=SimulatedEnvironment("example", chain(2), "client"))).is_well
    True
    """
    named: dict[str, Any] = {"version": version, "limit_s": limit_s, "max_packets": max_packets}
    try:
        api.diagnose(host, port, **named, tell=tell, world=NoWorld())  # type: ignore[arg-type]
    except Checked:
        pass
    world = chosen_world(world)
    loop, bell = get_running_loop(), Bell()
    answer: Future[Diagnosis] = loop.create_future()

    def in_loop(what: Callable[..., object], *words: object) -> None:
        try:
            loop.call_soon_threadsafe(what, *words)
        except RuntimeError:  # the loop is closed: nobody wants to know
            pass

    def settle(found: Diagnosis | None, raised: Exception | None) -> None:
        if answer.done():
            return
        if found is not None:
            answer.set_result(found)
        elif raised is not None:
            answer.set_exception(raised)

    def work() -> None:
        found, error = None, None
        try:
            found = api.diagnose(host, port, **named, tell=None if tell is None else lambda step: in_loop(tell, step),
                                 world=HeededWorld(world, bell))  # type: ignore[arg-type]
        except Exception as raised:  # somebody waits, whatever happens here
            error = raised
        finally:
            bell.close()
        in_loop(settle, found, error)

    beside(work)
    try:
        return await answer
    finally:
        bell.ring()
