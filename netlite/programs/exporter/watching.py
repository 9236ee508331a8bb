"""The targets that are probed all the time, and their samples.

All pings share one socket a family.  Traces are few at once and seldom, and pay into the same budget of packets.
"""

from __future__ import annotations

import asyncio

from .watched_target import WatchedTarget

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .bounds import Budget
    from .names import Names
    from .probing import Probes
    from .rounds import Rounds
    from .samples import Samples
    from .target_files import Target
    from .watched_target import Pace

TAKE_S = 30.0                         # until round trips are taken that nobody asked for
TRACES_AT_ONCE = 4


class Watches:
    """The targets of the moment."""

    def __init__(self, names: Names, prober: Rounds, probes: Probes, budget: Budget, pace: Pace,
                 failed: Callable[[BaseException], object]):
        """`failed` is told what no part of it expected: that target is watched no more."""
        self._failed = failed
        self._names, self._prober, self._probes, self._budget, self._pace = names, prober, probes, budget, pace
        self._turns = asyncio.Semaphore(TRACES_AT_ONCE)
        self._taker: asyncio.Task[None] | None = None
        self._tasks: dict[Target, list[asyncio.Task[None]]] = {}
        self._watches: dict[Target, WatchedTarget] = {}

    @property
    def hosts(self) -> set[str]:
        """Those of all targets."""
        return {target.host for target in self._watches}

    def choose(self, targets: Iterable[Target]) -> None:
        """Have these targets and no others; those that stay keep their counts."""
        wanted = dict.fromkeys(targets)
        for gone in [target for target in self._watches if target not in wanted]:
            del self._watches[gone]
            for task in self._tasks.pop(gone):
                task.cancel()
        if wanted and self._taker is None:
            self._taker = asyncio.create_task(self._take_all())
            self._taker.add_done_callback(self._over)
        self._prober.expect(len(wanted), self._pace.interval_s)
        new = [target for target in wanted if target not in self._watches]
        for place, target in enumerate(new):
            watch = self._watches[target] = WatchedTarget(target)
            tasks = self._tasks[target] = [asyncio.create_task(self._begin(watch, place / len(new)))]
            if self._pace.trace_s:
                tasks.append(asyncio.create_task(
                    watch.trace(self._probes, self._budget, self._turns, self._pace.trace_s)))
            for task in tasks:
                task.add_done_callback(self._over)

    async def _take_all(self) -> None:
        """Now and then, so that they do not pile up where nobody asks."""
        while True:
            await asyncio.sleep(TAKE_S)
            for watch in self._watches.values():
                watch.take()

    def _over(self, task: asyncio.Task[None]) -> None:
        failure = None if task.cancelled() else task.exception()
        if failure is not None:
            self._failed(failure)

    async def _begin(self, watch: WatchedTarget, part: float) -> None:
        """Targets take turns within an interval, so that their packets do not leave in one burst."""
        await asyncio.sleep(part * self._pace.interval_s)
        await watch.ping(self._names, self._prober, self._pace)

    def add(self, samples: Samples) -> None:
        """Samples of all."""
        self._prober.look()
        for watch in self._watches.values():
            watch.add(samples)

    async def close(self) -> None:
        """End all."""
        tasks = [task for each in self._tasks.values() for task in each]
        if self._taker is not None:
            self._taker.cancel()
            tasks.append(self._taker)
        self.choose(())
        await asyncio.gather(*tasks, return_exceptions=True)
