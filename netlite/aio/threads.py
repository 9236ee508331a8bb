"""What waits, done in a thread, without holding up the event loop."""

from __future__ import annotations

from asyncio import Future, get_running_loop

from ..sockets.name_lookups import beside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Found = TypeVar("Found")


def in_thread(work: Callable[[], Found]) -> Future[Found]:
    """What `work` returns or raises, as a future; where there can be no thread it is done at once, here.

    The thread ends with its work: nobody waits for it, not even the end of the process, as with
    ``asyncio.to_thread``, whose threads are joined by one more.
    """
    loop = get_running_loop()
    answer: Future[Found] = loop.create_future()

    def tell(found: Found | None, raised: Exception | None) -> None:
        if answer.done():
            return
        if raised is None:
            answer.set_result(found)  # type: ignore[arg-type]
        else:
            answer.set_exception(raised)

    def run() -> None:
        found, failure = None, None
        try:
            found = work()
        except Exception as raised:  # whatever it is, somebody waits
            failure = raised
        try:
            loop.call_soon_threadsafe(tell, found, failure)
        except RuntimeError:  # the loop is closed: nobody wants to know
            pass

    beside(run)
    return answer
