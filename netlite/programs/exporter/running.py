"""An exporter at work: its parts put together, files that are read again when they change, signals, the end."""

from __future__ import annotations

import asyncio
from os.path import dirname

from ... import aio
from ...errors import UsageError
from ...feature_errors import LibraryMissing
from ...render.visible import visible
from .access import Access, read_access
from .allowed import Allowed
from .bounds import Budget
from .files import Loop
from .names import Names
from .probing import Probes
from .process import SPARE, catch_signals, ignore_broken_pipes, is_read, limit_tls_buffers, raise_limit, signature
from .rounds import Rounds
from .server import Server
from .service import Rules, Service
from .target_files import read_file_sd, read_lines
from .watched_target import Pace
from .watching import Watches
from .words import REFUSED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...environment import Environment
    from .server import Listener
    from .target_files import Target
    from .words import Options

LOOK_S = 2.0                          # between looks at the files
DESCRIPTORS = 3                       # of a probe with sockets of its own
FEWEST = 16                           # streams, the loop, a listener, sockets that stay, a client, a table


class Exporter:
    """One process' worth of it.  `read_files`, then `run`."""

    def __init__(self, options: Options, environment: Environment):
        self._options, self._environment = options, environment
        self._access = Access()
        self._targets: dict[str, list[Target]] = {}
        self._seen: dict[str, list[tuple[int, ...] | None]] = {}
        self._fine: dict[str, bool] = {}
        self._allowed = Allowed(options.allow)

    def read_files(self, changed_only: bool = False) -> list[str]:
        """Read the files, those that have changed or all; a line for each that is wrong, which changes nothing."""
        complaints = []
        files = [*self._options.files, *([("web", self._options.web)] if self._options.web else [])]
        for kind, path in files:
            seen = [signature(each) for each in (path, *(self._access.files if kind == "web" else ()))]
            if changed_only and seen == self._seen.get(path):
                continue
            self._seen[path] = seen
            try:
                self._read(kind, path)
                self._fine[path] = True
                if kind == "web":
                    self._seen[path] = [seen[0], *map(signature, self._access.files)]
            except (OSError, ValueError, LibraryMissing) as wrong:
                self._fine[path] = False
                complaints.append(visible(f"{path}: {getattr(wrong, 'strerror', None) or wrong}"))
        return complaints

    def _read(self, kind: str, path: str) -> None:
        text = self._environment.read_file(path, plain=True)
        if kind == "web":
            self._access = read_access(text, dirname(path) or ".")
        elif kind == "targets":
            self._targets[path] = read_lines(text.decode())
        else:
            self._targets[path] = read_file_sd(text.decode(), not path.endswith(".json"))

    def run(self, listeners: list[Listener]) -> None:
        """Until SIGINT or SIGTERM."""
        if self._environment.owns_process:
            ignore_broken_pipes()
            limit_tls_buffers()
        with asyncio.Runner(loop_factory=Loop) as runner:
            runner.get_loop().set_exception_handler(lambda loop, context: None)  # clients that break off
            runner.run(self.serve(listeners))

    async def serve(self, listeners: list[Listener]) -> None:
        """Until a signal, or until it is cancelled.  Raises UsageError."""
        options, world, loop = self._options, self._environment, asyncio.get_running_loop()
        limit = raise_limit(options.connections + options.at_once * DESCRIPTORS + SPARE if world.owns_process else 0)
        most = max(1, min(options.connections, (limit - SPARE) // 2))
        if limit < FEWEST:
            raise UsageError(f"{world.program}: {limit} descriptors are too few (ulimit -n)\n", REFUSED)
        if limit < SPARE:
            self._say(f"{limit} descriptors are few (ulimit -n): a client at a time, and probes and tables may lack "
                      "some")
        ended, again = asyncio.Event(), asyncio.Event()
        undo = catch_signals(loop, ended.set, again.set) if world.owns_process else None
        names, budget = Names(world), Budget(options.rate)
        async with (aio.Prober(rate=options.rate, in_flight=60000, lasting=True, world=world) as prober,
                    Rounds(rate=options.rate, in_flight=60000, lasting=True, world=world) as rounds):
            probes = Probes(prober, loop, world)
            failures: asyncio.Future[None] = loop.create_future()
            pace = Pace(options.interval_s, options.timeout_s, options.trace_s)
            watches = Watches(names, rounds, probes, budget, pace,
                              lambda failure: None if failures.done() else failures.set_exception(failure))
            rules = Rules(options.at_once, options.queue, options.offset_s, options.patience_s, options.host)
            service = Service(rules, probes, names, budget, watches, lambda: self._allowed, world)
            service.files = self._fine
            server = service.server = Server(service.answer, lambda: self._access, most)
            watches.choose(self._all_targets())
            tasks = [asyncio.ensure_future(each) for each in
                     (server.serve(listeners), self._follow(watches, again), ended.wait(), failures)]
            self._say_where(listeners)
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await watches.close()
                if undo is not None:
                    undo()

    def _say_where(self, listeners: Iterable[Listener]) -> None:
        for listener in listeners:
            host, port = listener.getsockname()[:2]
            scheme = "https" if self._access.tls else "http"
            self._say(f"listening on {scheme}://{f'[{host}]' if ':' in host else host}:{port}")

    def _say(self, line: str) -> None:
        """To stderr; a reader that does not read misses it, for clients and signals would wait for him."""
        if not self._environment.owns_process or is_read(2):
            self._environment.err.write(f"{self._environment.program}: {line}\n")

    def _all_targets(self) -> list[Target]:
        return [target for each in self._targets.values() for target in each]

    async def _follow(self, watches: Watches, again: asyncio.Event) -> None:
        """Read what has changed, and all at SIGHUP."""
        while True:
            try:
                async with asyncio.timeout(LOOK_S):
                    await again.wait()
            except TimeoutError:
                pass
            forced = again.is_set()
            again.clear()
            before = dict(self._seen)
            complaints = self.read_files(changed_only=not forced)
            for line in complaints:
                self._say(f"{line}; what it said before holds")
            if forced or self._seen != before:
                watches.choose(self._all_targets())
