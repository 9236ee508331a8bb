"""Where the records of a run wait for who awaits them, and the iterator that takes them out."""

from __future__ import annotations

from asyncio import Future, get_running_loop
from collections import deque
from sys import is_finalizing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Iterable
    from typing import Self, TypeVar

    Told = TypeVar("Told")
else:
    AsyncIterator, Told = (object,), 0  # so that AsyncIterator[Told] is object at run time


class Inbox(AsyncIterator[Told]):
    """Records in the order they were put, until `end`; one awaits them at a time."""

    if not TYPE_CHECKING:
        __class_getitem__ = classmethod(lambda kind, _told: kind)

    def __init__(self) -> None:
        self._records: deque[Told] = deque()
        self._ended = False
        self._error: BaseException | None = None
        self._waiter: Future[None] | None = None

    def put(self, records: Iterable[Told]) -> None:
        """They can be had."""
        self._records.extend(records)
        self._wake()

    def end(self, error: BaseException | None = None) -> None:
        """No more come; `error` is raised after the last one."""
        if not self._ended:
            self._ended, self._error = True, error
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def __anext__(self) -> Told:
        while not self._records:
            if self._ended:
                error, self._error = self._error, None
                raise error or StopAsyncIteration
            self._waiter = get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._records.popleft()


class Closing:
    """An asynchronous context manager that closes what it is at the end."""

    def close(self) -> None:
        """End at once; harmless when repeated."""
        raise NotImplementedError

    async def aclose(self) -> None:
        """As `close`."""
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()


class AsyncRun(Closing, AsyncIterator[Told]):
    """A run of asyncio: an asynchronous iterator and context manager, and awaitable: then it gives the list of
    records.

    It begins with the first record that is awaited.  It is over, and has given everything back, when its
    records are exhausted, when who awaits one is cancelled, with `aclose` or `close`, and when nobody refers
    to it any more.
    """

    if not TYPE_CHECKING:
        __class_getitem__ = classmethod(lambda kind, _told: kind)

    def __init__(self) -> None:
        self._inbox: Inbox[Told] = Inbox()
        self._begun = self._closed = self._awaited = False

    async def _open(self) -> None:
        """Begin: from now on something puts records into the inbox."""
        raise NotImplementedError

    def _release(self) -> None:
        """Give everything back; called once."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Told:
        if self._closed:
            raise StopAsyncIteration
        if self._awaited:
            raise RuntimeError("somebody else awaits the records of this run")
        self._awaited = True
        try:
            if not self._begun:
                self._begun = True
                await self._open()
            return await self._inbox.__anext__()
        except BaseException:
            self.close()
            raise
        finally:
            self._awaited = False

    async def _all(self) -> list[Told]:
        return [record async for record in self]

    def __await__(self) -> Generator[object, None, list[Told]]:
        return self._all().__await__()

    def close(self) -> None:
        """End at once; harmless when repeated.  Who awaits a record gets no more."""
        if not self._closed:
            self._closed = True
            self._inbox.end()
            self._release()

    def __del__(self) -> None:
        if "_closed" in self.__dict__ and not is_finalizing():  # then nothing is left to give back
            self.close()
