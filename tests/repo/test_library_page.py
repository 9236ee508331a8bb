"""docs/library.rst names every function and every column of every record of the library."""

from __future__ import annotations

import inspect
import re

import pytest
from tree import ROOT

import netlite
from netlite.records import addresses, table_rows, trace_rows, verdicts

PAGE = (ROOT / "docs/library.rst").read_text()
RECORDS = [record for module in (verdicts, trace_rows, table_rows, addresses) for record in vars(module).values()
           if isinstance(record, type) and record.__module__ == module.__name__]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_column_is_on_the_page(record):
    assert f"``{record.__name__}``" in PAGE
    start = PAGE.index(f"``{record.__name__}``", PAGE.index("Records\n-------"))
    entry = re.split(r"\n(?=``|\S)", PAGE[start:])
    assert set(record._fields) <= set(re.findall(r"``(\w+)``", "\n".join(entry[:2])))


def test_every_function_is_on_the_page():
    functions = [name for name in netlite.__all__ if inspect.isfunction(getattr(netlite, name))]
    assert [name for name in functions if f"``{name}(" not in PAGE] == []


@pytest.mark.parametrize("name", [name for name in netlite.__all__ if inspect.isfunction(getattr(netlite, name))])
def test_docstrings_name_every_argument_and_the_source(name):
    function = getattr(netlite, name)
    said = inspect.getdoc(function)
    assert re.search(r"From the kernel|From the C library|On the wire|Privileges and wire|As `", said)
    known = {"world", *(() if name != "ping_many" else ("size_bytes", "ttl", "source", "device", "version", "timeout_s"))}
    if name == "default_routes":
        known |= {"version"}
    missing = [argument for argument in inspect.signature(function).parameters
               if argument not in known and f"`{argument}`" not in said and argument != "host"]
    assert missing == []
