"""Every exercise on the kernel: what memory says about right and wrong, the kernel says too."""

import pytest
from exercise_sessions import NAMES, after, load, reached, session_of

from netlite.lab.exercise.session import play_moves


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_mends_it_there_too(labs, name):
    with session_of(name, "namespaces") as session:
        play_moves(session, session.exercise.solution)
        assert all(reached(session)), [session.perform(goal.looked_at.node, goal.looked_at.command.split())
                                       for goal in session.exercise.goals]


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_fix_does_not(labs, name):
    assert not all(after(name, load(name).exercise.wrong[0], "namespaces"))
