"""A table in one test: every row is looked at, and each that fails is shown."""

from __future__ import annotations

import inspect

import pytest
from rows import over


def test_each_row_that_fails_is_shown():
    seen = []

    @over("number, word", [(1, "one"), (2, "two"), (3, "three")])
    def rows(number, word, tmp_path):
        seen.append((number, word, tmp_path))
        assert number != 1, "not that one"
        with pytest.raises(ValueError):
            int(word if number == 3 else "2")

    assert list(inspect.signature(rows).parameters) == ["tmp_path"]
    with pytest.raises(AssertionError) as told:
        rows(tmp_path="/")
    assert seen == [(1, "one", "/"), (2, "two", "/"), (3, "three", "/")]
    text = str(told.value)
    assert text.startswith("2 of 3 rows\n") and "'word': 'one'" in text and "not that one" in text
    assert "'word': 'two'" in text and "DID NOT RAISE" in text and "three" not in text


def test_a_table_without_rows_is_none():
    with pytest.raises(AssertionError):
        over("row", [])(lambda row: None)()
