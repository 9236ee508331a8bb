"""A whole program in memory: `simulate("ping -c1 server", topology)` gives text, status, transcript.

Nothing is opened, nobody waits, and the same call gives the same bytes: times are virtual.
"""

from __future__ import annotations

from ..lab.memory.environment import SimulatedEnvironment
from ..lab.scene.topology import Topology
from ..records.record import Record
from .registry import execute, folder_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Played(Record):
    """What a program left behind: texts, exit status, transcript lines, packets sent, time taken, files made."""

    stdout: str
    stderr: str
    status: int
    transcript: tuple[str, ...]
    packets: tuple[bytes, ...]
    duration_ns: int
    files: dict[str, bytes]


def simulate(command: str | list[str], topology: Topology, node: str | None = None,
             **circumstances: Any) -> Played:
    """Run a program of netlite on `node` (the first one unless given) of a topology.

    `circumstances` are those of `SimulatedEnvironment`; several programs with the same `lab` find what those before
    them changed.  An internal error is raised, not told.
    """
    words = command.split() if isinstance(command, str) else list(command)
    environment = SimulatedEnvironment(words[0], topology, node or next(iter(topology.nodes)), **circumstances)
    folder = folder_of(words[0]) or words[0]
    started_ns = environment.clock.now_ns()
    status = execute(folder, words[1:], environment)
    return Played(environment.out.text, environment.err.text, status, tuple(environment.lines),
                  tuple(environment.sent), environment.clock.now_ns() - started_ns, environment.created)
