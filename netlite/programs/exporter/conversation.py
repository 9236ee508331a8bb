"""One client: requests come in, answers go out, one after the other, and it is cut off when it takes too long.

It costs no task but the one that works at its answer; its time is looked after by the server's `Deadlines`.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from math import inf

from .process import http_date
from .requests import Reader, Request, Response, text_response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, TimerHandle
    from typing import Any, Protocol

    from .access import Access
    from .requests import Known

    class Host(Protocol):
        """What a conversation asks of `server.Server`."""

        known: Known
        deadlines: Deadlines

        def over(self, conversation: Conversation) -> None: ...
        def count(self, status: int) -> None: ...
        async def admit(self, request: Request) -> Response: ...

HEAD_S, IDLE_S, WRITE_S, HANDSHAKE_S = 10.0, 120.0, 15.0, 10.0
SOON_S = 0.02                         # whose answer takes longer and who sends no more has hung up
LINGER_S = 2.0                        # for who still sends: a socket that is closed unread takes its answer back
HELD_BYTES = 65536                    # of further requests, while one is worked at
NEAR_S = 0.05                         # deadlines that are so near to each other are looked after together


class Deadlines:
    """When to look again at whom: one timer for all, which is moved only for who is due earlier."""

    def __init__(self, loop: AbstractEventLoop):
        self._loop = loop
        self._due: dict[Conversation, float] = {}
        self._timer: TimerHandle | None = None
        self._next_s = inf

    def set(self, whom: Conversation, at_s: float) -> None:
        """Look at somebody then, by the loop's clock; inf: not before another time is set."""
        self._due[whom] = at_s
        if at_s < self._next_s:
            self._set_timer(at_s)

    def forget(self, whom: Conversation) -> None:
        """It is over."""
        self._due.pop(whom, None)

    def _set_timer(self, at_s: float) -> None:
        self.stop()
        self._next_s = at_s
        if at_s < inf:
            self._timer = self._loop.call_at(at_s, self._look)

    def _look(self) -> None:
        now_s = self._loop.time()
        self._next_s = inf
        for whom in [whom for whom, at_s in self._due.items() if at_s <= now_s]:
            self._due[whom] = inf
            whom.overdue()
        self._set_timer(max(min(self._due.values(), default=inf), now_s + NEAR_S))

    def stop(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._next_s = None, inf


class Conversation(asyncio.Protocol):
    """A client of `server`, let in by `access`.

    `since_s`: since when it waits for its client; None while it is at work, of which `work` is the part that may last.
    """

    def __init__(self, server: Host, access: Access, loop: AbstractEventLoop):
        self._server, self._access, self._loop = server, access, loop
        self._reader = Reader(server.known)
        self._transport: Any = None
        self.work: asyncio.Task[None] | None = None
        self._head_begun = self._full = self._stalled = self._closing = self._ended = self._held = False
        self.since_s: float | None = loop.time()

    # what the transport tells

    def connection_made(self, transport: Any) -> None:
        """The first moment, with TLS after the handshake."""
        self._transport = transport
        transport.set_write_buffer_limits(1, 0)  # full is what has not been sent; 0 would never end with TLS
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Part of a request, or of several."""
        if self._closing:
            return
        self._reader.feed(data)
        if self.since_s is not None:
            self._proceed()
        elif self._reader.held_bytes > HELD_BYTES:
            self._held = True
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """It sends nothing more; what it asked for may still leave, where that is soon."""
        self._ended = True
        self._reader.end()
        if self._closing:
            self._transport.close()
        elif self.since_s is not None:
            self._proceed()
        elif self.work is not None:
            self._loop.call_later(SOON_S, self._give_up, self.work)
        return self._access.tls is None

    def pause_writing(self) -> None:
        """What was written has not left."""
        self._full = True

    def resume_writing(self) -> None:
        """Now it has."""
        self._full = False
        if self._stalled and not self._closing:
            self._go_on()

    def connection_lost(self, failure: Exception | None) -> None:
        """The last moment."""
        self._closing = True
        if self.work is None:
            self._server.over(self)
        else:
            self.work.cancel()
            self.work.add_done_callback(lambda _: self._server.over(self))

    # what follows from it

    def overdue(self) -> None:
        """It has had its time."""
        if self.since_s is not None and self._reader.waits and not self._closing:
            self._reader.keeps = False
            self._send(text_response(408, "the request took too long"), "GET")
        elif self.since_s is not None and not self._closing:
            self._close()
        else:
            self.cut()

    def cut(self) -> None:
        """Give the socket back at once, whatever has not been sent."""
        self._closing = True
        if self.work is not None:
            self.work.cancel()
        if self._transport is not None:
            self._transport.abort()

    def _give_up(self, work: asyncio.Task[None]) -> None:
        if self.work is work:
            self.cut()

    def _wait(self) -> None:
        """For the next request."""
        now_s = self._loop.time()
        self.since_s, self._head_begun = now_s, False
        self._server.deadlines.set(self, now_s + IDLE_S)
        if self._held:
            self._held = False
            self._transport.resume_reading()

    def _proceed(self) -> None:
        if self._closing:
            return
        asked = self._reader.next()
        if asked is None:
            if self._ended:
                self._close()
            elif not self._head_begun and self._reader.waits:
                self._head_begun = True
                self._server.deadlines.set(self, self._loop.time() + HEAD_S)
            return
        self.since_s = None
        if isinstance(asked, Response):
            self._send(asked, "GET")
            return
        self._server.deadlines.set(self, inf)
        self.work = self._loop.create_task(self._answer(asked))
        if self._ended:
            self._loop.call_later(SOON_S, self._give_up, self.work)

    async def _answer(self, request: Request) -> None:
        response = await self._server.admit(request)
        self.work = None
        if response.status == 200:
            self._server.known.remember(self._reader.head, request)
        if request.method not in ("GET", "HEAD"):
            self._reader.keeps = False
        self._send(response, request.method)

    def _send(self, response: Response, method: str) -> None:
        if self._closing:
            return
        self._server.count(response.status)
        self.since_s = None
        self._transport.write(response_bytes(response, self._access.headers, method != "HEAD", self._reader.keeps))
        if not self._reader.keeps:
            self._close()
        elif self._full:
            self._stalled = True
            self._server.deadlines.set(self, self._loop.time() + WRITE_S)
        else:
            self._go_on()

    def _go_on(self) -> None:
        self._stalled = False
        self._wait()
        if self._reader.waits or self._ended:
            self._proceed()

    def _close(self) -> None:
        """When all has been sent, and that within its time."""
        self._closing = True
        now_s = self._loop.time()
        if self._reader.waits and not self._ended and self._access.tls is None:
            self._server.deadlines.set(self, now_s + (WRITE_S if self._full else LINGER_S))
            self._transport.write_eof()
        else:
            self._server.deadlines.set(self, now_s + WRITE_S)
            self._transport.close()


def response_bytes(response: Response, more: tuple[tuple[str, str], ...], with_body: bool, keeps: bool) -> bytes:
    """An answer as it is sent."""
    lines = [f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}\r\ndate: {http_date()}\r\n"
             f"content-type: {response.content_type}\r\ncontent-length: {len(response.body)}\r\n"]
    lines += [f"{name}: {value}\r\n" for name, value in (*response.headers, *more)]
    lines.append("\r\n" if keeps else "connection: close\r\n\r\n")
    return "".join(lines).encode("latin-1") + (response.body if with_body else b"")
