"""One target that is probed all the time: an endless ping, now and then a trace and the path MTU, and its counts."""

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
    from collections.abc import Sequence

    from ...records.trace_rows import HopAnswer
    from .names import Names
    from .probing import Probes
    from .rounds import Rounds
    from .samples import Samples
    from .target_files import Target

RETRY_S, LOOK_UP_S = 10.0, 300.0      # until a ping that ended, and a name, are tried again
QUERIES, TRACE_S, MTU_S = 3, 2.0, 30.0
FIRST_TRACES_S = 30.0                 # the first traces are spread over this time


class Pace(Record):
    """Seconds: between pings of a target, until one is lost, and between looks at its path (0: none)."""

    interval_s: float = 1.0
    timeout_s: float = 1.0
    trace_s: float = 300.0


class WatchedTarget:
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
