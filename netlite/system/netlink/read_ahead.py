"""Let the kernel produce the next chunk of a long dump while the last one is formatted."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeVar

    Chunk = TypeVar("Chunk")
    Fetched = tuple[Chunk | None, BaseException | None]

DIRECT_CHUNKS = 8
MOST_AHEAD = 32  # chunks, of 32 KiB at most: the kernel may be quicker than who formats them
PATIENCE_S = 1.0


def read_ahead(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """The same chunks in the same order; from the ninth on a thread fetches them, some at most before they are wanted.

    recv(2) releases the interpreter lock while the kernel walks its tables, so a second core is used.
    Short dumps never start the thread, and where there can be none, or no queue (python3-minimal), the chunks are
    fetched as they are wanted.  An exception of `chunks` is raised at its place.
    """
    for count, chunk in enumerate(chunks, 1):
        yield chunk
        if count == DIRECT_CHUNKS:
            break
    else:
        return
    from _thread import _count, start_new_thread

    try:
        from _queue import Empty, SimpleQueue

        queue: SimpleQueue[Fetched[Chunk]] = SimpleQueue()
        room: SimpleQueue[bool] = SimpleQueue()  # True for each further chunk, False at the end
        for _ in range(MOST_AHEAD):
            room.put(True)
        start_new_thread(_fetch, (chunks, queue.put, room.get))
    except (ImportError, RuntimeError, MemoryError):
        yield from chunks
        return
    try:
        while True:
            try:
                fetched, failure = queue.get(timeout=PATIENCE_S)
            except Empty:
                if not _count() and queue.empty():  # it had no memory to say that it has none
                    raise MemoryError from None
                continue
            if failure is not None:
                raise failure
            if fetched is None:
                return
            room.put(True)
            yield fetched
    finally:
        room.put(False)


def _fetch(chunks: Iterator[Chunk], put: Callable[[Fetched[Chunk]], None], is_wanted: Callable[[], bool]) -> None:
    try:
        for chunk in chunks:
            put((chunk, None))
            if not is_wanted():
                return
    except BaseException as failure:  # noqa: BLE001 - raised again where the chunk is awaited
        put((None, failure))
    else:
        put((None, None))
