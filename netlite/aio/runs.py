"""Runs of the library in an event loop: each has its own link, and is turned by a pump."""

from __future__ import annotations

from asyncio import get_running_loop
from functools import wraps

from ..api.arguments import chosen_world, host_text, host_texts, source_address
from .inbox import AsyncRun
from .names import Checked, KnownWorld, NoWorld, find_addresses
from .pump import Pump

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any, ParamSpec, TypeVar

    from ..api.changes import ChangeRun
    from ..api.runs import LibraryRun
    from ..records.table_rows import Change
    from ..records.watch import PathState

    P = ParamSpec("P")
    Told = TypeVar("Told")
else:
    Told = Change = 0


class NamedRun(AsyncRun[Told]):
    """A function of the library in an event loop: names are looked up first, then it begins.

    `reached` is that of a trace: whether the target answered; None for other runs, and while that is not known.
    `paths` is that of a watch.
    """

    def __init__(self, function: Callable[..., LibraryRun[Told]], named: dict[str, Any]):
        super().__init__()
        self._function, self._named = function, named
        self._run: LibraryRun[Told] | None = None
        self._pump: Pump | None = None

    @property
    def reached(self) -> bool | None:
        """Of a trace: whether the target answered."""
        return getattr(self._run, "reached", None)

    @property
    def paths(self) -> list[PathState]:
        """Of a watch: how each path does now."""
        return getattr(self._run, "paths", [])

    def interrupt(self) -> None:
        """Ask it to end: its last records still come."""
        if self._run is not None and self._pump is not None:
            self._run.interrupt()

    async def _open(self) -> None:
        named = self._named
        world = chosen_world(named.get("world"))
        hosts = host_texts(named["hosts"]) if "hosts" in named else [host_text(named["host"])]
        _, version = source_address(named.get("source"), named.get("version"))
        known = await find_addresses(world.resolver, hosts, version)
        if not self._closed:
            self._run = self._function(**{**named, "world": KnownWorld(world, known)})
            self._pump = Pump(get_running_loop(), self._run, self._inbox.put, self._inbox.end)

    def _release(self) -> None:
        if self._pump is not None:
            self._pump.stop()


def in_loop(function: Callable[P, LibraryRun[Told]]) -> Callable[P, NamedRun[Told]]:
    """The asynchronous sister of a function that returns a run; arguments are checked at once, as there."""
    @wraps(function)
    def start(*given: Any, **also: Any) -> NamedRun[Told]:
        named: dict[str, Any] = dict(also)
        first = "hosts" if function.__name__ == "ping_many" else "host"
        if given:
            named[first] = given[0]
        if first == "hosts" and first in named:
            named[first] = host_texts(named[first])
        try:
            function(*given[1:], **{**named, "world": NoWorld()})
        except Checked:
            pass
        chosen_world(named.get("world"))
        return NamedRun(function, named)

    return start


def awaitable(function: Callable[P, Told]) -> Callable[P, Awaitable[Told]]:
    """The asynchronous sister of a function that reads a table; the kernel answers at once, so it is read
    where it is awaited."""
    @wraps(function)
    async def read(*given: P.args, **named: P.kwargs) -> Told:
        return function(*given, **named)

    return read


class AsyncChanges(AsyncRun[Change]):
    """Changes of the kernel's tables, from the moment it was made."""

    def __init__(self, run: ChangeRun):
        super().__init__()
        self._run = run
        self._pump: Pump | None = None

    def interrupt(self) -> None:
        """Ask it to end: what has happened by then still comes."""
        self._run.interrupt()

    async def _open(self) -> None:
        self._run.begin()
        self._pump = Pump(get_running_loop(), self._run, self._inbox.put, self._inbox.end)

    def _release(self) -> None:
        if self._pump is not None:
            self._pump.stop()
        self._run.close()
