"""The files of the project, as the tests of its rules see them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from os import walk
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "netlite"
MADE = {".venv", "build", "dist", "__pycache__", ".git", ".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache"}


@cache
def files(folder: Path = ROOT, pattern: str = "*") -> tuple[Path, ...]:
    """All files below a folder that belong to the project, in order."""
    found = []
    for place, folders, names in walk(folder):
        folders[:] = [each for each in folders if each not in MADE and not each.endswith(".egg-info")]
        found += [path for each in names if each not in MADE and (path := Path(place, each)).match(pattern) and path.is_file()]
    return tuple(sorted(found))


def modules() -> tuple[Path, ...]:
    """The modules of the package."""
    return files(PACKAGE, "*.py")


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file, read as the oldest supported Python reads it."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=(3, 11))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All nodes of that tree."""
    return tuple(ast.walk(parsed(path)))


def statements_in(node: ast.AST) -> Iterator[ast.AST]:
    """The statements right inside a node of a syntax tree, and the handlers of exceptions and cases, which hold more."""
    for part in ("body", "handlers", "orelse", "finalbody", "cases"):
        inside = getattr(node, part, ())
        yield from inside if isinstance(inside, list) else ()  # not what a lambda or a condition is


def name(path: Path) -> str:
    """A path as people write it."""
    return str(path.relative_to(ROOT))


def for_each(paths: Callable[[], Iterable[Path]]) -> Callable:
    """Makes of the test of a file one of all `paths()`, which tells each that breaks the rule."""
    def decorate(check: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            broken = []
            for path in paths():
                try:
                    check(path)
                except AssertionError as wrong:
                    broken.append(f"{name(path)}: {wrong}")
            assert not broken, "\n".join(broken)

        test.__doc__ = check.__doc__
        return test

    return decorate
