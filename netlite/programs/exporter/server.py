"""HTTP for clients, honest or not: h11 reads and writes HTTP/1.1, asyncio the sockets, and here are the bounds.

A request has `HEAD_S` to arrive from its first byte on and `HEAD_BYTES`; who takes no answer for `WRITE_S` is cut off.
There are so many connections at most: where all are taken, one that waits for its client gives way, else the new one is
turned away with 503.  Who hangs up ends what was done for him.
"""

from __future__ import annotations

import asyncio
import socket
from asyncio import StreamReader, StreamReaderProtocol, StreamWriter, Task, create_task, get_running_loop
from http import HTTPStatus
from time import gmtime, strftime

import h11

from ...records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import Transport
    from collections.abc import Awaitable, Callable, Iterable

    from .access import Access

Listener = socket.socket
"""What is listened at."""

HEAD_BYTES, BODY_BYTES, READ_BYTES = 16384, 65536, 65536
HEAD_S, IDLE_S, WRITE_S, HANDSHAKE_S = 10.0, 120.0, 15.0, 10.0
SOON_S = 0.02                         # an answer that takes longer is worth a look at whether its client is still there
GRACE_S = 2.0                         # a connection is young for so long, and gives way to none
BACKLOG = 1024
TEXT = "text/plain; charset=utf-8"
TURNED_AWAY = b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Request(Record):
    """`method`, `path` and `query` as they were asked for, `headers` by names in small letters (the last of each)."""

    method: str
    path: str
    query: str
    headers: dict[str, str]


class Response(Record):
    """An answer."""

    status: int
    body: bytes
    content_type: str = TEXT
    headers: tuple[tuple[str, str], ...] = ()


def text_response(status: int, text: str, *headers: tuple[str, str]) -> Response:
    """A line of text."""
    return Response(status, f"{text}\n".encode("utf-8", "replace"), TEXT, headers)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket.  Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(host != "::"))
        listener.bind((host, port))
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener


class Server:
    """Serves what `answer` returns to the clients that `access` lets in, `most` connections at once."""

    def __init__(self, answer: Callable[[Request], Awaitable[Response]], access: Callable[[], Access], most: int):
        self._answer, self._access, self._most = answer, access, most
        self._open: dict[Task[None], float | None] = {}  # since when it waits for its client; None: it is at work
        self._fresh: set[socket.socket] = set()
        self.refused = 0
        self.by_status: dict[int, int] = {}

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._open)

    async def serve(self, listeners: Iterable[socket.socket]) -> None:
        """Until it is cancelled."""
        try:
            await asyncio.gather(*[self._accept(each) for each in listeners])
        finally:
            tasks = list(self._open)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, listener: socket.socket) -> None:
        loop = get_running_loop()
        while True:
            try:
                client, _ = await loop.sock_accept(listener)
            except OSError:  # out of descriptors or memory, or the client is gone
                await asyncio.sleep(0.05)
                continue
            if len(self._open) >= self._most and not self._make_room(loop.time()):
                self.refused += 1
                _turn_away(client)
                continue
            self._fresh.add(client)
            task = create_task(self._serve(client))
            self._open[task] = loop.time()
            task.add_done_callback(lambda done, client=client: self._over(done, client))  # type: ignore[misc]

    def _over(self, task: Task[None], client: socket.socket) -> None:
        self._open.pop(task, None)
        if client in self._fresh:         # it was cancelled before it began
            self._fresh.discard(client)
            client.close()

    def _make_room(self, now_s: float) -> bool:
        """Cut off who has waited longest for his client, if there is one."""
        waiting = [(since_s, task) for task, since_s in self._open.items() if since_s is not None]
        if not waiting or min(since_s for since_s, _ in waiting) > now_s - GRACE_S:
            return False
        task = min(waiting, key=lambda each: each[0])[1]
        del self._open[task]
        return task.cancel()

    def _mark(self, since_s: float | None) -> None:
        task = asyncio.current_task()
        if task in self._open:
            self._open[task] = since_s

    async def _serve(self, client: socket.socket) -> None:
        """A connection from its first byte to its last."""
        self._fresh.discard(client)
        loop, access = get_running_loop(), self._access()
        reader = StreamReader(READ_BYTES)
        protocol = StreamReaderProtocol(reader)
        try:
            transport, _ = await loop.connect_accepted_socket(
                lambda: protocol, client, ssl=access.tls, ssl_handshake_timeout=HANDSHAKE_S if access.tls else None)
        except (OSError, TimeoutError):   # asyncio has closed it
            return
        transport.set_write_buffer_limits(1, 0)  # to drain is to have it sent; 0 would never end with TLS
        writer = StreamWriter(transport, protocol, reader, loop)
        try:
            await self._converse(access, reader, writer)
            transport.close()
            async with asyncio.timeout(WRITE_S):
                await writer.wait_closed()
        except (OSError, TimeoutError):
            pass
        finally:
            _cut(transport)

    async def _converse(self, access: Access, reader: StreamReader, writer: StreamWriter) -> None:
        """Requests and answers, one after the other."""
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES)
        loop = get_running_loop()
        while True:
            self._mark(loop.time())
            try:
                asked = await _receive(connection, reader)
            except h11.RemoteProtocolError as wrong:
                status = wrong.error_status_hint or 400
                asked = text_response(status, f"this is no request: {HTTPStatus(status).phrase}")
            except TimeoutError:
                if not connection.trailing_data[0]:
                    return
                asked = text_response(408, "the request took too long")
            self._mark(None)
            if asked is None:
                return
            if isinstance(asked, Response):
                if connection.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                    await self._send(connection, writer, asked, access, "GET", True)
                return
            response = await self._respond(access, asked, connection, reader)
            if response is None:
                return
            await self._send(connection, writer, response, access, asked.method, asked.method not in ("GET", "HEAD"))
            if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
                return
            connection.start_next_cycle()

    async def _respond(self, access: Access, request: Request, connection: h11.Connection,
                       reader: StreamReader) -> Response | None:
        """The answer; None where the client hung up before there was one."""
        work = create_task(self._admit(access, request))
        try:
            await asyncio.wait((work,), timeout=SOON_S)
            if work.done():
                return work.result()
        except BaseException:
            work.cancel()
            raise
        more = create_task(reader.read(READ_BYTES))
        try:
            await asyncio.wait((work, more), return_when=asyncio.FIRST_COMPLETED)
            if more.done() and not more.cancelled():
                data = more.result() if more.exception() is None else b""
                if not data and not work.done():
                    return None
                if data:
                    connection.receive_data(data)  # the next request
            return await work
        finally:
            for task in (work, more):
                task.cancel()
            await asyncio.gather(work, more, return_exceptions=True)

    async def _admit(self, access: Access, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return text_response(405, "GET and HEAD alone", ("allow", "GET, HEAD"))
        if not await access.admits(request.headers.get("authorization", "")):
            return text_response(401, "unauthorized", ("www-authenticate", 'Basic realm="netlite", charset="UTF-8"'))
        try:
            return await self._answer(request)
        except Exception as failure:  # whatever it is, the other clients are answered
            return text_response(500, f"internal error: {type(failure).__name__}: {failure}")

    async def _send(self, connection: h11.Connection, writer: StreamWriter, response: Response, access: Access,
                    method: str, last: bool) -> None:
        headers = [("date", strftime("%a, %d %b %Y %H:%M:%S GMT", gmtime())), ("content-type", response.content_type),
                   ("content-length", str(len(response.body))), *response.headers, *access.headers,
                   *([("connection", "close")] if last else [])]
        self.by_status[response.status] = self.by_status.get(response.status, 0) + 1
        parts = [connection.send(h11.Response(status_code=response.status, headers=headers,
                                              reason=HTTPStatus(response.status).phrase))]
        if method != "HEAD" and response.body:
            parts.append(connection.send(h11.Data(response.body)))
        parts.append(connection.send(h11.EndOfMessage()))
        writer.write(b"".join([part for part in parts if part]))
        async with asyncio.timeout(WRITE_S):
            await writer.drain()


async def _receive(connection: h11.Connection, reader: StreamReader) -> Request | Response | None:
    """The next request; None where there is none any more, an answer where it is too long.

    Raises RemoteProtocolError for what is none, TimeoutError.
    """
    request: h11.Request | None = None
    size, begun, loop = 0, bool(connection.trailing_data[0]), get_running_loop()
    async with asyncio.timeout(HEAD_S if begun else IDLE_S) as limit:
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                data = await reader.read(READ_BYTES)
                if data and not begun:
                    begun = True
                    limit.reschedule(loop.time() + HEAD_S)
                connection.receive_data(data)
            elif isinstance(event, h11.Request):
                request = event
            elif isinstance(event, h11.Data):
                size += len(event.data)
                if size > BODY_BYTES:
                    return text_response(413, "a request has no such body here")
            elif isinstance(event, h11.EndOfMessage) and request is not None:
                break
            else:
                return None
    path, _, query = request.target.decode("ascii", "replace").partition("?")
    return Request(request.method.decode("ascii", "replace"), path, query,
                   {name.decode("ascii", "replace"): value.decode("latin-1") for name, value in request.headers})


def _cut(transport: Transport) -> None:
    """Give the socket back at once, whatever has not been sent."""
    transport.abort()


def _turn_away(client: socket.socket) -> None:
    try:
        client.setblocking(False)
        client.send(TURNED_AWAY)
    except OSError:
        pass
    client.close()
