"""What keeps an exporter from doing too much: so many probes at once, and so many packets a second."""

from __future__ import annotations

from asyncio import Semaphore, get_running_loop, sleep


class Overfull(Exception):
    """No more: the queue is full, or the packets of a probe could not leave before its time is over."""


class Room:
    """So many at once; `queue` more wait for their turn, the next one is refused.

        async with room: ...              # raises Overfull
    """

    def __init__(self, at_once: int, queue: int):
        self._turns = Semaphore(at_once)
        self._at_once, self._queue = at_once, queue
        self.inside = self.waiting = 0

    async def __aenter__(self) -> None:
        if self.inside + self.waiting >= self._at_once + self._queue:
            raise Overfull("too many probes wait")
        self.waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self.waiting -= 1
        self.inside += 1

    async def __aexit__(self, *_: object) -> None:
        self.inside -= 1
        self._turns.release()


class Budget:
    """Packets a second, over all probes.  Each pays for all it may send before its first packet leaves.

    So over any time of t seconds no more than `rate` * t packets leave, and those of the probes that are under way.
    """

    def __init__(self, rate: float):
        self._rate = rate
        self._next_s = 0.0                # when all that was paid for has left, at the rate

    async def pay(self, packets: int, until_s: float) -> None:
        """Wait until the rate allows for them.  Raises Overfull where that is after `until_s`, by the loop's clock."""
        if not self._rate:
            return
        now_s = get_running_loop().time()
        start_s = max(self._next_s, now_s)
        if start_s > until_s:
            raise Overfull("the packets a second are used up")
        self._next_s = start_s + packets / self._rate
        if start_s > now_s:
            await sleep(start_s - now_s)

    def give_back(self, packets: int) -> None:
        """They were paid for, and not sent."""
        if self._rate:
            self._next_s -= packets / self._rate
