"""Playing a scene with real programs, on a machine that may be busy."""

from __future__ import annotations

from contextlib import ExitStack

from precedence import NETWORK, promptly

from netlite.lab.play import play

PLAYS = 4


def look_again(look, record_property):
    """What `look()` finds wrong: nothing, as soon as one of `PLAYS` looks finds nothing.

    The waits in a scene are real, and a busy machine can use them up.  The end of the run names the tests that
    looked more than once.
    """
    wrong, again = look(), 0
    while wrong and again < PLAYS - 1:
        wrong, again = look(), again + 1
    if again:
        record_property("differed", again)
    return wrong


def play_as_said(loaded, open_stage, record_property) -> list:
    """The outcomes of a scene on the stage that `open_stage()` opens; played again when one is not as the scene says."""
    outcomes: list = []

    def look() -> bool:
        with ExitStack() as opened:
            with promptly(NETWORK):
                stage = opened.enter_context(open_stage())
            with promptly():
                outcomes[:] = play(loaded, stage, lambda text: None)
        return any(outcome.problems for outcome in outcomes)

    look_again(look, record_property)
    return outcomes
