"""Changes of the kernel's tables, as they happen."""

from __future__ import annotations

from _thread import get_ident

from ..world import World
from .arguments import chosen_world, duration_ns, one_of
from .targets import Refusals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

    from ..records.table_rows import Change
    from ..sockets.readiness import AnyReadiness

KINDS = ("link", "address", "route", "neighbour")


class ChangeRun:
    """An iterator of `Change` records, which waits for each; a run as all others are (`api.runs.LibraryRun`)."""

    is_real = True

    def __init__(self, world: World, kinds: tuple[str, ...], timeout_ns: int | None):
        from ..sockets.wakeup import Interruption
        from ..system.netlink.channel import ROUTE
        from ..system.netlink.watching import GROUPS, ChangeReader

        self.clock = world.clock
        self.finished = self._closing = False
        self.deadline_ns: int | None = None
        self._timeout_ns = timeout_ns
        self._reader = ChangeReader(world)
        self._found: list[Change] = []
        self._poll: AnyReadiness | None = None
        self._thread: int | None = None  # which is waiting for the next one
        with Refusals("rtnetlink"):
            self._channel = world.netlink(ROUTE)
        self._interruption = Interruption()
        try:
            with Refusals("rtnetlink"):
                self._channel.watch(*[group for kind in dict.fromkeys(kinds) for group in GROUPS[kind]])
        except BaseException:
            self.close()
            raise
        self.begin()

    # for who waits here

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Change:
        self._thread = get_ident()
        try:
            if not self._found:
                self.begin()
            while not (self._found or self.finished or self._closing):
                self._found = self.step()
                if not self._found:
                    self.wait()
        finally:
            self._thread = None
        if not self._found or self._closing:
            self.close()
            raise StopIteration
        return self._found.pop(0)

    # for who waits elsewhere

    def begin(self) -> None:
        """The time in which something has to happen begins now."""
        self.deadline_ns = None if self._timeout_ns is None else self.clock.now_ns() + self._timeout_ns

    def fileno(self) -> int:
        """A descriptor that can be read when there is something for `step`; made at the first call, -1 when closed."""
        if self._poll is None and self._channel.fileno() >= 0:
            from ..sockets.readiness import joined

            self._poll = joined([self._channel, self._interruption])
        return -1 if self._poll is None else self._poll.fileno()

    def step(self) -> list[Change]:
        """What has happened since the last call; never waits."""
        if self.finished:
            return []
        now_ns = self.clock.now_ns()
        asked = bool(self._interruption.receive(now_ns))
        found, self._found = self._found, []
        for chunk in self._channel.arrived():
            found += self._reader.read(chunk)
        if found:
            self.begin()
        self.finished = asked or not found and self.deadline_ns is not None and now_ns >= self.deadline_ns
        return found

    def wait(self) -> None:
        """Wait, here, until there is something for `step`."""
        if not self.finished:
            self.clock.wait([self._channel, self._interruption], self.deadline_ns)

    # for everybody

    def interrupt(self) -> None:
        """Ask it to end: what has happened by then still comes.  From any thread, at any time."""
        self._interruption.ask()

    def close(self) -> None:
        """Listen no longer; harmless when repeated.  From another thread than the one that waits: that one ends."""
        self._closing = True
        if self._thread not in (None, get_ident()):
            self._interruption.ask()
            return
        self.finished = True
        self._channel.close()
        self._interruption.close()
        poll, self._poll = self._poll, None
        if poll is not None:
            poll.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def changes(*kinds: str, timeout_s: float | None = None, world: World | None = None) -> ChangeRun:
    """What changes in the kernel's tables from now on: yields `records.table_rows.Change` as it happens.

    `kinds` are "link", "address", "route" and "neighbour" (none: all of them); `timeout_s` ends it when so long
    nothing happened (None: never).  No privilege needed.  Raises KernelRefused where there is no netlink, as
    in memory, and when so much changed that the kernel dropped some of it (ENOBUFS): then read the tables anew.
    From the kernel: multicast groups of rtnetlink (RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR …), both families.
    """
    for kind in kinds:
        one_of("kinds", kind, KINDS)
    limit_ns = None if timeout_s is None else duration_ns("timeout_s", timeout_s)
    return ChangeRun(chosen_world(world), kinds or KINDS, limit_ns)
