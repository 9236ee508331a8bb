"""Exercises: what a scene's ``[exercise]`` table says.

A scene with one is a network that is broken, and somebody is to find out where and mend it::

    [exercise]
    level = 1                        # 1 easy, 2, 3 hard
    done = ["client: route del default"]   # commands that break it, in this order
    broken = ["r2"]                  # faults of the scene that are on at the beginning
    mends = 1                        # how many faults may be mended by others (``fix NAME``); 0 unless given
    hints = ["First hint.", "A second one, which says more."]
    solution = ["client: route add default gw 198.18.1.2", "fix r2"]
    explained = "What was wrong, and why that mends it."
    wrong = ["client: route add default gw 198.18.1.77; fix r1"]   # what does not suffice, for tests

    [[exercise.goals]]               # as [[try]]; `see` says what is to be so
    node = "client"
    command = "ping -n -c 1 -W 2 server"
    expect = ["1 received"]
    see = "The client reaches the server."
    not_yet = "A ping of the client to the server is not answered."

A fault that is not on is an offer that does not help: ``fix`` of it is a mend wasted.
"""

from __future__ import annotations

from ...records.record import Record
from .experiments import Experiment, read_experiment
from .scene_table import Table
from .topology import Topology

FIX = "fix "


class Goal(Record):
    """Something that is to be so: what `looked_at` shows then, and the sentence for as long as it does not."""

    looked_at: Experiment
    not_yet: str

    @property
    def says(self) -> str:
        """The sentence about it."""
        return self.looked_at.see


class Move(Record):
    """A command on a node; node "": the fault `words` is mended by others."""

    node: str
    words: str


class Exercise(Record):
    """What is broken at the beginning, what is to be so at the end, and what helps."""

    level: int
    done: tuple[Move, ...]
    broken: tuple[str, ...]
    mends: int
    goals: tuple[Goal, ...]
    hints: tuple[str, ...]
    solution: tuple[Move, ...]
    explained: str
    wrong: tuple[tuple[Move, ...], ...]


def read_exercise(table: Table, topology: Topology) -> Exercise:
    """The ``[exercise]`` table.  Raises SceneError."""
    level = table.one_of("level", 1)
    goals = tuple([_goal(row, topology) for row in table.tables("goals")])
    if not goals:
        raise table.wrong(f"{table.place} has no [[exercise.goals]]: nobody could reach it", "goals")
    done = _moves(table, "done", topology)
    solution = _moves(table, "solution", topology)
    if not solution:
        raise table.wrong(f"{table.place} lacks 'solution': nobody could give up", "solution")
    wrong = tuple([tuple([_move(table, "wrong", each.strip(), topology) for each in text.split(";")])
                   for text in table.texts("wrong")])
    exercise = Exercise(level, done, table.texts("broken"), int(table.at_least_0("mends", 100)), goals,
                        table.texts("hints"), solution, table.take("explained", str, required=True).strip(), wrong)
    table.finish()
    return exercise


def _goal(row: Table, topology: Topology) -> Goal:
    not_yet = row.take("not_yet", str, required=True)
    return Goal(read_experiment(row, topology), not_yet)


def _moves(table: Table, key: str, topology: Topology) -> tuple[Move, ...]:
    return tuple([_move(table, key, text, topology) for text in table.texts(key)])


def _move(table: Table, key: str, text: str, topology: Topology) -> Move:
    if text.startswith(FIX):
        return Move("", text.removeprefix(FIX).strip())
    node, colon, command = text.partition(": ")
    if not colon or node not in topology.nodes or not command.strip():
        raise table.wrong(f"{table.place}: {text!r} is not \"NODE: COMMAND\" or \"fix FAULT\"", key)
    return Move(node, command.strip())
