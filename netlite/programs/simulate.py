"""A whole program in memory: `simulate("ping -c1 server", topology)` gives text, status, transcript.

Nothing is opened, nobody waits, and the same call gives the same bytes: times are virtual.
"""

from __future__ import annotations

from ..engines.transcript import lines_of
from ..lab.memory.environment import SimulatedEnvironment
from ..lab.memory.virtual_clock import HOUR_NS, SECOND_NS, NothingWillHappen
from ..lab.scene.topology import Topology
from ..records.record import Record
from .registry import execute, folder_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..engines.actions import Action
    from ..engines.events import Event

MOST_TURNS = 50_000
LAST_NS = HOUR_NS - 2 * SECOND_NS  # the clock begins at a second, and goes no further than an hour
INTERRUPTED_STATUS = 130


class Played(Record):
    """What a program left behind: texts, exit status, events and actions, packets sent, time taken, files made."""

    stdout: str
    stderr: str
    status: int
    story: tuple[tuple[Event, tuple[Action, ...]], ...]
    packets: tuple[bytes, ...]
    duration_ns: int
    files: dict[str, bytes]

    @property
    def transcript(self) -> tuple[str, ...]:
        """The lines of its transcript."""
        return tuple(lines_of(self.story))


def simulate(command: str | list[str], topology: Topology, node: str | None = None,
             **circumstances: Any) -> Played:
    """Run a program of netlite on `node` (the first one unless given) of a topology.

    `circumstances` are those of `SimulatedEnvironment`; several programs with the same `lab` find what those before
    them changed.  An internal error is raised, not told.
    """
    words, environment = _begun(command, topology, node, circumstances)
    started_ns = environment.clock.now_ns()
    return _played(environment, _status(words, environment), started_ns)


def simulate_for_an_hour(command: str | list[str], topology: Topology, node: str | None = None,
                         **circumstances: Any) -> Played:
    """The same for programs of which nobody knows whether they end: after an hour, or MOST_TURNS waits and packets,
    they are interrupted (SIGINT)."""
    words, environment = _begun(command, topology, node, {**circumstances, "signals": [(LAST_NS, "SIGINT")]})
    started_ns = environment.clock.now_ns()
    environment.clock.turns_left, environment.clock.end_ns = MOST_TURNS, started_ns + LAST_NS
    try:
        status = _status(words, environment)
    except NothingWillHappen:
        environment.clock.pass_to(started_ns + LAST_NS)
        status = INTERRUPTED_STATUS
    if environment.clock.now_ns() >= started_ns + LAST_NS:
        most = "for an hour" if environment.clock.turns_left > 0 else f"for {MOST_TURNS} waits and packets"
        environment.error(f"netlite lab: {words[0]} was interrupted: in memory a program runs {most} at most\n")
    return _played(environment, status, started_ns)


def _begun(command: str | list[str], topology: Topology, node: str | None,
           circumstances: dict[str, Any]) -> tuple[list[str], SimulatedEnvironment]:
    words = command.split() if isinstance(command, str) else list(command)
    return words, SimulatedEnvironment(words[0], topology, node or next(iter(topology.nodes)), **circumstances)


def _status(words: list[str], environment: SimulatedEnvironment) -> int:
    return execute(folder_of(words[0]) or words[0], words[1:], environment)


def _played(environment: SimulatedEnvironment, status: int, started_ns: int) -> Played:
    return Played(environment.out.text, environment.err.text, status, tuple(environment.story.told),
                  tuple(environment.sent), environment.clock.now_ns() - started_ns, environment.created)
