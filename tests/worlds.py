"""The two worlds that tests give to a program, or a part of one, instead of this machine's.

`in_memory`: a node of a topology, with virtual time; names are those of the topology, and localhost.
`recorded`: kernel tables and name files as they once were (replay.py); here made up, from the texts of the files.
"""

from __future__ import annotations

from pathlib import Path

from replay import ReplayEnvironment

from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.topology import chain


def in_memory(program: str, **circumstances) -> SimulatedEnvironment:
    """The world of a program on the client of a small lab; `circumstances` as of SimulatedEnvironment."""
    return SimulatedEnvironment(program, chain(1), "client", **circumstances)


def recorded(folder: Path, program: str, **names: str) -> ReplayEnvironment:
    """A world without kernel tables, with these files under its etc: hosts="192.0.2.1 router\\n"."""
    etc = folder / "etc"
    etc.mkdir(exist_ok=True)
    for file, text in names.items():
        (etc / file).write_text(text)
    return ReplayEnvironment(program, str(folder), str(etc))
