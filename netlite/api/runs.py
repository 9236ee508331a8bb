"""A run of the library: an iterator of records, that can also be stepped, interrupted and closed."""

from __future__ import annotations

from ..session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, TypeVar

    from ..engines.engine import Engine
    from ..world import World

    Told = TypeVar("Told", covariant=True)
else:
    Told = 0


class LibraryRun(Session[Told]):
    """An engine at work; `tell` makes what the caller gets of each record of the engine.

    Iterating waits, and gives all sockets back at the end; who stops before closes it (it is a context
    manager), from any thread.  `step`, `fileno`, `deadline_ns` and `finished` are for who waits in a way of
    his own.
    """

    def __init__(self, engine: Engine, link: Any, world: World, *, names: bool = False):
        world.network.keep_stamping()  # the process may live long: the kernel goes on stamping between runs
        super().__init__(engine, link, world, names=names)

    def tell(self, record: Any) -> Iterable[Told]:
        """What comes of a record of the engine."""
        return (record,)

    def _iterate(self) -> Iterator[Told]:
        records = super()._iterate()
        try:
            for record in records:
                yield from self.tell(record)
        finally:
            records.close()  # type: ignore[attr-defined]

    def step(self) -> list[Told]:
        return [told for record in super().step() for told in self.tell(record)]
