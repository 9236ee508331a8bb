"""An exporter in a thread of its own, on the loopback interface, and clients that speak HTTP byte by byte."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from errno import ECONNRESET, ENOTCONN, EPIPE

from prometheus_client.parser import text_string_to_metric_families

from netlite import aio
from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.topology import chain
from netlite.programs.exporter import server as serving
from netlite.programs.exporter.access import Access
from netlite.programs.exporter.allowed import Allowed
from netlite.programs.exporter.bounds import Budget
from netlite.programs.exporter.names import Names
from netlite.programs.exporter.probing import Probes
from netlite.programs.exporter.requests import Request
from netlite.programs.exporter.service import Rules, Service
from netlite.programs.exporter.rounds import Rounds
from netlite.programs.exporter.watched_target import Pace
from netlite.programs.exporter.watching import Watches
from netlite.sockets.listening import listen


class Serving:
    """`answer` served at `place` (host, port) until it is closed; then nothing of it may be left.  A context manager.
    `access`: the rules, or who tells those of now."""

    def __init__(self, answer, access=None, most=50):
        self.listener = listen("127.0.0.1", 0)
        self.place = self.listener.getsockname()[:2]
        self.server = serving.Server(answer, access if callable(access) else lambda: access or Access(), most)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        self._ready.wait(60)

    async def _serve(self):
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._loop.set_exception_handler(lambda loop, context: None)
        self._ready.set()
        try:
            await self.server.serve([self.listener])
        except asyncio.CancelledError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(60)
        assert not self._thread.is_alive()
        self.listener.close()


def descriptors() -> set[str]:
    return set(os.listdir("/proc/self/fd"))


def until(condition) -> None:
    """Look again and again."""
    for _ in range(6000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("in vain")


def send(place, data: bytes, timeout: float = 60.0) -> bytes:
    """All that comes back to `data`, until the server hangs up or nothing more is to come."""
    with socket.create_connection(place, timeout) as client:
        found = b""
        try:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            while part := client.recv(65536):
                found += part
        except OSError as gone:
            if gone.errno not in (ECONNRESET, ENOTCONN, EPIPE):
                raise
        return found


def get(place, target: str, *headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer."""
    lines = [f"GET {target} HTTP/1.1", "Host: x", "Connection: close", *headers, "", ""]
    with socket.create_connection(place, 60) as client:
        client.sendall("\r\n".join(lines).encode())
        data = b""
        while part := client.recv(65536):
            data += part
    head, _, body = data.partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    return int(first.split()[1]), {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}, body


def values(text: str | bytes) -> dict[tuple[str, frozenset], float]:
    """Samples of a page, by name and labels."""
    page = text.decode() if isinstance(text, bytes) else text
    return {(sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(page) for sample in family.samples}


def ask(targets: list[str], *, topology=None, allow=("any",), rules=None, rate=0.0, headers=None):
    """The answers of a service in a network in memory to several targets of HTTP, one after the other."""
    async def run():
        world = SimulatedEnvironment("exporter", topology or chain(2), "client")
        names, budget = Names(world), Budget(rate)
        async with aio.Prober(lasting=True, world=world) as prober, Rounds(lasting=True, world=world) as rounds:
            probes = Probes(prober, asyncio.get_running_loop(), world)
            watches = Watches(names, rounds, probes, budget, Pace(), lambda failure: None)
            service = Service(rules or Rules(), probes, names, budget, watches, lambda: Allowed(allow), world)
            found = []
            for target in targets:
                path, _, query = target.partition("?")
                found.append(await service.answer(Request("GET", path, query, headers or {})))
            return found

    return asyncio.run(run())
