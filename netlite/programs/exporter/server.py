"""HTTP for clients, honest or not: who is listened to, how many at once, and who gives way.

There are so many connections at most: where all are taken, one that waits for its client gives way, else the new one is
turned away with 503.  What becomes of a connection is in `conversation`, how its bytes are read in `requests`.
"""

from __future__ import annotations

import asyncio
import socket
from asyncio import Task, create_task, get_running_loop
from errno import ENOMEM
from os import strerror

from .conversation import HANDSHAKE_S, Conversation, Deadlines
from .files import FileSocket
from .requests import Known, Request, Response, text_response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from .access import Access

Listener = socket.socket
"""What is listened at."""

GRACE_S = 2.0                         # a connection is young for so long, and gives way to none
TURNS = 10
TURNED_AWAY = b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Server:
    """Serves what `answer` returns to the clients that `access` lets in, `most` connections at once."""

    def __init__(self, answer: Callable[[Request], Awaitable[Response]], access: Callable[[], Access], most: int):
        self._answer, self._access, self._most = answer, access, most
        self._open: dict[Conversation, Task[None]] = {}  # with what begins it
        self._fresh: dict[Conversation, socket.socket] = {}
        self.known = Known()
        self.refused = 0
        self.by_status: dict[int, int] = {}

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._open)

    async def serve(self, listeners: Iterable[socket.socket]) -> None:
        """Until it is cancelled."""
        self.deadlines = Deadlines(get_running_loop())
        try:
            await asyncio.gather(*[self._accept(each) for each in listeners])
        finally:
            tasks = [task for each in list(self._open) for task in (each.work, self._cut(each)) if task is not None]
            await asyncio.gather(*tasks, return_exceptions=True)
            for _ in range(TURNS):        # asyncio closes a socket in a turn after the one that ends it
                if self._open:
                    await asyncio.sleep(0)
            self.deadlines.stop()

    async def _accept(self, listener: socket.socket) -> None:
        loop = get_running_loop()
        while True:
            try:
                client = FileSocket.take((await loop.sock_accept(listener))[0])
            except OSError:  # out of descriptors or memory, or the client is gone
                await asyncio.sleep(0.05)
                continue
            if len(self._open) >= self._most and not self._make_room(loop.time()):
                self.refused += 1
                _turn_away(client)
                continue
            access = self._access()
            conversation = Conversation(self, access, loop)
            self._fresh[conversation] = client
            task = self._open[conversation] = create_task(self._begin(conversation, access, client))
            task.add_done_callback(lambda _, whom=conversation: self._close_unbegun(whom))  # type: ignore[misc]

    async def _begin(self, conversation: Conversation, access: Access, client: socket.socket) -> None:
        del self._fresh[conversation]
        try:
            await get_running_loop().connect_accepted_socket(
                lambda: conversation, client, ssl=access.tls, ssl_handshake_timeout=HANDSHAKE_S if access.tls else None)
        except (OSError, TimeoutError):   # asyncio has closed it
            self.over(conversation)
        except asyncio.CancelledError:
            self.over(conversation)
            raise

    def _close_unbegun(self, conversation: Conversation) -> None:
        client = self._fresh.pop(conversation, None)
        if client is not None:            # it was cancelled before it began
            client.close()
            self.over(conversation)

    def _make_room(self, now_s: float) -> bool:
        """Cut off who has waited longest for his client, if there is one."""
        waiting = [(each.since_s, each) for each in self._open if each.since_s is not None]
        if not waiting or min(since_s for since_s, _ in waiting) > now_s - GRACE_S:
            return False
        oldest = min(waiting, key=lambda each: each[0])[1]
        self._cut(oldest)
        self.over(oldest)
        return True

    def _cut(self, conversation: Conversation) -> Task[None]:
        task = self._open[conversation]
        task.cancel()
        conversation.cut()
        return task

    # for conversations

    def over(self, conversation: Conversation) -> None:
        """It has ended."""
        self._open.pop(conversation, None)
        self.deadlines.forget(conversation)

    def count(self, status: int) -> None:
        """An answer leaves."""
        self.by_status[status] = self.by_status.get(status, 0) + 1

    async def admit(self, request: Request) -> Response:
        """The answer to a request, or why there is none: by the rules of now, however long its client has been here."""
        if request.method not in ("GET", "HEAD"):
            return text_response(405, "GET and HEAD alone", ("allow", "GET, HEAD"))
        if not await self._access().admits(request.headers.get("authorization", "")):
            return text_response(401, "unauthorized", ("www-authenticate", 'Basic realm="netlite", charset="UTF-8"'))
        try:
            return await self._answer(request)
        except (OSError, MemoryError) as lacking:
            return text_response(503, strerror(getattr(lacking, "errno", None) or ENOMEM))
        except Exception as failure:  # whatever it is, the other clients are answered
            return text_response(500, f"internal error: {type(failure).__name__}: {failure}")


def _turn_away(client: socket.socket) -> None:
    try:
        client.setblocking(False)
        client.send(TURNED_AWAY)
    except OSError:
        pass
    client.close()
