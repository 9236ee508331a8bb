"""What comes to a program in memory beside packets, at times known before: signals, and names that were looked up."""

from __future__ import annotations

from ...engines.events import Interrupted, NameFound
from .resolver import SimulatedResolver
from .virtual_clock import VirtualClock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Self

    from ...engines.events import Event

    Coming = tuple[int, Callable[[int], Event]]
    """A time, and what makes the event from the time at which it is told."""


class Timed:
    """Events that come at times known before: the interface the driver has with signals and look-ups."""

    def __init__(self, clock: VirtualClock):
        self.clock = clock
        self.coming: list[Coming] = []

    def due_ns(self) -> int | None:
        return min((at_ns for at_ns, _ in self.coming), default=None)

    def fileno(self) -> int:
        """There is nothing to wait on: time is virtual."""
        return -1

    def receive(self, at_ns: int) -> list[Any]:
        due = [each for each in self.coming if each[0] <= at_ns]
        self.coming = [each for each in self.coming if each[0] > at_ns]
        return [event(at_ns) for _, event in due]

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class SimulatedLookups(Timed):
    """`sockets.name_lookups.NameLookups` with a delay."""

    def __init__(self, resolver: SimulatedResolver | None, clock: VirtualClock, delay_ns: int | None):
        super().__init__(clock)
        self._resolver = resolver
        self._delay_ns = delay_ns

    def ask(self, address: str) -> None:
        if self._delay_ns is not None:
            name = self._resolver.name(address) if self._resolver is not None else None
            self.coming.append((self.clock.now_ns() + self._delay_ns, lambda at_ns: NameFound(at_ns, address, name)))


class SimulatedRegistry(SimulatedLookups):
    """`sockets.routing_registry.RegistryLookups` where nobody knows the name of the registry."""

    def __init__(self, resolver: SimulatedResolver | None, clock: VirtualClock, delay_ns: int | None, server: str,
                 service: str):
        super().__init__(resolver, clock, delay_ns)
        self.failure = ""
        self._place = f"{server}/{service}"

    def ask(self, address: str) -> None:
        self.failure = f"{self._place}: Name or service not known"
        super().ask(address)


class SimulatedSignals(Timed):
    """`sockets.signals.Signals` with a schedule."""

    def __init__(self, clock: VirtualClock, schedule: list[Coming]):
        super().__init__(clock)
        self.coming = list(schedule)

    def ask(self) -> None:
        self.coming.append((self.clock.now_ns(), Interrupted))
