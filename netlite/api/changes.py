"""Changes of the kernel's tables, as they happen."""

from __future__ import annotations

from ..world import World
from .arguments import chosen_world, duration_ns, one_of
from .targets import Refusals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from ..records.table_rows import Change

KINDS = ("link", "address", "route", "neighbour")


class ChangeRun:
    """An iterator of `Change` records, which waits for each; close it, or use it as a context manager.

    `fileno` can be waited on, `waiting` gives what has come without waiting.
    """

    def __init__(self, world: World, kinds: tuple[str, ...], timeout_ns: int | None):
        from ..system.netlink.channel import ROUTE
        from ..system.netlink.watching import GROUPS, ChangeReader

        self.clock = world.clock
        self.timeout_ns = timeout_ns
        self._reader = ChangeReader(world)
        self._found: list[Change] = []
        with Refusals("rtnetlink"):
            self._channel = world.netlink(ROUTE)
        try:
            with Refusals("rtnetlink"):
                self._channel.watch(*[group for kind in dict.fromkeys(kinds) for group in GROUPS[kind]])
        except BaseException:
            self.close()
            raise

    def fileno(self) -> int:
        """A descriptor that can be read when there are changes; -1 once it is closed."""
        return self._channel.fileno()

    def waiting(self) -> list[Change]:
        """What has happened since the last call; never waits."""
        found, self._found = self._found, []
        for chunk in self._channel.arrived():
            found += self._reader.read(chunk)
        return found

    def __iter__(self) -> Iterator[Change]:
        return self

    def __next__(self) -> Change:
        until_ns = None if self.timeout_ns is None else self.clock.now_ns() + self.timeout_ns
        while not self._found:
            if self.fileno() < 0:
                raise StopIteration
            self._found = self.waiting()
            if self._found:
                break
            if until_ns is not None and self.clock.now_ns() >= until_ns:
                self.close()
                raise StopIteration
            self.clock.wait([self._channel], until_ns)
        return self._found.pop(0)

    def close(self) -> None:
        """Listen no longer; harmless when repeated."""
        self._channel.close()

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
