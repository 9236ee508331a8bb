"""Sessions of a diagnosis: engines whose probes are counted and whose records are kept, until a fact comes of them."""

from __future__ import annotations

from ..engines.actions import SendProbe
from ..engines.engine import Engine
from ..errors import KernelRefused
from ..records.facts import Refusal
from ..records.replies import IcmpError
from ..session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..engines.actions import Action
    from ..engines.events import Event
    from ..links.link import Link
    from ..records.facts import Fact
    from ..world import World


class Counted(Engine):
    """An engine, and how many probes it sent."""

    def __init__(self, engine: Engine):
        self._engine = engine
        self.packets = 0

    def feed(self, event: Event) -> list[Action]:
        actions = self._engine.feed(event)
        self.packets += sum(type(action) is SendProbe for action in actions)
        self.deadline_ns = self._engine.deadline_ns
        return actions


class Kept(Session["Any"]):
    """A session that keeps its records."""

    def __init__(self, engine: Engine, link: Link, world: World):
        self.records: list[Any] = []
        self.refused: int | None = None
        self.counted = Counted(engine)
        super().__init__(self.counted, link, world)

    def step(self) -> list[Any]:
        try:
            told = super().step()
        except KernelRefused as refusal:  # of a send: a port that is taken, a setting
            self.refused, told = refusal.errno, []
            self._run.finished = True
        self.records += told
        return told


class Probing:
    """Some sessions, and the fact that comes of them; `refused` is the errno where none could begin."""

    def __init__(self, world: World):
        self.world = world
        self.sessions: list[Kept] = []
        self.refused: int | None = None

    def start(self, engine: Engine, link: Link) -> Kept:
        """One more session of this question."""
        kept = Kept(engine, link, self.world)
        self.sessions.append(kept)
        return kept

    @property
    def packets(self) -> int:
        """How many probes were sent."""
        return sum(session.counted.packets for session in self.sessions)

    def fact(self) -> tuple[Fact, int]:
        """The answer, and the packets it took."""
        raise NotImplementedError


def refusal_of(reply: IcmpError) -> Refusal:
    """What an ICMP error says, as a fact."""
    return Refusal(reply.source, reply.type, reply.code, reply.errno, reply.info or None)
