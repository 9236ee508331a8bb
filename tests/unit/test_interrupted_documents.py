"""An interrupt before a write of a document, or right behind it: stdout holds whole documents all the same."""

from __future__ import annotations

import json

import pytest

from netlite.environment import Environment
from netlite.lab.memory.streams import Text
from netlite.programs.documents import ArrayDocument, run_whole
from netlite.programs.run_documents import run_told
from netlite.render.json_runs import Notation


class Interrupted(Text):
    """A stdout during whose write number `turn` an interrupt comes, once."""

    def __init__(self, turn: int, behind: bool):
        super().__init__()
        self.turn, self.behind = turn, behind

    def write_whole(self, text: str, interrupted: bool = False) -> None:
        self.turn -= 1
        if self.turn or self.behind:
            super().write_whole(text, interrupted)
        if not self.turn:
            raise KeyboardInterrupt


class Told(Environment):
    def __init__(self, out: Text):
        super().__init__("ping")
        self.out, self.err = out, Text()


class Counting(Notation):
    """A run's records are its objects."""

    schema = "ping/1"
    arrays = {"number": "numbers"}

    def objects(self, record, stamp):
        return [{"type": "number", "number": record}]


def run_of(environment):
    """A run that tells two records."""
    def run(_words):
        environment.err.write("mind\n")
        environment.document.begin(Counting({"host": "server"}))
        for number in range(2):
            environment.document.tell(number)
        return 0
    return run


def told_by(run, turn, behind) -> tuple[str, bool]:
    """What stdout holds after `run(environment)`, and whether an interrupt came."""
    out = Interrupted(turn, behind)
    environment = Told(out)
    try:
        run(environment)
    except KeyboardInterrupt:
        pass
    return out.text, out.turn < 1


@pytest.mark.parametrize("behind", [False, True])
@pytest.mark.parametrize("lines", [False, True])
def test_rows(lines, behind):
    def table(environment):
        def run():
            with ArrayDocument(environment, False) as document:
                for number in range(3):
                    document.add([{"number": number}])
            return 0
        return run_whole(run, environment, lines)

    for turn in range(1, 9):
        text, came = told_by(table, turn, behind)
        rows = [json.loads(line) for line in text.splitlines()] if lines else json.loads(text)
        if isinstance(rows, dict):
            rows = [rows]
        numbers = [row["number"] for row in rows if "number" in row]
        assert numbers == [0, 1, 2][:len(numbers)] and len(rows) - len(numbers) <= 1
        assert came or numbers == [0, 1, 2] == [row["number"] for row in rows]


@pytest.mark.parametrize("behind", [False, True])
def test_a_run_is_one_document(behind):
    for turn in range(1, 4):
        text, came = told_by(lambda environment: run_told("ping", ["--json"], run_of(environment), environment), turn, behind)
        document = json.loads(text)
        assert document["numbers"] == [{"number": 0}, {"number": 1}] and document["messages"] == ["mind"]
        assert came or document["status"] == 0


@pytest.mark.parametrize("behind", [False, True])
def test_a_run_in_lines_has_one_start_and_one_end(behind):
    for turn in range(1, 8):
        text, _ = told_by(lambda environment: run_told("ping", ["--jsonl"], run_of(environment), environment), turn, behind)
        kinds = [json.loads(line)["type"] for line in text.splitlines()]
        assert (kinds[0], kinds[-1]) == ("start", "end") and sorted(kinds).count("start") == kinds.count("end") == 1, (turn, kinds)
