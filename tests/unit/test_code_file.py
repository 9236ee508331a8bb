"""Modules that are made in one piece: what they import is what importlib would give them."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from types import ModuleType

from netlite.code_file import CodeFile


def load(code, place):
    """Make the module ``above.in_one_piece`` of `code`, and nothing else."""

    class Piece(CodeFile):
        def _read(self, offset, size):
            return [("above.in_one_piece", False, code)]

    Piece(-1, 0, b"", str(place))._load_together(ModuleType("above"), 0, 0)


def test_a_relative_name_is_not_that_of_another_module(tmp_path, monkeypatch):
    """A package that is imported meanwhile has a module that is called like one that is loaded."""
    package = tmp_path / "package_of_others"
    package.mkdir()
    (package / "__init__.py").write_text("from .wanted import value\n")
    (package / "wanted.py").write_text("value = 'right'\n")
    other = ModuleType("wanted")
    other.value = "wrong"
    monkeypatch.setitem(sys.modules, "wanted", other)
    monkeypatch.syspath_prepend(str(tmp_path))
    code = compile("from package_of_others import value", "in_one_piece", "exec")
    above = ModuleType("above")
    monkeypatch.setitem(sys.modules, "above", above)
    imported = __builtins__["__import__"] if isinstance(__builtins__, dict) else __builtins__.__import__

    load(code, tmp_path)
    try:
        assert above.in_one_piece.value == "right"
        assert __import__ is imported
    finally:
        for name in ("above.in_one_piece", "package_of_others", "package_of_others.wanted"):
            sys.modules.pop(name, None)


def test_a_module_in_c_is_what_importlib_makes_of_it(tmp_path, monkeypatch):
    above = ModuleType("above")
    monkeypatch.setitem(sys.modules, "above", above)
    names = "errno", "_operator", "select"
    specs = {name: find_spec(name) for name in names}
    for name in names:
        monkeypatch.delitem(sys.modules, name)
    try:
        load(compile("import errno, select; from _operator import add", "in_one_piece", "exec"), tmp_path)
        made = {name: sys.modules[name] for name in names}
        assert above.in_one_piece.errno is made["errno"] and above.in_one_piece.add is made["_operator"].add
        for name, module in made.items():
            spec, known = module.__spec__, specs[name]
            assert (spec.name, spec.origin, spec.has_location, type(spec.loader), module.__package__) == (
                name, known.origin, known.has_location, type(known.loader), "")
            assert module.__loader__ is spec.loader and getattr(module, "__file__", None) == (spec.origin if spec.has_location else None)
    finally:
        sys.modules.pop("above.in_one_piece", None)
