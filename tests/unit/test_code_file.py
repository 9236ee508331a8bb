"""Modules that are made in one piece: what they import is what importlib would give them."""

from __future__ import annotations

import sys
from types import ModuleType

from netlite.code_file import CodeFile


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

    class Piece(CodeFile):
        def _read(self, offset, size):
            return [("above.in_one_piece", False, code)]

    Piece(-1, 0, b"", str(tmp_path))._load_together(0, 0)
    try:
        assert above.in_one_piece.value == "right"
        assert __import__ is imported
    finally:
        for name in ("above.in_one_piece", "package_of_others", "package_of_others.wanted"):
            sys.modules.pop(name, None)
