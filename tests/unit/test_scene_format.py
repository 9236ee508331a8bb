"""What scene files can say: one table for the reader, the documentation and the JSON Schema; complaints name the line."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from netlite.feature_errors import SceneError
from netlite.lab.play import play
from netlite.lab.scene import scene
from netlite.lab.scene.keys import BACKENDS, TABLE, TABLES, TABLES_OF, schema
from netlite.lab.scene.lines import lines_of
from netlite.lab.scene.scene_table import Table
from netlite.lab.stages import MemoryStage
from netlite.programs.simulate import simulate

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "scenes.rst").read_text(encoding="utf-8")
TEXTS = [pytest.param(entry.read_text("utf-8"), id=entry.name) for folder in (scene.SCENES, scene.EXERCISES)
         for entry in files("netlite.lab.scene").joinpath(folder).iterdir()]


def blocks() -> list[str]:
    """What the page shows."""
    return [re.sub(r"(?m)^    ", "", block) for block in re.findall(r"::\n\n((?:    .*\n|\n)+)", PAGE)]


def test_the_reader_asks_for_just_the_keys_of_the_table(monkeypatch):
    asked: dict[str, set[str]] = {kind: set() for kind in TABLES_OF}
    for method in ("has", "take"):
        plain = getattr(Table, method)

        def noting(self, key, *words, plain=plain, **more):
            asked[self.kind].add(key)
            return plain(self, key, *words, **more)

        monkeypatch.setattr(Table, method, noting)
    for folder in (scene.SCENES, scene.EXERCISES):
        for name in scene.names(folder):
            scene.load(name, folder=folder)
    asked["scene"].discard("")
    assert asked == {kind: {key.name for key in keys} for kind, keys in TABLES_OF.items()}
    assert all(key.table in TABLES_OF for keys in TABLES_OF.values() for key in keys if key.kind in (TABLE, TABLES))
    assert set(BACKENDS) < {*BACKENDS, "here"}


@pytest.mark.parametrize("text", TEXTS)
def test_the_schema_holds_for_each_file_and_not_for_mistakes(text):
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(schema())
    told = tomllib.loads(text)
    assert list(validator.iter_errors(told)) == []
    assert list(validator.iter_errors({**told, "colour": 1})) and list(validator.iter_errors({**told, "title": 3}))


def test_the_command_prints_the_schema():
    from netlite.programs.lab.check import show_schema

    class World:
        class out:
            text = ""

            @classmethod
            def write(cls, text):
                cls.text += text

    assert show_schema([], World) == 0 and json.loads(World.out.text) == schema()


@pytest.mark.parametrize("text", TEXTS)
def test_each_line_is_where_its_key_stands(text):
    lines, found = text.split("\n"), lines_of(text)
    assert found
    for path, number in found.items():
        name = [part for part in path if isinstance(part, str)][-1]
        assert name in lines[number - 1]

    def paths(value, path=()):
        for key, item in value.items():
            yield (*path, key)
            if isinstance(item, dict):
                yield from paths(item, (*path, key))
            for number, row in enumerate(item if isinstance(item, list) else ()):
                if isinstance(row, dict):
                    yield from paths(row, (*path, key, number))

    missing = {path for path in paths(tomllib.loads(text)) if path not in found and (*path, 0) not in found}
    assert missing == set()


def test_values_over_several_lines_hold_no_keys():
    text = 'a = """\nb = 1\n[x]\n\\"""\n"""\nc = [\n  "d = 2", # ] e = 3\n  [\n],\n]\nf = \'\'\'\ng = 1\'\'\'\nh = "[" # [\ni = 1\n"j k" = 2\n'
    assert lines_of(text) == {("a",): 1, ("c",): 6, ("f",): 11, ("h",): 13, ("i",): 14, ("j k",): 15}


BASE = 'title = "t"\ngoal = """\nx\n"""\nhosts = [\n  "a",\n  "b"]\n[[wires]]\nends = ["a", "b"]\n'


@pytest.mark.parametrize("added, said", [
    ("mtu = 3\n", "line 10: [[wires]] number 1 has the unknown key 'mtu'; is 'mtu_bytes' meant?"),
    ("xyz = 3\n", "line 10: [[wires]] number 1 has the unknown key 'xyz'; it may have: ends, mtu_bytes"),
    ('[[wires]]\nends = ["a", "c"]\n', "line 10: there is no node 'c'; nodes: a, b"),
    ('[[wires]]\nends = ["a", "b"]\nmtu_bytes = 5\n', "line 10: wire a-b: MTU 5 is not from 1280"),
    ('[[faults]]\nname = "x"\nsee = "y"\n[[faults.wires]]\nends = ["a", "x"]\n', "line 14: [[wires]] number 1: there is no wire a-x"),
    ('[[faults]]\nname = "x"\nsee = "y"\nsilent = ["c"]\n', "line 13: [[faults]] number 1: there is no node 'c'"),
    ('[[try]]\ncomand = "ping"\n', "line 10: [[try]] number 1 lacks 'command'; is that what 'comand' means?"),
    ('[[try]]\ncommand = "ping a"\nsee = "x"\nbroken = ["z"]\n', "line 13: [[try]] number 1: there is no fault 'z'"),
    ('[[rules]]\nnode = "a"\naction = "drop"\nport = 3\n', "line 10: [[rules]] number 1: node a: a rule with a port"),
    ('[[routes]]\nnode = "a"\ndestination = "x"\nvia = "b"\n', "line 10: [[routes]] number 1: 'x' is neither a node"),
    ('[[nodes]]\nname = "a"\nnames = "odd"\n', "line 12: [[nodes]] number 1: the names is one of answers"),
    ('[exercise]\nexplained = "x"\n', "line 10: [exercise] has no [[exercise.goals]]"),
    ('delay_ms = nan\n', "line 10: [[wires]] number 1: 'delay_ms' must be a number, not nan"),
    ('jitter_ms = inf\n', "line 10: [[wires]] number 1: 'jitter_ms' is at most 1e+09, not inf"),
    ('delay_ms = 1e308\n', "line 10: [[wires]] number 1: 'delay_ms' is at most 1e+09, not 1e+308"),
    ('loss_percent = nan\n', "line 10: [[wires]] number 1: 'loss_percent' must be a number, not nan"),
    (f'mtu_bytes = 0x{"f" * 5000}\n', "line 10: [[wires]] number 1: 'mtu_bytes' has more than 64 bits"),
    (f'ipv4 = 0x{"f" * 5000}\n', "line 10: [[wires]] number 1: 'ipv4' must be a text, not what is too long to show"),
    (f'[[nodes]]\nname = "a"\nlabels = [0x{"f" * 5000}]\n', "line 12: [[nodes]] number 1: 'labels' must be a list of whole numbers"),
    ('[[nodes]]\nname = "a"\nicmp_interval_ms = 1e300\n', "line 12: [[nodes]] number 1: 'icmp_interval_ms' is at most 1e+09"),
    (f'mtu_bytes = {"9" * 5000}\n', "not TOML: "), (f'x = {"[" * 100_000}', "not TOML: "), ("x" + " = {a" * 5000, "not TOML: "),
    ('[exercise]\nlevel = 4\n', "line 11: [exercise]: the level is one of 1, 2, 3, not 4"),
])
def test_complaints_name_the_line(added, said):
    with pytest.raises(SceneError) as told:
        scene.parse(BASE + added, "t")
    assert str(told.value).startswith(f"scene t: {said}"), str(told.value)


def test_a_scene_in_ten_lines_is_one_and_is_as_it_says():
    text = blocks()[0]
    assert len([line for line in text.splitlines() if line]) <= 10
    loaded = scene.parse(text, "mine")
    outcomes = play(loaded, MemoryStage(loaded, simulate), lambda text: None)
    assert outcomes and not any(outcome.problems for outcome in outcomes)
    jsonschema = pytest.importorskip("jsonschema")
    assert list(jsonschema.Draft202012Validator(schema()).iter_errors(tomllib.loads(text))) == []


def test_what_the_page_adds_to_it_holds_too():
    _, _, fault, more, exercise, *_ = blocks()
    whole = scene.parse(f"{blocks()[0]}\n{fault}", "mine")
    outcomes = play(whole, MemoryStage(whole, simulate), lambda text: None)
    assert len(outcomes) == 2 and not any(outcome.problems for outcome in outcomes)
    top, tables = more.split("\n\n", 1)
    head, tries = blocks()[0].split("\n\n", 1)
    assert scene.parse(f"{head}\n{top}\n{tries}\n{tables}", "mine").topology.nodes["slow"].rules
    assert scene.parse(f"{blocks()[0]}\n{exercise}", "mine").exercise.hints


def test_the_complaints_of_the_page_are_those_of_the_reader():
    shown = [line for line in blocks()[-1].splitlines() if line]
    assert len(shown) == 3
    head = 'title = "t"\ngoal = "g"\nhosts = ["client", "server"]\nrouters = ["near", "slow"]\n\n'
    wires = '[[wires]]\nends = ["client", "near"]\n\n'
    for line, body in zip(shown, (f"{head}\n{wires}\nmtu = 1400\n", f"{head}\n\n[[try]]\ncomand = \"x\"\n",
                                  f"{head}\n[[wires]]\nends = [\"sever\", \"near\"]\n")):
        with pytest.raises(SceneError) as told:
            scene.parse(body, "mine")
        assert str(told.value) == line


def test_the_scene_of_a_host_without_an_address_is_one_and_is_as_it_says():
    text = next(block for block in blocks() if "pool" in block)
    assert len([line for line in text.splitlines() if line]) <= 10
    loaded = scene.parse(text, "lease")
    assert loaded.backends == ("namespaces", "memory")
    outcomes = play(loaded, MemoryStage(loaded, simulate), lambda text: None)
    assert len(outcomes) == 2 and not any(outcome.problems for outcome in outcomes)
