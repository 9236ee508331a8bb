"""The probes of ``/probe``: one function a module, on the library of asyncio, that adds its samples."""

from __future__ import annotations

from binascii import crc32
from os import strerror

from ... import aio
from ...aio.runs import NamedRun, in_loop
from ...api.arguments import duration_ns, host_text, whole
from ...api.targets import Refusals, first_address
from ...api.traces import TraceRun
from ...errors import KernelRefused
from ...records.path_mtu import MtuFailed, PathMtuResult
from ...records.record import Record
from ...records.tcp_flags import ACK, RST, SYN
from .echoes import Echoes
from .histograms import SECOND_NS
from .samples import Samples

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Awaitable, Callable, Sequence

    from ...aio.inbox import AsyncRun
    from ...records.trace_rows import HopAnswer
    from ...world import World

    Probed = tuple[bool, int]

MAX_HOPS = 30
MTU_PROBES, WHY_PACKETS, CONNECT_PACKETS = 60, 100, 4
FAR = 255                             # a TTL that no path uses up


class Asked(Record):
    """What is to be probed: `host` as it was asked for, the `address` it stands for, the TCP `port`, `count` probes (of
    a path: probes a hop), until `until_s` by the loop's clock, each for `patience_s` at most."""

    host: str
    address: str
    port: int | None
    count: int
    until_s: float
    patience_s: float


def connection(host: str, *, port: int, timeout_s: float, version: int | None = None,
               world: World | None = None) -> TraceRun:
    """A trace of one hop, far away, by a TCP connection that the kernel makes: does the port answer, and how soon?"""
    from ...engines.traceroute import TracerouteEngine
    from ...engines.traceroute_settings import TracerouteSettings
    from ...records.raw_links import TcpLinkSettings
    from ...world import World

    text = host_text(host)
    settings = TracerouteSettings(text, "", "tcp", FAR, FAR, 1, 1, duration_ns("timeout_s", timeout_s),
                                  port=whole("port", port, 1, 65535), port_step=0, show_flags=True)
    world = world or World()
    family, address = first_address(world.resolver, text, version)
    with Refusals("socket"):
        link = world.network.open_connect_link(TcpLinkSettings(family, address))
    return TraceRun(TracerouteEngine(settings.replace(address=address)), link, world, settings)


connect = in_loop(connection)


class Probes:
    """The modules, over one `prober` (one socket a family).  Each adds its samples, and returns whether it succeeded
    and how many packets it sent."""

    def __init__(self, prober: aio.Prober, loop: AbstractEventLoop, world: World | None = None):
        self._prober, self._loop, self._world = prober, loop, world
        self.echoes = 0                   # echo requests that left for `icmp`

    def left_s(self, asked: Asked) -> float:
        """How long there is to wait for an answer to a probe: a little less than for all, so that a loss is told."""
        return min(asked.patience_s, 0.95 * self.rest_s(asked))

    def rest_s(self, asked: Asked) -> float:
        """How long there is for all of it."""
        return max(0.01, asked.until_s - self._loop.time())

    async def icmp(self, asked: Asked, samples: Samples) -> Probed:
        """Echo requests.  Raises OSError where none is answered because the kernel did not send them."""
        interval_s = min(0.2, self.left_s(asked) / (2 * asked.count)) if asked.count > 1 else 0.0
        timeout_s = max(0.01, self.left_s(asked) - interval_s * (asked.count - 1))
        run = Echoes(self._prober, asked.address, asked.count, interval_s, timeout_s)
        try:
            await run.wait()
        finally:
            run.close()
            result, last = run.result, run.last
            self.echoes += result.sent
            samples.add("probe_icmp_sent_packets", result.sent)
            samples.add("probe_icmp_received_packets", result.received)
            samples.add("probe_icmp_duplicate_packets", result.duplicates)
            samples.add("probe_icmp_loss_ratio", 1.0 if result.loss is None else result.loss)
            for stat, value_ns in (("min", result.rtt_min_ns), ("avg", result.rtt_avg_ns),
                                   ("median", result.rtt_median_ns), ("max", result.rtt_max_ns),
                                   ("stddev", result.deviation_ns)):
                if value_ns is not None:
                    samples.add("probe_icmp_rtt_seconds", value_ns / SECOND_NS, stat=stat)
            if last is not None:
                samples.add("probe_icmp_jitter_seconds", (result.jitter_ns or 0) / SECOND_NS)
                samples.add("probe_icmp_duration_seconds", last.rtt_ns / SECOND_NS, phase="rtt")
            if last is not None and last.ttl is not None:
                samples.add("probe_icmp_reply_hop_limit", last.ttl)
        if run.refusal and not result.is_up:
            raise OSError(run.refusal, strerror(run.refusal))
        return result.is_up, result.sent

    async def tcp(self, asked: Asked, samples: Samples) -> Probed:
        """A connection to a port, which is closed again at once."""
        rows = await connect(asked.address, port=asked.port or 0, timeout_s=self.left_s(asked), world=self._world)
        row = rows[-1] if rows else None
        flags = 0 if row is None or row.tcp_flags is None else row.tcp_flags
        samples.add("probe_tcp_refused", bool(flags & RST))
        if row is not None and row.rtt_ns is not None and flags:
            samples.add("probe_tcp_connect_seconds", row.rtt_ns / SECOND_NS)
        return flags == SYN | ACK, CONNECT_PACKETS

    async def traceroute(self, asked: Asked, samples: Samples) -> Probed:
        """The way, with ICMP, as one flow."""
        run = self.trace(asked.address, asked.count, self.left_s(asked) / 2)
        rows: list[HopAnswer] = []
        try:
            async for row in run:
                rows.append(row)
        finally:
            run.close()
            add_path(samples, rows, bool(run.reached))
        return bool(run.reached), len(rows)

    def trace(self, address: str, queries: int, timeout_s: float) -> NamedRun[HopAnswer]:
        """A trace of one flow."""
        return aio.traceroute(address, method="icmp", paris=True, queries=queries, max_hops=MAX_HOPS,
                              timeout_s=min(2.0, timeout_s), world=self._world)

    async def mtu(self, asked: Asked, samples: Samples) -> Probed:
        """The path MTU.  Raises KernelRefused."""
        found: PathMtuResult | None = None
        async for record in self.search(asked.address, self.rest_s(asked)):
            if isinstance(record, MtuFailed):
                raise KernelRefused(record.errno, record.what)
            found = record if isinstance(record, PathMtuResult) else found
        if found is not None:
            samples.add("probe_path_mtu_black_hole", found.black_hole)
            samples.add("probe_path_mtu_exact", found.exact)
            for name, size in (("probe_path_mtu_bytes", found.mtu_bytes),
                               ("probe_path_mtu_local_bytes", found.local_mtu_bytes)):
                if size:
                    samples.add(name, size)
        return found is not None and found.mtu_bytes is not None, MTU_PROBES if found is None else found.probes

    def search(self, address: str, deadline_s: float) -> AsyncRun[object]:
        """A search for the path MTU."""
        return aio.path_mtu(address, timeout_s=min(1.0, deadline_s), deadline_s=deadline_s * 0.9, max_probes=MTU_PROBES,
                            world=self._world)  # type: ignore[return-value]

    async def why(self, asked: Asked, samples: Samples) -> Probed:
        """The diagnosis of ``netlite why``."""
        found = await aio.diagnose(asked.host, asked.port, limit_s=max(1.0, self.rest_s(asked) - 0.2),
                                   max_packets=WHY_PACKETS, world=self._world)
        samples.add("probe_why_sent_packets", found.packets)
        for cause in dict.fromkeys(verdict.cause for verdict in found.verdicts):
            verdict = next(each for each in found.verdicts if each.cause == cause)
            samples.add("probe_why_info", 1, cause=cause)
            samples.add("probe_why_confidence_ratio", verdict.confidence / 100, cause=cause)
            if verdict.hop is not None:
                samples.add("probe_why_hop", verdict.hop, cause=cause)
        return found.is_well, found.packets


class Module(Record):
    """A module: its name, the method of `Probes`, how many packets it may send for `count`, and its default and
    greatest count.  Those that are `heavy` have sockets or a thread of their own, and fewer of them run at once."""

    name: str
    packets: Callable[[int], int]
    count: int
    most: int
    heavy: bool = True

    def method(self, probes: Probes) -> Callable[[Asked, Samples], Awaitable[Probed]]:
        """The one of `probes`."""
        found: Callable[[Asked, Samples], Awaitable[Probed]] = getattr(probes, self.name)
        return found


MODULES = {each.name: each for each in (
    Module("icmp", lambda count: count, 1, 100, False),
    Module("tcp", lambda _: CONNECT_PACKETS, 1, 1, False),
    Module("traceroute", lambda count: count * MAX_HOPS, 1, 10),
    Module("mtu", lambda _: MTU_PROBES, 1, 1),
    Module("why", lambda _: WHY_PACKETS, 1, 1))}


def add_path(samples: Samples, rows: Sequence[HopAnswer], reached: bool) -> None:
    """What a trace found."""
    hops = path_of(rows)
    samples.add("probe_path_reached", reached)
    samples.add("probe_path_hops", len(hops))
    samples.add("probe_path_hash", path_hash(hops))
    for hop, address in enumerate(hops, 1):
        mine = [row for row in rows if row.hop == hop]
        times_ns = [row.rtt_ns for row in mine if row.rtt_ns is not None]
        if address:
            samples.add("probe_path_hop_info", 1, hop=str(hop), address=address)
        if times_ns:
            samples.add("probe_path_hop_rtt_seconds", min(times_ns) / SECOND_NS, hop=str(hop))
        samples.add("probe_path_hop_loss_ratio", 1 - len(times_ns) / len(mine) if mine else 1.0, hop=str(hop))


def path_of(rows: Sequence[HopAnswer]) -> list[str]:
    """The address of each hop, "" for one that is silent, to the last one that answered."""
    found: dict[int, str] = {}
    for row in rows:
        if row.source is not None:
            found.setdefault(row.hop, row.source)
    return [found.get(hop, "") for hop in range(1, max(found, default=0) + 1)]


def path_hash(hops: Sequence[str]) -> int:
    """Of the addresses in order; 0 for no hops.

    >>> path_hash([]), path_hash(["192.0.2.1"]) == path_hash(["192.0.2.1", ""])
    (0, False)
    """
    return crc32(" ".join(hops).encode()) if hops else 0


def reason_of(failure: BaseException | None) -> str:
    """A word of a small set for `probe_failure_info`."""
    if isinstance(failure, TimeoutError):
        return "timeout"
    if isinstance(failure, PermissionError):
        return "not_permitted"
    if isinstance(failure, (KernelRefused, OSError)):
        return "kernel_refused"
    return "no_answer"
