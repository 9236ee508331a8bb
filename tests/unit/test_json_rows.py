"""Rows as one line of JSON each."""

from __future__ import annotations

import json

from netlite.records.neighbours import NeighbourFlag
from netlite.records.record import Record
from netlite.render.json_tables import as_json, plain
from python_calls import calls_of


class Pair(Record):
    one: object
    other: object


def test_what_json_does_not_have_becomes_what_it_has():
    row = {"record": Pair((1, b"\x02\xff"), {"inner": Pair(None, True)}), "list": [Pair("a", 1.5)], "flag": NeighbourFlag.COMPLETE}
    assert json.loads(as_json(row)) == {
        "record": {"one": [1, "02:ff"], "other": {"inner": {"one": None, "other": True}}},
        "list": [{"one": "a", "other": 1.5}], "flag": 2}


def test_what_json_has_costs_no_call():
    row = {"text": "a", "number": 1, "part": 1.5, "flag": True, "nothing": None}
    assert calls_of(plain, {f"{key} {number}": row[key] for key in row for number in range(9)}) == calls_of(plain, {"text": "a"})
