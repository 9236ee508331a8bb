"""Every exercise on the kernel: what memory says about right and wrong, the kernel says too."""

import subprocess

import pytest
from exercise_sessions import NAMES, after, load, reached, session_of

from netlite.lab.exercise.results import from_text
from netlite.lab.exercise.session import play_moves
from netlite.programs.registry import netlite_argv


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_mends_it_there_too(quick_labs, name):
    with session_of(name, "namespaces") as session:
        play_moves(session, session.exercise.solution)
        assert all(reached(session)), [session.perform(goal.looked_at.node, goal.looked_at.command.split())
                                       for goal in session.exercise.goals]


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_fix_does_not(quick_labs, name):
    assert not all(after(name, load(name).exercise.wrong[0], "namespaces"))


def test_the_prompt_runs_programs_of_this_machine_there(labs, tmp_path):
    """netlite's own programs, others, a shell; and a result that says so."""
    typed = ("ping -n -c1 -W1 198.18.1.2\nip route add default via 198.18.1.2\nserver: hostname\nnosuchprogram\nat r1\nshell\n"
             "check\nexit\n")
    done = subprocess.run(netlite_argv(["lab", "exercise", "no-way-out", "--backend", "namespaces", "--result", "r.json", "--student", "anna"]),
                          input=typed, capture_output=True, text=True, timeout=300, cwd=tmp_path, check=False)
    if "ip: command not found" in done.stdout:
        pytest.skip("no iproute2 here")
    assert done.returncode == 0 and "1 received" in done.stdout and "nosuchprogram: command not found" in done.stdout
    assert "Reached, with no hint and 1 check." in done.stdout
    found = from_text((tmp_path / "r.json").read_bytes())
    assert found.backend == "namespaces" and found.verdict.reached and [step.typed for step in found.steps][1].startswith("ip route")
    graded = subprocess.run(netlite_argv(["lab", "grade", str(tmp_path)]), capture_output=True, text=True, timeout=300, check=False)
    assert "anna,no-way-out,doubtful" in graded.stdout and "cannot be played again" in graded.stdout


def test_what_was_typed_in_namespaces_is_played_again_in_memory(labs, tmp_path):
    done = subprocess.run(netlite_argv(["lab", "exercise", "old-card", "--backend", "namespaces", "--result", "r.json", "--student", "bert"]),
                          input="arp -n\narp -d 198.18.1.2\ncheck\n", capture_output=True, text=True, timeout=300, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stdout
    graded = subprocess.run(netlite_argv(["lab", "grade", str(tmp_path)]), capture_output=True, text=True, timeout=300, check=False)
    assert "bert,old-card,reached,2 of 2" in graded.stdout and ",agrees," in graded.stdout
