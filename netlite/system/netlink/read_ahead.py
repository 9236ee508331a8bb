"""Let the kernel produce the next chunk of a long dump while the last one is formatted."""

from __future__ import annotations

DIRECT_CHUNKS = 8


def read_ahead(chunks):
    """The same chunks in the same order; from the ninth on a thread fetches them.

    recv(2) releases the interpreter lock while the kernel walks its tables, so a second core is used.
    Short dumps never start the thread, and where there can be none the chunks are fetched as they are wanted.  An
    exception of `chunks` is raised at its place.
    """
    for count, chunk in enumerate(chunks, 1):
        yield chunk
        if count == DIRECT_CHUNKS:
            break
    else:
        return
    from _queue import SimpleQueue
    from _thread import start_new_thread

    queue: SimpleQueue[tuple[bytes | None, BaseException | None]] = SimpleQueue()
    try:
        start_new_thread(_fetch, (chunks, queue.put))
    except (RuntimeError, MemoryError):
        yield from chunks
        return
    while True:
        chunk, failure = queue.get()
        if failure is not None:
            raise failure
        if chunk is None:
            return
        yield chunk


def _fetch(chunks, put) -> None:
    try:
        for chunk in chunks:
            put((chunk, None))
    except BaseException as failure:  # noqa: BLE001 - raised again where the chunk is awaited
        put((None, failure))
    else:
        put((None, None))
