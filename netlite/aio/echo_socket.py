"""`EchoSocket`: one socket that many runs in an event loop share, and who awaits what of it."""

from __future__ import annotations

from weakref import ref

from ..engines.echo_targets import EchoTargets
from ..engines.requests import TargetAdded, TargetDropped
from ..links.driver import Run
from ..world import World
from .pump import Pump

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable, Sequence
    from typing import Any, Protocol

    from ..engines.events import Event
    from ..records.echo_targets import EchoTarget, EchoTargetsConfig
    from ..records.verdicts import HostResult, Tally, Verdict

    class User(Protocol):
        """Who is told of a host: verdicts, if they are told, and its result; or that nothing more comes."""

        def told(self, record: Verdict | HostResult) -> None: ...
        def over(self, error: BaseException | None) -> None: ...


class Requests:
    """A source of the driver: hosts to add and to drop."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def receive(self, at_ns: int) -> Sequence[Event]:
        """What was asked for since the last time."""
        events, self.events = self.events, []
        return [event.replace(at_ns=at_ns) for event in events]

    def fileno(self) -> int:
        """None: the pump is turned when there is something."""
        return -1

    def due_ns(self) -> int | None:
        """Nor is a time known."""
        return None


class EchoSocket:
    """One socket, its engine and who awaits what of it; a Stepper for `Pump`."""

    def __init__(self, world: World, loop: AbstractEventLoop, link: Any, config: EchoTargetsConfig,
                 pump: Callable[..., Pump] = Pump):
        world.network.keep_stamping()
        self.clock: Any = world.clock
        self._link = link
        self._requests = Requests()
        self._engine = EchoTargets(config)
        self._run: Run = Run(self._engine, link, self.clock, self._requests, sweeps=not config.verdicts)
        self._users: dict[int, ref[User]] = {}  # weak: a run that nobody else refers to is over
        self._last_key = 0
        self._pump = pump(loop, self, self._hand_out, self.end_all)

    def add(self, user: User, target: EchoTarget) -> int:
        """Probe a target for a run; returns the key it has here."""
        self._last_key += 1
        self._users[self._last_key] = ref(user)
        self._requests.events.append(TargetAdded(0, target.replace(key=self._last_key)))
        self._pump.turn()
        return self._last_key

    def drop(self, key: int) -> bool:
        """Nobody awaits it any more; True when nobody awaits anything."""
        if self._users.pop(key, None) is not None:
            self._requests.events.append(TargetDropped(0, key))
        return not self._users

    def standing(self, key: int) -> HostResult | None:
        """How a host does that is not done."""
        return self._engine.standing(key)

    def tally(self, key: int) -> Tally | None:
        """The counts of a host that is not done."""
        return self._engine.tally(key)

    def take_round_trips(self, key: int) -> list[int]:
        """Those of a host that is not done (ns), in the order of arrival; each is had once."""
        return self._engine.take_round_trips(key)

    def look(self) -> None:
        """Read what has come by now."""
        self._pump.turn()

    def close(self) -> None:
        """Give the socket back."""
        self._pump.stop()
        self._link.close()

    def _hand_out(self, records: list[Any]) -> None:
        for key, record in records:
            user = self._users[key]() if key in self._users else None
            if user is not None:
                user.told(record)

    def end_all(self, error: BaseException | None) -> None:
        """Nobody gets anything more."""
        users, self._users = [user() for user in self._users.values()], {}
        for user in users:
            if user is not None:
                user.over(error)

    # for the pump

    @property
    def finished(self) -> bool:
        return self._run.finished

    @property
    def deadline_ns(self) -> int | None:
        return self._run.deadline_ns if self._run.idle else 0

    @property
    def is_real(self) -> bool:
        return self.fileno() >= 0

    def fileno(self) -> int:
        return int(self._link.fileno())

    def step(self) -> list[Any]:
        return self._run.turns()

    def wait(self) -> None:
        if self._run.idle and (self._run.deadline_ns is not None or self._link.due_ns() is not None):
            self.clock.wait(self._run.sources, self._run.deadline_ns)
