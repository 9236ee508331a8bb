"""`Asker`: finds the answers to the questions of a diagnosis, with the engines, links and tables that there are."""

from __future__ import annotations

from ..records.questions import (
    Connect,
    Echo,
    FindWay,
    LookAtMachine,
    LookAtSockets,
    LookUp,
    SearchMtu,
    Trace,
    TryFlows,
    WhoHas,
)
from . import diagnosis_machine as machine
from . import diagnosis_probes as probes
from . import diagnosis_traces as traces
from .diagnosis_names import look_up
from .diagnosis_sessions import Probing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..records.facts import Fact, Machine, Way
    from ..records.questions import Question
    from ..session import Session
    from ..sockets.clock import AnyClock
    from ..world import World


class Asker:
    """The questions of one diagnosis in `world`.  A refusal of the kernel is an answer, nothing is raised."""

    def __init__(self, world: World):
        self._world = world
        self._machine: Machine | None = None
        self._ways: dict[str, Way] = {}
        self._looked_ns = 0           # at own sockets

    def ask(self, questions: tuple[Question, ...]) -> tuple[tuple[tuple[Question, Fact], ...], int]:
        """The answers, and how many packets they took; what goes over links goes side by side."""
        facts: dict[Question, Fact] = {}
        begun: list[tuple[Question, Probing]] = []
        packets = 0
        for question in questions:
            if isinstance(question, (Echo, WhoHas, Connect, Trace, SearchMtu, TryFlows)):
                begun.append((question, self._probing(question)))
            else:
                facts[question], sent = self._table(question)
                packets += sent
        together(self._world, [session for _, probing in begun for session in probing.sessions])
        for question, probing in begun:
            facts[question], sent = probing.fact()
            packets += sent
        return tuple([(question, facts[question]) for question in questions]), packets

    def _table(self, question: Any) -> tuple[Fact, int]:
        world = self._world
        if isinstance(question, LookAtMachine):
            self._machine = machine.look(world)
            return self._machine, 0
        if isinstance(question, LookUp):
            return look_up(world, question, self._machine.name_servers if self._machine else ())
        if isinstance(question, FindWay):
            way = self._ways[question.address] = machine.find_way(world, question.address, self._machine)
            return way, 0
        assert isinstance(question, LookAtSockets)
        if question.again:
            until_ns = self._looked_ns + probes.SECOND_NS
            while world.clock.now_ns() < until_ns:
                world.clock.wait([], until_ns)
        else:
            self._looked_ns = world.clock.now_ns()
        return machine.look_at_sockets(world, question), 0

    def _probing(self, question: Any) -> Probing:
        world, icmp = self._world, self._machine.icmp if self._machine else None
        if isinstance(question, Echo):
            return probes.Echoing(world, question, icmp, self._ways)
        if isinstance(question, WhoHas):
            return probes.AskingHolders(world, question, self._machine.devices if self._machine else ())
        if isinstance(question, Connect):
            return probes.Connecting(world, question)
        if isinstance(question, Trace):
            return traces.Tracing(world, question)
        if isinstance(question, SearchMtu):
            return traces.Searching(world, question)
        return traces.Flowing(world, question)


def together(world: World, sessions: list[Session[Any]]) -> None:
    """Run several at once to their ends; each has somebody who takes its records."""
    try:
        _step(world.clock, sessions)
    finally:
        for session in sessions:
            session.close()


def _step(clock: AnyClock, sessions: list[Session[Any]]) -> None:
    while True:
        for session in sessions:
            if not session.finished:
                session.step()
        going = [session for session in sessions if not session.finished]
        if not going:
            return
        deadlines = [session.deadline_ns for session in going]
        if 0 in deadlines:
            continue
        until = [each for each in deadlines if each is not None]
        clock.wait([source for session in going for source in session.sources], min(until) if until else None)


