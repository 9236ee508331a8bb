"""Predict, then reveal: who sits at a terminal is asked, nobody else is; what is said to be right is what comes."""

import json
import re

import known_scenes
import pytest

from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene import scene
from netlite.lab.scene.topology import chain
from netlite.programs.learn import lessons
from netlite.programs.learn.main import main
from netlite.programs.predictions import Predictions, Question
from netlite.programs.simulate import simulate

ASKED = [(name, experiment) for name in scene.names() for experiment in known_scenes.load(name).experiments if experiment.ask]


def told(words, typed=b"", terminal=True, **more):
    environment = SimulatedEnvironment("learn", chain(1), "client", terminal=terminal, typed=typed, **more)
    assert main(words, environment) == 0
    return environment


@pytest.mark.parametrize("name", lessons.names())
def test_each_lesson_asks_and_reveals(name):
    text = lessons.page(name)
    asked, revealed = (re.findall(rf"(?ms)^{re.escape(mark)}.*?(?=\n\n|\Z)", text) for mark in (lessons.PREDICT, lessons.REVEALED))
    assert len(asked) == len(revealed) >= 1
    for paragraph, answer in zip(asked, revealed):
        assert text.index(paragraph) < text.index("\n    $ ", text.index(paragraph)) < text.index(answer)
        question = lessons.question_of(paragraph, answer)
        assert len(question.choices) >= 2 and question.text.endswith("?") and len(set(question.choices)) == len(question.choices)


def test_the_right_choice_is_not_always_the_same():
    rights = [lessons.question_of(asked, revealed).right for name in lessons.names() for asked, revealed in zip(
        *(re.findall(rf"(?ms)^{re.escape(mark)}.*?(?=\n\n|\Z)", lessons.page(name)) for mark in (lessons.PREDICT, lessons.REVEALED)))]
    assert max(map(rights.count, rights)) <= len(rights) / 2


def test_answers_are_judged_and_counted():
    out = told(["2"], b"b\na\n").out.text
    assert "Predict: there are three routers. Where does the probe with TTL 2 die?\n    (a) at r1\n    (b) at r2\n" in out
    assert "You predicted it.\n*Revealed*: (b)." in out and "You said: nobody.  It is: r2.\n*Revealed*: (c)." in out
    assert out.endswith("Predicted: 1 of 2.\n")
    assert "*Predict*" not in out


def test_nobody_is_asked_without_a_terminal_and_the_text_stays():
    out = told(["2"], b"b\na\n", terminal=False).out.text
    assert "Your answer" not in out and "Predicted:" not in out and "*Predict*: there are three routers." in out


@pytest.mark.parametrize("typed", [b"", b"\n\n", b"what\n?\n", b"\xff\xfe\n\x1b[31m\n", b"z\n(q)\n"])
def test_who_says_nothing_or_something_else_goes_on(typed):
    out = told(["2"], typed).out.text
    assert "Without a TTL that packet would go round for ever." in out and "Predicted:" not in out and "\x1b" not in out


def test_the_score_stays_where_such_things_are_kept():
    path = "/homes/anna/.local/state/netlite-learn.json"
    there = told(["2"], b"b\nc\n", variables={"HOME": "/homes/anna"}, given={"/homes/anna/.local/state/other": b""})
    assert json.loads(there.created[path]) == {"2": [2, 2]}
    listed = told([], given={path: there.created[path]}, variables={"HOME": "/homes/anna"}).out.text
    assert "  2  A hop   (predicted 2 of 2)\n" in listed
    assert told([], given={path: there.created[path]}, variables={"HOME": "/homes/anna"}, terminal=False).out.text.count("predicted") == 0
    for broken in (b"", b"[]", b"{", b'{"2": 3}', b'{"2": ["a", 1]}', b'{"2": [1e400, 1]}', b'{"2": [Infinity, 1]}',
                   b'{"2": [' + b"9" * 5000 + b", 1]}", b"[" * 50_000):
        assert "predicted" not in told([], given={path: broken}, variables={"HOME": "/homes/anna"}).out.text
    for without in ({}, {"HOME": "/nowhere"}, {"XDG_STATE_HOME": "relative"}):
        assert told(["2"], b"b\nc\n", variables=without).created == {}


@pytest.mark.parametrize("name, experiment", ASKED, ids=[f"{name}: {each.command}" for name, each in ASKED])
def test_what_a_scene_says_is_right_is_what_comes(name, experiment):
    """The answer names nodes or a number that the output has, or says that there is none."""
    loaded = known_scenes.load(name)
    played = simulate(experiment.command, loaded.broken(experiment.broken), experiment.node)
    answers = [line for line in (played.stdout + played.stderr).splitlines() if re.match(r" *\d+  \S|From ", line)]
    right, text = experiment.right, played.stdout
    seen = {"61": "ttl=61" in text, "4": len(answers) == 4 or [line.split()[1] for line in answers[:4]].count("*") == 0 and len(answers) == 5,
            "to all on the wire": "==> DISCOVER  0.0.0.0 > 255.255.255.255" in text, "two": text.count("<== OFFER") == 2, "yes": "4  server.lab" in text, "nothing": "0 received" in text and not answers, "none": "2 received, 0% packet loss" in text,
            "r1 alone": sum("lab" in line for line in answers) == 1 and "r1.lab" in text}
    if right in loaded.topology.nodes:
        line = answers[3] if "TTL 4" in experiment.ask else answers[0]
        assert any(address in line for address in (f"{right}.lab", *loaded.topology.addresses(right)))
    else:
        assert seen[right]


def test_there_are_questions_in_several_scenes():
    assert len({name for name, _ in ASKED}) >= 7


def test_a_choice_may_be_typed_in_full():
    environment = SimulatedEnvironment("x", chain(1), "client", terminal=True, typed=b"Nobody\n(a)\n")
    predictions = Predictions(environment)
    question = Question("Who?", ("r1", "nobody"), 1)
    assert [predictions.ask(question), predictions.ask(question)] == ["nobody", "r1"]
    assert predictions.score == "Predicted: 1 of 2.\n"
