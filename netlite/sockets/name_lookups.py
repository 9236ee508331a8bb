"""Questions that are answered in threads: names of addresses as events, and any questions side by side.

A slow name server then delays neither a probe nor the other answers.
"""

from __future__ import annotations

from _thread import allocate_lock, start_new_thread

from ..engines.events import NameFound
from .resolver import NO_THREAD
from .wakeup import Wakeup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, Protocol, Self, TypeVar

    from .resolver import Resolver

    Question = TypeVar("Question")
    Found = TypeVar("Found")

    class Lookups(Protocol):
        """What is asked of `NameLookups`, and of those in memory."""

        def ask(self, address: str) -> None: ...
        def receive(self, at_ns: int) -> list[NameFound]: ...
        def fileno(self) -> int: ...
        def close(self) -> None: ...
        def __enter__(self) -> Self: ...
        def __exit__(self, *_: object) -> None: ...

Known = tuple[str | None, str | None, bool]
"""What is known about an address: name, path of autonomous systems, and whether that is an answer (see NameFound)."""


def names_of(resolver: Resolver, addresses: list[str]) -> dict[str, str | None]:
    """The names of several addresses, None for those without one; waits for all of them."""
    def name(address: str) -> str | None:
        try:
            return resolver.name(address)
        except Exception:
            return None

    return dict(zip(addresses, side_by_side(name, addresses)))


def beside(work: Callable[[], object]) -> None:
    """Have it done in a thread that nobody waits for; where there can be none, here."""
    try:
        start_new_thread(work, ())
    except NO_THREAD:
        work()


def side_by_side(ask: Callable[[Question], Found], questions: Sequence[Question], at_once: int = 16) -> list[Found]:
    """``ask(question)`` for all questions, in their order; waits for all of them.

    Up to `at_once` are asked in threads of their own, so that one that nobody answers does not hold up the rest; where
    there can be no threads, or a thread lacks memory, one after the other.  What `ask` raises is raised here, once all
    are answered.
    """
    if len(questions) < 2:
        return [ask(question) for question in questions]
    waiting = list(enumerate(questions))
    answers: list[Any] = [None] * len(questions)
    failures: list[BaseException | None] = [None] * len(questions)
    done = [allocate_lock() for _ in questions]
    for lock in done:
        lock.acquire()

    def work() -> None:
        """Nothing here takes memory that there might not be: an answer that is lost is awaited for ever."""
        while waiting:
            try:
                place, question = waiting.pop()
            except IndexError:  # another thread took the last one
                return
            try:
                answers[place] = ask(question)
            except BaseException as raised:  # also KeyboardInterrupt: somebody waits for an answer
                failures[place] = raised
            finally:
                done[place].release()

    try:
        for _ in range(min(at_once, len(questions))):
            start_new_thread(work, ())
    except NO_THREAD:  # or no more of them: this one works too
        work()
    for lock in done:
        while not lock.acquire(timeout=1.0):
            work()  # threads may have died before they began
    for place, failure in enumerate(failures):
        if isinstance(failure, NO_THREAD):
            answers[place] = ask(questions[place])
        elif failure is not None:
            raise failure
    return answers


class NameLookups:
    """Reverse look-ups in background threads; the answers come back as events.

    Each address is asked once and remembered, the latest `most` of them; at most `at_once` are in flight, and `most`
    wait.  Every question is answered, with `nothing_found` if its thread fails or too many wait.  Where no
    thread can be had (RLIMIT_NPROC, memory), the one who asks waits for the answer, as the originals do.  Without a
    `resolver` no address has a name.
    """

    nothing_found: Known = None, None, False
    most = 4096  # whoever sends makes addresses up as he likes

    def __init__(self, resolver: Resolver | None, at_once: int = 8):
        self._resolver = resolver
        self._at_once = at_once
        self._waiting: list[str] = []
        self._running = 0
        self._answers: list[tuple[str, Known]] = []
        self._asked: set[str] = set()
        self._known: dict[str, Known] = {}
        self._wakeup = Wakeup()
        self._closed = False
        self._holding = allocate_lock()  # the wakeup: by who calls it, or closes it

    def ask(self, address: str) -> None:
        """Have `address` looked up; the answer appears in a later `receive`."""
        if address in self._known:
            self._running += 1  # as far as `receive` is concerned
            self._tell(address, self._known[address])
        elif address not in self._asked and not self._closed:
            if len(self._waiting) >= self.most:
                self._running += 1
                return self._tell(address, self.nothing_found)
            self._asked.add(address)
            self._waiting.append(address)
            self._start()

    def receive(self, at_ns: int) -> list[NameFound]:
        """The names found since the last call."""
        if not self._answers:
            return []
        self._wakeup.answer()
        events = []
        while self._answers:
            address, found = self._answers.pop(0)
            if address in self._asked:
                self._asked.remove(address)
                self._known[address] = found
                if len(self._known) > self.most:
                    del self._known[next(iter(self._known))]
            self._running -= 1
            events.append(NameFound(at_ns, address, *found))
        self._start()
        return events

    def find(self, address: str) -> Known:
        """What is known about an address, as NameFound has it; may take its time."""
        name, answered = self._resolver.look_up(address) if self._resolver else (None, False)
        return name, None, answered

    def fileno(self) -> int:
        return self._wakeup.fileno()

    def close(self) -> None:
        """Forget the questions; what a thread still in the C library finds is not heard any more."""
        self._waiting.clear()
        with self._holding:
            self._closed = True
            self._answers.clear()
            self._wakeup.close()

    def _start(self) -> None:
        while self._waiting and self._running < self._at_once:
            address = self._waiting.pop(0)
            self._running += 1
            try:
                start_new_thread(self._look_up, (address,))
            except NO_THREAD:
                if self._running > 1:  # the answer to another question starts this one again
                    self._running -= 1
                    self._waiting.insert(0, address)
                    return
                self._look_up(address)

    def _look_up(self, address: str) -> None:
        found = self.nothing_found
        try:
            found = self.find(address)
        except Exception:  # whatever happens here, somebody waits
            pass
        finally:
            self._tell(address, found)

    def _tell(self, address: str, found: Known) -> None:
        with self._holding:
            if not self._closed:
                self._answers.append((address, found))
                self._wakeup.call()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
