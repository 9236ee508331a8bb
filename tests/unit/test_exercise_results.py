"""Result files: what is changed in one is seen, and the table of a class."""

import csv
import io
import json

import pytest
from exercise_sessions import load, session_of

from netlite.lab.exercise import results
from netlite.lab.exercise.results import BadResult, from_text, is_chained, is_sealed, to_text
from netlite.programs.lab.grade import cell, finder, graded, read_seeds, to_csv

SOLVED = (("client", "route -n"), ("", "hint"), ("client", "route add default gw 198.18.1.2"), ("", "check"))


def result_of(steps, student="anna", seed="", name="no-way-out", backend="memory") -> str:
    """The text of a result in which that was typed."""
    with session_of(name) as session:
        for node, typed in steps:
            session.note(node, typed)
            if node:
                session.perform(node, typed.split())
            else:
                session.do(typed)
        return to_text(session.result(student, backend, "1", session.verdict(session.looked())), seed)


def row_of(text: str, seeds=None, name="a.json"):
    return graded([(name, text.encode())], finder(None), seeds)[0]


def changed(text: str, change) -> str:
    told = json.loads(text)
    change(told)
    return json.dumps(told)


def test_a_result_comes_back_as_it_was():
    text = result_of(SOLVED)
    found = from_text(text.encode())
    assert is_chained(found) and is_sealed(found, "") and not is_sealed(found, "other")
    assert found.verdict == results.Verdict(True, False, found.verdict.goals, 1, 0, 1)
    assert [step.typed for step in found.steps] == [typed for _, typed in SOLVED]
    assert to_text(found, "") == text


def test_it_is_graded_by_playing_it_again():
    row = row_of(result_of(SOLVED))
    assert (row.student, row.exercise, row.grade, row.goals) == ("anna", "no-way-out", "reached", "2 of 2")
    assert (row.hints, row.checks, row.commands, row.chain, row.seal, row.played_again) == ("1", "1", "2", "whole", "fits", "agrees")
    assert row_of(result_of(SOLVED[:1] + SOLVED[3:])).grade == "not reached"
    assert row_of(result_of((*SOLVED[:2], ("", "give up"), *SOLVED[2:]))).grade == "given up"
    never = row_of(result_of(SOLVED[:3]))
    assert (never.played_again, never.remarks) == ("agrees", "never checked")


def drop_a_step(told):
    del told["steps"][0]


def change_a_step(told):
    told["steps"][0]["typed"] = "route"


def swap_steps(told):
    told["steps"][0], told["steps"][1] = told["steps"][1], told["steps"][0]


def backdate(told):
    told["steps"][0]["at"] = "2029-01-01T00:00:00Z"


def claim(told):
    told["verdict"]["reached"] = True
    for goal in told["verdict"]["goals"]:
        goal["reached"] = True


def save_hints(told):
    told["verdict"]["hints"] = 0


def rename(told):
    told["student"] = "bert"


@pytest.mark.parametrize("change", [drop_a_step, change_a_step, swap_steps, backdate, claim, save_hints, rename])
def test_what_is_changed_is_seen(change):
    steps = SOLVED if change is not claim else (SOLVED[0], SOLVED[3])
    row = row_of(changed(result_of(steps), change))
    assert row.grade == "doubtful" and "broken" in (row.chain, row.seal)


def test_who_makes_a_false_verdict_with_a_right_seal_is_found_by_playing_it():
    honest = from_text(result_of((SOLVED[0], SOLVED[3])).encode())
    forged = honest.replace(verdict=honest.verdict.replace(
        reached=True, goals=tuple((goal, True) for goal, _ in honest.verdict.goals)))
    row = row_of(to_text(forged, ""))
    assert (row.chain, row.seal, row.played_again, row.grade, row.goals) == ("whole", "fits", "differs", "doubtful", "0 of 2")
    assert "says something else about the goals" in row.remarks


def test_seeds_tell_students_apart():
    text = result_of(SOLVED, seed="red")
    assert row_of(text, read_seeds(b"student,seed\nanna,red\n")).seal == "fits"
    assert row_of(text, {"anna": "blue"}).seal == "broken"
    assert row_of(text, {"bert": "red"}).seal == "no seed known"
    assert row_of(text).seal == "broken"


def test_the_same_work_of_two_is_remarked():
    one, two = result_of(SOLVED), result_of(SOLVED, student="bert")
    rows = graded([("a.json", one.encode()), ("b.json", two.encode())], finder(None), None)
    assert [row.grade for row in rows] == ["doubtful"] * 2
    assert "the same steps at the same times as b.json" in rows[0].remarks


def test_programs_that_memory_has_not_leave_it_open():
    row = row_of(result_of((("client", "route -n"),), backend="namespaces").replace("route -n", "route -n"))
    assert row.played_again == "agrees"
    with session_of("no-way-out") as session:
        session.note("client", "ip route add default via 198.18.1.2")
        text = to_text(session.result("anna", "namespaces", "1", session.verdict(session.looked())), "")
    row = row_of(text)
    assert (row.played_again, row.grade) == ("no", "doubtful") and "what ip did" in row.remarks


HOSTILE = [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"format": "netlite exercise 1"}',
           json.dumps({"format": "netlite exercise 1", "exercise": "x" * 3000}).encode(),
           json.dumps({"format": "netlite exercise 1", "exercise": "a", "digest": "b", "student": "c", "backend": "d",
                       "version": "e", "steps": [{}] * 3000}).encode()]


@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_result_is_said(data):
    with pytest.raises(BadResult):
        from_text(data)
    assert row_of(data.decode("latin-1")).grade == "unreadable"


@pytest.mark.parametrize("count", [-1, 10**4000, 10**7])
def test_no_count_fills_a_table(count):
    row = row_of(changed(result_of(SOLVED), lambda told: told["verdict"].update(hints=count)))
    assert row.grade == "unreadable" and len(",".join(row)) < 200


def test_a_result_of_an_unknown_exercise_or_another_version():
    unknown = row_of(changed(result_of(SOLVED), lambda told: told.update(exercise="../../etc/passwd")))
    assert (unknown.grade, unknown.played_again) == ("doubtful", "no") and "no exercise" in unknown.remarks
    other = row_of(changed(result_of(SOLVED), lambda told: told.update(digest="0")))
    assert other.grade == "doubtful" and "another version" in other.remarks


def test_no_cell_is_a_formula():
    text = result_of(SOLVED, student="=HYPERLINK(\"http://x\")\n\x1b[31m")
    table = to_csv([row_of(text)])
    row = list(csv.reader(io.StringIO(table)))[1]
    assert row[0].startswith("'=") and "\x1b" not in table and "\n" not in row[0]
    assert [cell(text)[0] for text in ("+1", "-1", "@a")] == ["'"] * 3


def test_steps_that_would_take_for_ever_are_not_played_again():
    text = result_of(())
    with session_of("no-way-out") as session:
        for _ in range(50):
            session.note("client", "ping -f -c 100000000 server")
        text = to_text(session.result("anna", "memory", "1", session.verdict(session.looked())), "")
    assert row_of(text).played_again == "agrees"


def test_the_steps_of_a_file_bring_the_network_back():
    found = from_text(result_of(SOLVED[:3]).encode())
    with session_of("no-way-out") as session:
        session.play_again(found.steps)
        assert all(is_so for _, is_so in session.looked()) and session.hints == 1
        session.note("", "check")
        assert is_chained(session.result("anna", "memory", "1", session.verdict(session.looked())))
    assert load("no-way-out").exercise is not None
