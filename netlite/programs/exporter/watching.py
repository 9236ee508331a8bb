"""Targets that are probed all the time: an endless ping each, now and then a trace and the path MTU, and their counts.

All pings share one socket a family.  Traces are few at once and seldom, and pay into the same budget of packets.
"""

from __future__ import annotations

import asyncio
from zlib import crc32

from ...errors import NetliteError
from ...records.path_mtu import PathMtuResult
from ...records.record import Record
from ...records.verdicts import Tally
from .bounds import Budget, Overfull
from .echoes import Echoes
from .histograms import SECOND_NS, Histogram
from .probing import MAX_HOPS, MTU_PROBES, path_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ...records.trace_rows import HopAnswer
    from .names import Names
    from .probing import Probes
    from .rounds import Rounds
    from .samples import Samples
    from .target_files import Target

RETRY_S, LOOK_UP_S = 10.0, 300.0      # until a ping that ended, and a name, are tried again
TAKE_S = 30.0                         # until round trips are taken that nobody asked for
TRACES_AT_ONCE, QUERIES, TRACE_S, MTU_S = 4, 3, 2.0, 30.0
FIRST_TRACES_S = 30.0                 # the first traces are spread over this time


class Pace(Record):
    """Seconds: between pings of a target, until one is lost, and between looks at its path (0: none)."""

    interval_s: float = 1.0
    timeout_s: float = 1.0
    trace_s: float = 300.0


class Watch:
    """One target and its counts since it was first seen."""

    def __init__(self, target: Target):
        self.target = target
        self.address: str | None = None
        self._before = Tally()            # of runs that are over
        self._run: Echoes | None = None
        self._round_trips = Histogram()
        self._jitter_ns = 0.0
        self._last_ns: int | None = None
        self._hops: list[str] | None = None
        self._reached = False
        self._traces = self._changes = 0
        self._mtu_bytes: int | None = None
        self._by_hop: dict[int, list[int]] = {}  # sent, lost

    async def ping(self, names: Names, prober: Rounds, pace: Pace) -> None:
        """For ever."""
        while True:
            try:
                addresses = await names.addresses(self.target.host)
            except (NetliteError, OSError, Overfull):
                self.address = None
                await asyncio.sleep(RETRY_S)
                continue
            self.address = addresses[0]
            try:
                run = self._run = Echoes(prober, self.address, None, pace.interval_s, pace.timeout_s)
                while not await run.wait(LOOK_UP_S) and await self._is_current(names):
                    pass
                if run.is_over:
                    await asyncio.sleep(RETRY_S)
            except (NetliteError, OSError):
                await asyncio.sleep(RETRY_S)
            finally:
                self._leave()

    def _leave(self) -> None:
        if self._run is not None:
            self.take()
            self._run.close()
            self._before, self._run = self.tally, None

    async def _is_current(self, names: Names) -> bool:
        """Whether the name still stands for the address; who cannot be asked changes nothing."""
        try:
            return self.address in await names.addresses(self.target.host)
        except (NetliteError, OSError, Overfull):
            return True

    @property
    def tally(self) -> Tally:
        """All counts."""
        if self._run is None:
            return self._before
        return Tally(*[old + new for old, new in zip(self._before, self._run.tally)])

    def take(self) -> None:
        """The round trips since the last time."""
        for rtt_ns in () if self._run is None else self._run.take_round_trips():
            self._round_trips.take(rtt_ns)
            if self._last_ns is not None:  # RFC 3550 section 6.4.1
                self._jitter_ns += (abs(rtt_ns - self._last_ns) - self._jitter_ns) / 16
            self._last_ns = rtt_ns

    async def trace(self, probes: Probes, budget: Budget, turns: asyncio.Semaphore, every_s: float) -> None:
        """The path and its MTU, for ever."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(min(every_s, FIRST_TRACES_S) * (crc32(self.target.host.encode()) % 1000) / 1000)
        while True:
            next_s = loop.time() + every_s
            address = self.address
            if address is not None:
                try:
                    async with turns:
                        await self._trace_once(address, probes, budget, next_s)
                except (NetliteError, OSError, Overfull):
                    pass                  # what refuses pings, too, is told there
            await asyncio.sleep(max(1.0, next_s - loop.time()))

    async def _trace_once(self, address: str, probes: Probes, budget: Budget, until_s: float) -> None:
        await budget.pay(MAX_HOPS * QUERIES, until_s)
        rows: list[HopAnswer] = []
        run = probes.trace(address, QUERIES, TRACE_S)
        async for row in run:
            rows.append(row)
        self._take_path(rows, bool(run.reached))
        budget.give_back(MAX_HOPS * QUERIES - len(rows))
        await budget.pay(MTU_PROBES, until_s)
        async for record in probes.search(address, MTU_S):
            if isinstance(record, PathMtuResult):
                self._mtu_bytes = record.mtu_bytes
                budget.give_back(MTU_PROBES - record.probes)

    def _take_path(self, rows: Sequence[HopAnswer], reached: bool) -> None:
        hops = path_of(rows)
        if self._hops is not None and is_other_path(self._hops, hops, reached and self._reached):
            self._changes += 1
        self._traces += 1
        self._hops, self._reached = hops, reached
        for row in rows:
            if row.hop <= len(hops):
                counts = self._by_hop.setdefault(row.hop, [0, 0])
                counts[0] += 1
                counts[1] += row.source is None

    def add(self, samples: Samples) -> None:
        """What is known, as samples."""
        self.take()
        labels = {**dict(self.target.labels), "target": self.target.host}
        samples.add("netlite_target_known", self.address is not None, **labels)
        if self.address is not None:
            samples.add("netlite_target_info", 1, **labels, address=self.address)
        tally = self.tally
        for column in tally._fields:
            samples.add(f"netlite_ping_{column}_total", getattr(tally, column), **labels)
        samples.add("netlite_ping_rtt_seconds", self._round_trips.copy(), **labels)
        samples.add("netlite_ping_jitter_seconds", self._jitter_ns / SECOND_NS, **labels)
        samples.add("netlite_path_traces_total", self._traces, **labels)
        if self._hops is None:
            return
        samples.add("netlite_path_hops", len(self._hops), **labels)
        samples.add("netlite_path_reached", self._reached, **labels)
        samples.add("netlite_path_changes_total", self._changes, **labels)
        if self._mtu_bytes is not None:
            samples.add("netlite_path_mtu_bytes", self._mtu_bytes, **labels)
        for hop, address in enumerate(self._hops, 1):
            if address:
                samples.add("netlite_hop_info", 1, **labels, hop=str(hop), address=address)
        for hop, (sent, lost) in sorted(self._by_hop.items()):
            samples.add("netlite_hop_sent_total", sent, **labels, hop=str(hop))
            samples.add("netlite_hop_lost_total", lost, **labels, hop=str(hop))


def is_other_path(before: Sequence[str], now: Sequence[str], reached: bool) -> bool:
    """Whether other routers answered; one that is silent may be any.  Lengths count where the target was `reached`.

    >>> is_other_path(["a", "", "c"], ["a", "b", "c"], True), is_other_path(["a", "b"], ["a", "x"], False)
    (False, True)
    """
    return reached and len(before) != len(now) or any(old and new and old != new for old, new in zip(before, now))


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
        self._watches: dict[Target, Watch] = {}

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
            watch = self._watches[target] = Watch(target)
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

    async def _begin(self, watch: Watch, part: float) -> None:
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
