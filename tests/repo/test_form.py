"""The form of files: small, named after what they are about, documented, readable by Python 3.11."""

from __future__ import annotations

import ast
import re

import pytest
from tree import ROOT, files, for_each, modules, name, nodes, parsed, statements_in

from netlite import errors, feature_errors

FILE_LINES, FUNCTION_LINES, LINE_LENGTH = 450, 70, 120
VAGUE_NAMES = {"utils", "util", "common", "helpers", "helper", "base", "core", "manager", "misc", "tools"}
GENERATED = {"compiled.py"}
FAMILY = {kind for each in (errors, feature_errors) for kind, value in vars(each).items() if isinstance(value, type)} - {"Answered"}
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


@for_each(lambda: [path for path in modules() if path.name not in GENERATED])
def test_what_raises_says_so(path):
    """A docstring names the exceptions of netlite that its own function raises, or the one above them."""
    for function in nodes(path):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) and not function.name.startswith("_"):
            said = ast.get_docstring(function)
            raised = set(raised_in(function)) & FAMILY
            if said and "raise" not in said.lower():
                silent = [each for each in sorted(raised) if each not in said]
                assert not silent, f"{name(path)}:{function.lineno}: {function.name} raises {', '.join(silent)}"


def raised_in(node):
    """The names of the exceptions that code raises, but for those that it catches itself."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
        yield node.exc.func.id
    caught = {each.id for handler in getattr(node, "handlers", ()) if handler.type and not raises_again(handler)
              for each in ast.walk(handler.type) if isinstance(each, ast.Name)}
    for child in ast.iter_child_nodes(node):
        found = set(raised_in(child))
        yield from found - caught if isinstance(node, ast.Try) and child in node.body else found


def raises_again(handler):
    return any(isinstance(each, ast.Raise) and each.exc is None for each in ast.walk(handler))


@for_each(modules)
def test_numbers_of_errors_have_their_names(path):
    for node in nodes(path):
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute) and node.left.attr == "errno":
            numbers = [each for side in node.comparators for each in ast.walk(side)
                       if isinstance(each, ast.Constant) and type(each.value) is int and each.value > 0]
            assert not numbers, f"{name(path)}:{node.lineno}: {ast.unparse(node)}"


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
