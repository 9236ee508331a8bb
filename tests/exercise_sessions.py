"""Exercises at work in tests."""

from __future__ import annotations

from functools import cache
from itertools import count

from netlite.lab import backends
from netlite.lab.exercise.session import Session, play_moves
from netlite.lab.scene import scene
from netlite.programs.registry import netlite_argv
from netlite.programs.simulate import simulate_for_an_hour

NAMES = scene.names(scene.EXERCISES)


@cache
def load(name: str):
    return scene.load(name, folder=scene.EXERCISES)


def session_of(name: str, backend: str = "memory") -> Session:
    """A session, with a clock that goes a second a step."""
    seconds = count()
    return Session(load(name), lambda each: backends.opened(each, backend, netlite_argv, simulate_for_an_hour),
                   lambda: f"2030-01-31T08:00:{next(seconds):02}Z")


def reached(session: Session) -> list[bool]:
    return [is_so for _, is_so in session.looked()]


def after(name: str, moves, backend: str = "memory") -> list[bool]:
    """Which goals are reached after somebody did that."""
    with session_of(name, backend) as session:
        play_moves(session, moves)
        return reached(session)
