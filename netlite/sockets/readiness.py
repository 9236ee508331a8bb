"""Which of many sockets can be read: epoll(7), or poll(2) where no descriptor is to be had for that."""

from __future__ import annotations

from select import EPOLLIN, epoll, poll

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Union

    from .clock import Source

    AnyReadiness = Union[epoll, "Polled"]


def open_readiness() -> AnyReadiness:
    """An epoll object, or what stands for one."""
    try:
        return epoll()
    except OSError:
        return Polled()


def joined(sources: Iterable[Source]) -> epoll:
    """One descriptor that can be read when one of theirs can.  Raises OSError."""
    together = epoll()
    for source in sources:
        if source.fileno() >= 0:
            together.register(source.fileno(), EPOLLIN)
    return together


class Polled:
    """What links ask of an epoll object, without a descriptor: `clock.Clock.wait` looks now and then by itself."""

    def __init__(self) -> None:
        polled = poll()
        self.register, self.unregister = polled.register, polled.unregister
        self._poll = polled.poll

    def poll(self, timeout: int = 0, maxevents: int = -1) -> list[tuple[int, int]]:
        """As epoll.poll without waiting."""
        ready = self._poll(0)
        return ready if maxevents < 0 else ready[:maxevents]

    def fileno(self) -> int:
        return -1

    def close(self) -> None:
        """There is nothing to close."""
