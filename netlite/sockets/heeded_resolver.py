"""Look-ups that a signal interrupts: the C library goes on after one, and Python calls its handler when it is done."""

from __future__ import annotations

from _socket import AI_CANONNAME
from _thread import _count, allocate_lock, start_new_thread

from .resolver import NO_THREAD, Resolver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from .resolver import Address

    Found = TypeVar("Found")

PLAIN = Resolver()
LOOK_S = 1.0


class HeededResolver(Resolver):
    """Asks in a thread, which goes on where who waits for it is interrupted; where there can be none, here."""

    def addresses(self, host: str, af: int = 0, flags: int = AI_CANONNAME) -> list[Address]:
        return _heeded(lambda: PLAIN.addresses(host, af, flags))

    def address(self, host: str, af: int) -> str:
        return _heeded(lambda: PLAIN.address(host, af))

    def aliases(self, host: str) -> list[str]:
        return _heeded(lambda: PLAIN.aliases(host))

    def look_up(self, address: str) -> tuple[str | None, bool]:
        return _heeded(lambda: PLAIN.look_up(address))


def _heeded(ask: Callable[[], Found]) -> Found:
    answers: list[Found] = []
    failures: list[BaseException] = []
    done = allocate_lock()
    done.acquire()

    def work() -> None:
        try:
            answers.append(ask())
        except BaseException as raised:  # whatever it is, somebody waits
            failures.append(raised)
        finally:
            done.release()

    try:
        start_new_thread(work, ())
    except NO_THREAD:
        return ask()
    while not done.acquire(timeout=LOOK_S):
        if not _count():  # it had no memory to begin
            return ask()
    if failures:
        raise failures[0]
    return answers[0]
