"""The form of files: small, named after what they are about, documented, readable by Python 3.11."""

from __future__ import annotations

import ast
import re

import pytest
from tree import ROOT, files, for_each, modules, name, parsed, statements_in

FILE_LINES, FUNCTION_LINES, LINE_LENGTH = 450, 70, 120
VAGUE_NAMES = {"utils", "util", "common", "helpers", "helper", "base", "core", "manager", "misc", "tools"}
GENERATED = {"compiled.py"}
PERSONAL_PATH = re.compile(r"/(?:home|Users)/[a-z]\w*|/root/|file://")


def written_in_python() -> list:
    scripts = [path for path in files(ROOT / "bin") if path.read_bytes().startswith(b"#!/bin/sh\n\"\"\"")]
    return [*files(ROOT, "*.py"), *scripts]


@for_each(written_in_python)
def test_file_is_small_and_compiles(path):
    tree = parsed(path)
    if path.name in GENERATED:
        return
    lines = path.read_text(encoding="utf-8").split("\n")
    assert len(lines) <= FILE_LINES + 1
    if "tests" not in path.parts:  # where whole lines of output are expected
        long = [number for number, line in enumerate(lines, 1) if len(line) > LINE_LENGTH]
        assert not long, f"lines of more than {LINE_LENGTH} characters"
    found = list(statements_in(tree))
    while found:
        node = found.pop()
        found += statements_in(node)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = node.end_lineno - node.lineno + 1
            assert length <= FUNCTION_LINES, f"{name(path)}:{node.lineno}: {node.name} has {length} lines"


def test_files_are_named_after_their_subject():
    assert not [name(path) for path in files() if path.stem in VAGUE_NAMES]
    assert not [name(path) for path in files(ROOT, "*.py") if path.stem != path.stem.lower()]


def test_test_modules_have_names_of_their_own():
    stems = [path.stem for path in files(ROOT / "tests", "*.py") if path.stem != "conftest"]
    assert sorted(stems) == sorted(set(stems))


@for_each(lambda: [path for path in modules() if path.name not in GENERATED])
def test_what_is_public_is_documented(path):
    tree = parsed(path)
    assert ast.get_docstring(tree), f"{name(path)} has no docstring"
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{name(path)}:{node.lineno}: {node.name} has no docstring"


def test_no_path_of_somebodys_machine():
    texts = [path for path in files() if "fixtures" not in path.parts and path.name != "test_form.py"]
    assert not [name(path) for path in texts
                if PERSONAL_PATH.search(path.read_text(encoding="utf-8", errors="replace"))]


def test_each_file_that_breaks_a_rule_is_told():
    @for_each(lambda: modules()[:3])
    def no_file(path):
        assert path == modules()[1], "not that one"

    with pytest.raises(AssertionError) as told:
        no_file()
    assert [f"{name(path)}: not that one" in str(told.value) for path in modules()[:3]] == [True, False, True]
