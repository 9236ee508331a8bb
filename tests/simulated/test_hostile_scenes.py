"""netlite lab where scene files and what runs in them hold what steers a terminal."""

from __future__ import annotations

import pytest
from hostile import EVIL, ODD, PATH, lab_world, plain

from netlite.programs.registry import execute

SCENE = r'''
title = "Odd \u001b[31m\u009b\n 9  forged"
goal = "To \u001b]0;t\u0007 see \u202e."
hosts = ["a", "b"]
[[wires]]
ends = ["a", "b"]
[[faults]]
name = "f\u001b[1m\u2028"
see = "It \u001b[2m."
silent = ["b"]
[[try]]
command = "ping -4 -c1 b.lab \u001b\n"
see = "See \u001b[4m."
[[try]]
command = "ping -4 -c1 b.lab"
see = "See\u001b[4m."
expect = ["\u001b[5m"]
broken = ["f\u001b[1m\u2028"]
'''


@pytest.fixture
def scene(tmp_path):
    path = tmp_path / "odd\x1b[7m.toml"
    path.write_text(SCENE, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("words", ["run {} --backend memory", "map {}", "check {} --backend memory", "run {} --html {}.html"])
def test_the_words_of_a_scene(words, scene):
    environment = lab_world()
    status = execute("lab", [word.replace("{}", scene) for word in words.split()], environment)
    assert status == (0 if words.startswith("map") else 1) and environment.err.text == ""
    assert "\\x1b[" in plain(environment.out.text)
    if "html" in words:
        with open(scene + ".html", encoding="utf-8") as page:
            plain(page.read().replace("\t", " "))


@pytest.mark.parametrize("wrong", ['title = "x"\ngoal = 5', 'hosts = ["a\\u001b"]\ntitle = "x"\ngoal = "g"', "\x1b = 1",
                                   SCENE.replace('node = "a"', ""), SCENE.replace('"a", "b"]', '"a", "b\\u001b[1m"]'),
                                   SCENE + 'node = "\\u001b[1m"', SCENE + "\n[[odd\x1b]]", SCENE + '\n["o\\u001b"]'])
def test_what_is_wrong_with_a_scene(wrong, scene):
    with open(scene, "w", encoding="utf-8") as file:
        file.write(wrong)
    environment = lab_world()
    execute("lab", ["map", scene], environment)
    plain(environment.err.text)


def test_a_program_that_writes_escapes_is_played_visibly():
    from netlite.lab.play import play
    from netlite.lab.scene.experiments import Experiment
    from netlite.lab.scene.scene import Scene

    shown: list[str] = []
    odd = Scene("odd", "Odd", "None.", PATH, (Experiment("client", "anything", "See.", hops=("r1",)),))
    [outcome] = play(odd, Stage(), shown.append)
    assert outcome.output.startswith(EVIL) and outcome.problems == ("the path is *, r1 !\x1b[31m, not r1",)
    text = "".join(shown)
    assert {letter for letter in text if not letter.isprintable()} == {"\n", "\t"} and r"\x1b]0;owned\x07" in text


class Stage:
    """Plays nothing, or says what cannot be played here."""

    has: dict = {"icmp": False}
    able, status = True, 0

    def __init__(self, *_):
        pass

    def performs(self, experiment) -> bool:
        return self.able

    def perform(self, node, words, show) -> tuple[str, int]:
        output = f"{EVIL}\n 1 198.18.1.2 !\x1b[31m\n"
        show(output)
        return output, self.status

    def change(self, topology) -> None:
        pass


class Lab:
    """Stands for a lab that has something to warn of."""

    rootless, warnings, namespaces = False, (ODD,), {"a": 3}

    def __init__(self, *_, later=()):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


@pytest.fixture
def tour(monkeypatch):
    """The guided tour, with stages and labs of no substance."""
    from netlite.programs.lab import tour

    for name, instead in (("Lab", Lab), ("ProgramStage", Stage), ("HereStage", Stage)):
        monkeypatch.setattr(tour, name, instead)
    return tour


def test_the_tour(tour, scene, monkeypatch, capsys):
    monkeypatch.setattr(Stage, "status", 1)
    assert tour.main([scene]) == 1
    assert r"Note: x\x1b[31m\u009b\u202e." in plain(capsys.readouterr().out.replace("\t", " "))
    assert tour.main([f"no-{ODD}"]) == 2
    assert r"there is no scene 'no-x\x1b[31m" in plain(capsys.readouterr().err)
    assert tour.main([scene.replace("odd", "none")]) == 2
    assert "\\x1b" in plain(capsys.readouterr().err)


def test_the_tour_where_there_can_be_no_lab(tour, scene, monkeypatch, capsys):
    from netlite.errors import NetliteError
    from netlite.lab.scene.scene import load

    def refuse(*_, later=()):
        raise NetliteError(ODD)

    monkeypatch.setattr(tour, "Lab", refuse)
    monkeypatch.setattr(tour, "load", lambda name: load(scene))
    monkeypatch.setattr(Stage, "able", False)
    assert tour.main([]) == 0
    text = plain(capsys.readouterr().out)
    assert r"No virtual routers on this machine: x\x1b[31m" in text and r"for us here: ping -4 -c1 b.lab \x1b\x0a" in text


def test_a_visited_lab(scene, monkeypatch):
    from netlite.programs.lab import visit

    state = {"scene": scene, "on": ["f\x1b[1m\u2028"], "backend": ODD, "process": 1, "passed": []}
    monkeypatch.setattr(visit, "ask", lambda *_: (state, []))
    for words in (["map"], ["break", ODD], ["fix", ODD]):
        environment = lab_world()
        assert execute("lab", words, environment) == 0
        assert r"f\x1b[1m\u2028" in plain(environment.out.text)


def test_what_does_not_run_here(scene, monkeypatch):
    from netlite.lab.scene.scene import load
    from netlite.programs.lab import check

    monkeypatch.setattr(check.backends, "why_not", lambda backend: ODD)
    monkeypatch.setattr(check.scene, "names", lambda: ["one"])
    monkeypatch.setattr(check.scene, "load", lambda name, _read: load(scene))
    for words in (["list"], ["check", "--backend", "memory"], ["check", f"{ODD}/"]):
        environment = lab_world()
        execute("lab", words, environment)
        assert r"x\x1b[31m\u009b\u202e" in plain(environment.out.text)


def test_a_lab_that_is_run_and_visited(scene, monkeypatch):
    """Notes, warnings, commands that are not there, and what the shell begins with."""
    from netlite.programs.lab import run, visit

    class Missing(Lab):
        def listen(self, *_) -> bool:
            return False

        listen_in = close = listen

        def popen(self, node, argv, **_):
            raise FileNotFoundError(2, "No such file or directory", argv[0])

    monkeypatch.setattr(run.backends, "open_first", lambda loaded, _: (Missing(loaded), "namespaces", ODD))
    monkeypatch.setattr(visit, "JoinedLab", Missing)
    for module, name, instead in ((run, "guard", lambda _: None), (run, "RunningLab", Missing)):
        monkeypatch.setattr(module, name, instead)
    for words, times in ((["run", scene, "--", ODD], 3), (["exec", "a", ODD], 1)):
        environment = lab_world()
        assert execute("lab", words, environment) == 127
        assert plain(environment.err.text).count(r"x\x1b[31m\u009b\u202e") == times
    welcome = plain(run.welcome(run.scene.load(scene), "namespaces", 0.0))
    assert r"a$ ping -4 -c1 b.lab \x1b\x0a" in welcome and r"(after: netlite lab break f\x1b[1m\u2028)" in welcome
    assert "To break it: netlite lab break f\\x1b[1m\\u2028\n" in welcome
