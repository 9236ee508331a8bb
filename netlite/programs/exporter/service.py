"""What is answered to a request: ``/probe``, ``/metrics``, ``/-/healthy``, and a page that names them."""

from __future__ import annotations

import asyncio

from ...aio.threads import in_thread
from ...errors import NameUnknown, NetliteError
from ...records.record import Record
from .bounds import Budget, Overfull, Room
from .host import add_host
from .probing import MODULES, Asked, Module, Probes, reason_of
from .process import open_descriptors, processor_seconds
from .queries import Query, Refused, read_query, read_target
from .requests import Request, Response, text_response
from .samples import Samples, render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...world import World
    from .allowed import Allowed
    from .names import Names
    from .server import Server
    from .watching import Watches

USUAL_S, LONGEST_S = 10.0, 120.0      # until when an answer is wanted, unless the request says, and at most
OUTCOMES = ("success", "failure", "refused", "forbidden", "abandoned")
WORTH_PACKING_BYTES = 8192
PAGE = b"""<!doctype html><title>netlite exporter</title><h1>netlite exporter</h1>
<p><a href="metrics">metrics</a>, <a href="-/healthy">healthy</a>, <code>probe?target=HOST&amp;module=icmp</code></p>
"""


class Rules(Record):
    """The bounds: probes `at_once` (of heavy modules a sixteenth), so many more in the `queue`; an answer leaves
    `offset_s` before Prometheus gives up; a probe waits `patience_s` for its answer at most; `host`: this host's tables
    are told."""

    at_once: int = 256
    queue: int = 1024
    offset_s: float = 0.5
    patience_s: float = 5.0
    host: bool = True


class Service:
    """The answers.  `allowed` is asked anew for each probe; `own` adds the samples of the process that serves."""

    def __init__(self, rules: Rules, probes: Probes, names: Names, budget: Budget, watches: Watches,
                 allowed: Callable[[], Allowed], world: World):
        self._rules, self._probes, self._names, self._budget = rules, probes, names, budget
        self._watches, self._allowed, self._world = watches, allowed, world
        self._rooms = {False: Room(rules.at_once, rules.queue), True: Room(max(2, rules.at_once // 16), rules.queue)}
        self._outcomes: dict[tuple[str, str], int] = {}
        self._table: asyncio.Future[Samples] | None = None
        self.server: Server | None = None
        self.files: dict[str, bool] = {}

    async def answer(self, request: Request) -> Response:
        """The answer to any request."""
        try:
            if request.path == "/probe":
                samples = await self._probe(request)
                return Response(200, *render(samples, ""))  # the plain format costs a third of OpenMetrics
            if request.path == "/metrics":
                return self._samples(await self._metrics(), request)
        except Refused as refused:
            return text_response(refused.status, str(refused))
        if request.path == "/-/healthy":
            return text_response(200, "netlite exporter is healthy")
        if request.path == "/":
            return Response(200, PAGE, "text/html; charset=utf-8")
        return text_response(404, "there is /probe, /metrics and /-/healthy")

    def _samples(self, samples: Samples, request: Request) -> Response:
        body, content_type = render(samples, request.headers.get("accept", ""))
        if len(body) >= WORTH_PACKING_BYTES and "gzip" in request.headers.get("accept-encoding", ""):
            from gzip import compress

            return Response(200, compress(body, 1), content_type, (("content-encoding", "gzip"),))
        return Response(200, body, content_type)

    # /probe

    async def _probe(self, request: Request) -> Samples:
        query, until_s = read_query(request.query), self._until_s(request)
        if len(query.targets) == 1:
            samples = Samples()
            try:
                await self._probe_target(query.targets[0], query, until_s, samples)
            except Overfull as full:
                self._count(query.module, "refused")
                raise Refused(503, str(full)) from None
            return samples
        return await self._probe_several(query, until_s)

    async def _probe_several(self, query: Query, until_s: float) -> Samples:
        """All at once; each sample says which target it is of."""
        parts = [Samples() for _ in query.targets]
        tasks = [asyncio.ensure_future(self._probe_target(target, query, until_s, part))
                 for target, part in zip(query.targets, parts)]
        try:
            await asyncio.gather(*tasks)
        except Overfull as full:
            self._count(query.module, "refused")
            raise Refused(503, str(full)) from None
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        samples = Samples()
        for target, part in zip(query.targets, parts):
            samples.take(part, target=target)
        return samples

    def _until_s(self, request: Request) -> float:
        """When to answer, by the loop's clock."""
        said = request.headers.get("x-prometheus-scrape-timeout-seconds")
        try:
            seconds = USUAL_S if said is None else float(said)
        except ValueError:
            seconds = -1.0
        if not 0 < seconds < 1e9:
            raise Refused(400, f"X-Prometheus-Scrape-Timeout-Seconds is no time: {said!r}")
        return asyncio.get_running_loop().time() + min(max(seconds - self._rules.offset_s, seconds / 2), LONGEST_S)

    def _count(self, module: Module, outcome: str) -> None:
        self._outcomes[module.name, outcome] = self._outcomes.get((module.name, outcome), 0) + 1

    async def _probe_target(self, target: str, query: Query, until_s: float, samples: Samples) -> None:
        """All samples of one target.  Raises Overfull, and Refused for one that may not be probed."""
        loop, module = asyncio.get_running_loop(), query.module
        begun_s, success, failure = loop.time(), False, ""
        host, port = read_target(target, module)
        try:
            async with asyncio.timeout_at(until_s), self._rooms[module.heavy]:
                address, asked_host = await self._find(host, query.version, samples)
                packets = module.packets(query.count)
                await self._budget.pay(packets, until_s)
                asked = Asked(asked_host, address, port, query.count, until_s, self._rules.patience_s)
                success, sent = await module.method(self._probes)(asked, samples)
                self._budget.give_back(packets - sent)
                failure = "" if success else reason_of(None)
        except NameUnknown:
            failure = "name_unknown"
        except (NetliteError, OSError) as refusal:  # TimeoutError is one, too
            failure = reason_of(refusal)
        except Refused:
            self._count(module, "forbidden")
            raise
        except asyncio.CancelledError:
            self._count(module, "abandoned")
            raise
        self._count(module, "success" if success else "failure")
        samples.add("probe_success", success)
        samples.add("probe_duration_seconds", loop.time() - begun_s)
        if failure:
            samples.add("probe_failure_info", 1, reason=failure)

    async def _find(self, host: str, version: int | None, samples: Samples) -> tuple[str, str]:
        """The address to probe, and the word a diagnosis may look up: the name, where that is allowed.

        Raises Refused, NameUnknown.
        """
        allowed, loop = self._allowed(), asyncio.get_running_loop()
        named = allowed.name(host) or host in self._watches.hosts
        if not named and not allowed.has_networks:
            raise Refused(403, f"{host} may not be probed: see --allow")
        begun_s = loop.time()
        found = await self._names.addresses(host, version)
        samples.add("probe_dns_lookup_time_seconds", loop.time() - begun_s)
        address = next((each for each in found if named or allowed.address(each)), None)
        if address is None:
            raise Refused(403, f"{host} may not be probed: see --allow")
        samples.add("probe_ip_protocol", 6 if ":" in address else 4)
        return address, host if named else address

    # /metrics

    async def _metrics(self) -> Samples:
        samples = Samples()
        self._add_own(samples)
        self._watches.add(samples)
        if self._rules.host:
            samples.take(await self._host())
        return samples

    async def _host(self) -> Samples:
        """Read in a thread, one at a time: who asks meanwhile gets the same."""
        if self._table is None or self._table.done():
            self._table = in_thread(self._read_host)
        return await asyncio.shield(self._table)

    def _read_host(self) -> Samples:
        samples = Samples()
        add_host(samples, self._world)
        return samples

    def _add_own(self, samples: Samples) -> None:
        from ... import __version__

        samples.add("netlite_exporter_info", 1, version=__version__)
        for module in MODULES:
            for outcome in OUTCOMES:
                samples.add("netlite_exporter_probes_total", self._outcomes.get((module, outcome), 0), module=module,
                            outcome=outcome)
        samples.add("netlite_exporter_echo_requests_total", self._probes.echoes)
        samples.add("netlite_exporter_probes_running", sum(room.inside for room in self._rooms.values()))
        samples.add("netlite_exporter_probes_waiting", sum(room.waiting for room in self._rooms.values()))
        if self.server is not None:
            samples.add("netlite_exporter_connections", self.server.connections)
            samples.add("netlite_exporter_connections_refused_total", self.server.refused)
            for status, count in sorted(self.server.by_status.items()):
                samples.add("netlite_exporter_requests_total", count, status=str(status))
        for path, readable in self.files.items():
            samples.add("netlite_exporter_files_readable", readable, path=path)
        samples.add("netlite_exporter_processor_seconds_total", processor_seconds())
        samples.add("netlite_exporter_open_descriptors", open_descriptors())
