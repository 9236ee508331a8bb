"""netlite lab exercise and grade, as they are typed."""

import json
import os
import signal
import subprocess

import pytest

from netlite.programs.registry import netlite_argv


def lab(*words, typed="", **options):
    return subprocess.run(netlite_argv(["lab", *words]), input=typed, capture_output=True, text=True, timeout=300, check=False, **options)


def test_the_list_and_what_is_wrong_with_a_command_line(tmp_path):
    listed = lab("exercise")
    assert listed.returncode == 0 and "easy\n" in listed.stdout and "no-way-out" in listed.stdout
    for words, complaint in ((["exercise", "nosuch"], "there is no exercise 'nosuch'"), (["exercise", "a", "b"], "one name"),
                             (["exercise", "no-way-out", "--backend", "here"], "--backend of an exercise"),
                             (["exercise", "no-way-out", "--seed", "x"], "are for --result"),
                             (["exercise", "no-way-out", "--result", "/nosuch/x.json"], "No such file or directory"),
                             (["grade"], "a folder of result files"), (["grade", "/nosuch"], "/nosuch: No such file or directory"),
                             (["grade", str(tmp_path), "--csv", "/nosuch/t.csv"], "No such file or directory")):
        done = lab(*words)
        assert done.returncode == 2 and complaint in done.stderr and "Traceback" not in done.stderr, (words, done.stderr)


def test_a_student_works_and_a_teacher_grades(tmp_path):
    """What two of a class hand in."""
    anna = lab("exercise", "no-way-out", "--result", "anna.json", "--student", "anna", cwd=tmp_path,
               typed="check\nhint\nclient: route -n\nroute add default gw 198.18.1.2\nnetlite lab check\nexit\n")
    assert anna.returncode == 0 and anna.stderr == ""
    assert "not yet   A ping from client to server by IPv4 gets no answer.\n" in anna.stdout
    assert "2 of 2 goals are not reached yet.\n" in anna.stdout and "Hint 1 of 3: " in anna.stdout
    assert "Reached, with 1 hint and 2 checks.\n" in anna.stdout
    bert = lab("exercise", "no-way-out", "--result", "bert.json", "--student", "bert", cwd=tmp_path, typed="give up\ncheck\n")
    assert bert.returncode == 1 and "    client$ route add default gw 198.18.1.2\n" in bert.stdout
    (tmp_path / "readme.txt").write_text("no result")
    (tmp_path / "folder.json").mkdir()
    os.mkfifo(tmp_path / "pipe.json")
    graded = lab("grade", ".", "--csv", "table.csv", cwd=tmp_path)
    assert (graded.returncode, graded.stderr) == (1, "")
    assert graded.stdout == "4 results: 1 reached, 1 given up, 2 unreadable\n"
    rows = [line.split(",") for line in (tmp_path / "table.csv").read_text().splitlines()]
    assert [row[:4] for row in rows[3:]] == [["anna", "no-way-out", "reached", "2 of 2"], ["bert", "no-way-out", "given up", "0 of 2"]]


def test_a_file_goes_on_where_it_stopped_and_a_foreign_one_is_kept(tmp_path):
    words = ["exercise", "no-way-out", "--result", "r.json", "--student", "anna"]
    assert lab(*words, cwd=tmp_path, typed="route add default gw 198.18.1.2\nhint\ncheck\n").returncode == 0
    again = lab(*words, cwd=tmp_path, typed="check\n")
    assert again.returncode == 0 and "The 3 steps of before were played again.\n" in again.stdout
    assert "Reached, with 1 hint and 2 checks.\n" in again.stdout
    told = json.loads((tmp_path / "r.json").read_text())
    assert [step["typed"] for step in told["steps"]] == ["route add default gw 198.18.1.2", "hint", "check", "check"]
    kept = (tmp_path / "r.json").read_text()
    assert "holds a result of anna" in lab(*words[:-1], "bert", cwd=tmp_path).stderr
    assert "holds a result of anna for no-way-out" in lab("exercise", "circle", *words[2:], cwd=tmp_path).stderr
    assert "another --seed" in lab(*words, "--seed", "x", cwd=tmp_path).stderr
    (tmp_path / "text").write_text("precious\n")
    done = lab("exercise", "no-way-out", "--result", "text", cwd=tmp_path, typed="check\n")
    assert done.returncode == 2 and "is there already" in done.stderr
    assert (tmp_path / "text").read_text() == "precious\n" and (tmp_path / "r.json").read_text() == kept


def test_what_can_be_typed_besides():
    done = lab("exercise", "closed-port", typed="goal\nmap\nat nowhere\nat r2\nroute -n | cat\nls\n'\nfix\nfix r9\nfix r1\nfix r2\n"
                                                "shell\ngive\nrestart\nhint\nhint\nhint\nhint\nhelp\n\nnetlite ping -n -c1 r3\nquit\n")
    assert done.returncode == 1 and done.stderr == ""
    for said in ("fix r2: The owner of r2", "You may have 1 of these done, and had 0.", "eth0  to r1", "there is no node nowhere",
                 "this is no shell", "in memory there is no ls", "a quote is not closed", "Nobody offers that", "Nobody offers r9",
                 "That is done.", "You had 1 of 1 mended", "In memory there is no shell", "give up: tells", "broken again as it was",
                 "Hint 3 of 3", "There are no more hints", "have others mend something", "r2$ netlite ping -n -c1 r3\nPING r3"):
        assert said in done.stdout, said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_without_a_word(number):
    with subprocess.Popen(netlite_argv(["lab", "exercise", "no-way-out"]), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as process:
        process.stdin.write("help\nmap\n")
        process.stdin.flush()
        while "198.18.2.2" not in process.stdout.readline():
            pass
        process.send_signal(number)
        _, err = process.communicate(timeout=120)
    assert process.returncode in (-number, 128 + number) and err == ""


def test_an_exercise_of_ones_own(tmp_path):
    (tmp_path / "mine.toml").write_text("""
title = "Mine"
goal = "Give client its name."
hosts = ["client"]

[exercise]
done = ["client: hostname nobody"]
hints = ["hostname NAME sets it."]
solution = ["client: hostname client"]
explained = "It had another one."

[[exercise.goals]]
command = "hostname"
expect = ["client"]
see = "It has it."
not_yet = "It has another."
""")
    words = ["exercise", "./mine.toml", "--result", "a.json", "--student", "anna"]
    done = lab(*words, cwd=tmp_path, typed="check\nhostname client\ncheck\n")
    assert done.returncode == 0 and "not yet   It has another.\n" in done.stdout
    assert ",doubtful," in lab("grade", ".", cwd=tmp_path).stdout
    assert "anna,mine,reached,1 of 1" in lab("grade", ".", "--exercise", "mine.toml", cwd=tmp_path).stdout
    assert lab("exercise", "./nosuch.toml", cwd=tmp_path).returncode == 2
