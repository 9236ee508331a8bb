"""`Session`: the one way to run an engine over a link, for every program and for the library.

    for record in Session(engine, link, world):
        ...

Who waits in a way of their own (threads, asyncio, a live view) calls `step`, which never waits, whenever `fileno()` can
be read or `deadline_ns` has come, until it is `finished`; then `close`.
"""

from __future__ import annotations

from _thread import get_ident

from .links.driver import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from select import epoll
    from typing import Any, Self, TypeVar

    from .engines.engine import Engine
    from .engines.events import Event
    from .sockets.clock import Source
    from .sockets.wakeup import Interruptions

    Told = TypeVar("Told", covariant=True)
else:
    Iterator, Told = (object,), 0  # so that Iterator[Told] is object at run time


class Session(Iterator[Told]):
    """An engine at work over `link` in `world`; owns the link and what else it opens, and gives all of it back.

    With `names` look-ups of host names run beside it, the world's own or `lookups`.  With `signals` SIGINT, SIGALRM
    and SIGQUIT are events meanwhile, which is for the main thread.  It is an iterator of the engine's records, in
    the order of its reports: iterating waits, and closes at the end.
    """

    if not TYPE_CHECKING:
        __class_getitem__ = classmethod(lambda kind, _told: kind)  # for subclasses that say what they tell

    def __init__(self, engine: Engine, link: Any, world: Any, *, names: bool = False, lookups: Any = None,
                 signals: bool = False):
        self._opened: list[Any] = [link]
        self._poll: epoll | None = None
        self._thread: int | None = None  # which is iterating now
        self._closed = False
        try:
            self.clock = clock = world.clock  # its module is loaded before the last descriptors are taken
            self.lookups = None
            if names or lookups is not None:
                self.lookups = lookups or world.lookups()
                self._opened.append(self.lookups)
            if signals:
                self._interruptions: Interruptions = world.signals()
            else:
                from .sockets.wakeup import Interruption

                self._interruptions = Interruption()
            self._opened.append(self._interruptions)
            self._run = Run(engine, link, clock, self._interruptions, self.lookups, world.transcript)
        except BaseException:
            self.close()
            raise
        self._records = self._iterate()

    # for who waits here

    def __iter__(self) -> Iterator[Told]:
        return self._records

    def __next__(self) -> Told:
        return next(self._records)

    def _iterate(self) -> Iterator[Told]:
        self._thread = get_ident()
        try:
            while not (self._closed or self._run.finished):
                for record in self._run.step():
                    yield record
                    if self._closed:
                        return
                if self._run.idle:
                    self.wait()
        finally:
            self._thread = None
            self.close()

    # for who waits elsewhere

    @property
    def finished(self) -> bool:
        """Whether the engine is done, or this is closed; there are no records after that."""
        return self._closed or self._run.finished

    @property
    def deadline_ns(self) -> int | None:
        """When to call `step` though nothing can be read (monotonic ns): 0 at once, None never."""
        return self._run.deadline_ns if self._run.idle else 0

    def fileno(self) -> int:
        """A descriptor that can be read when there is something for `step`; made at the first call, -1 when closed."""
        if self._closed:
            return -1
        if self._poll is None:
            from .sockets.readiness import joined

            self._poll = joined(self._run.sources)
            self._opened.append(self._poll)
        return self._poll.fileno()

    def step(self) -> list[Told]:
        """Do what there is to do, without waiting; returns the records that come of it."""
        return [] if self._closed else self._run.turns()

    @property
    def sources(self) -> list[Source]:
        """What is waited for, for who waits for several sessions at once."""
        return self._run.sources

    @property
    def is_real(self) -> bool:
        """Whether there is a descriptor for all that is waited for, as there is not in memory."""
        return all(source.fileno() >= 0 for source in self._run.sources)

    def wait(self) -> None:
        """Wait, here, until there is something for `step`; in memory that lets the time pass."""
        if self._run.idle and not self.finished:
            self._run.ready = self.clock.wait(self._run.sources, self._run.deadline_ns)

    # for everybody

    def interrupt(self) -> None:
        """Ask the engine to end, as SIGINT does: its last records still come.  From any thread, at any time."""
        self._interruptions.ask()

    def request(self, event: Event) -> None:
        """Have the engine told an event of those that are asked for (ResetAsked …), with the time it is told; not with
        `signals`.  From any thread, at any time."""
        from .sockets.wakeup import Interruption

        assert isinstance(self._interruptions, Interruption), "signals alone are told"
        self._interruptions.want(event)

    def close(self) -> None:
        """End at once, and give everything back; harmless when repeated.

        From another thread than the one that iterates: that one ends without further records.
        """
        if self._thread not in (None, get_ident()):
            self._run.finished = True
            self._interruptions.ask()
            return
        self._closed = True
        while self._opened:
            self._opened.pop().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
