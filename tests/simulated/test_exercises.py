"""Every exercise, in memory: broken at the beginning, mended by its solution, by its wrong fixes not."""

import pytest
from exercise_sessions import NAMES, after, load, reached, session_of

from netlite.lab.exercise.session import play_moves

WRONG = [(name, number) for name in NAMES for number in range(len(load(name).exercise.wrong))]


def test_there_are_enough_of_them_and_of_each_level():
    assert len(NAMES) >= 12
    assert {load(name).exercise.level for name in NAMES} == {1, 2, 3}


@pytest.mark.parametrize("name", NAMES)
def test_it_is_broken_and_the_solution_mends_it(name):
    with session_of(name) as session:
        assert not all(reached(session))
        play_moves(session, session.exercise.solution)
        assert all(reached(session))
        session.restart()
        assert not all(reached(session))


@pytest.mark.parametrize("name, number", WRONG)
def test_a_wrong_fix_does_not_pass(name, number):
    assert not all(after(name, load(name).exercise.wrong[number]))


@pytest.mark.parametrize("name", NAMES)
def test_each_part_of_a_solution_is_needed(name):
    solution = load(name).exercise.solution
    for left_out in range(len(solution)):
        assert not all(after(name, solution[:left_out] + solution[left_out + 1:])), solution[left_out]


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_a_student_needs(name):
    exercise = load(name).exercise
    assert len(exercise.hints) >= 2 and exercise.wrong and len(exercise.explained.split()) >= 25
    for goal in exercise.goals:
        assert goal.says.endswith(".") and goal.not_yet.endswith(".") and goal.says != goal.not_yet
    for move in exercise.solution:
        assert (move.words if move.node else f"fix {move.words}") not in exercise.hints[0], "the first hint tells all"
        assert move.node or exercise.mends, "nobody would mend it"
