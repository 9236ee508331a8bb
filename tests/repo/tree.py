"""The files of the project, as the tests of its rules see them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "netlite"
MADE = {".venv", "build", "dist", "__pycache__", ".git", ".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache"}


@cache
def files(folder: Path = ROOT, pattern: str = "*") -> tuple[Path, ...]:
    """All files below a folder that belong to the project, in order."""
    return tuple(sorted(path for path in folder.rglob(pattern) if path.is_file()
                        and not MADE.intersection(path.relative_to(ROOT).parts)
                        and not any(part.endswith(".egg-info") for part in path.parts)))


def modules() -> tuple[Path, ...]:
    """The modules of the package."""
    return files(PACKAGE, "*.py")


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file, read as the oldest supported Python reads it."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=(3, 11))


def name(path: Path) -> str:
    """A path as people write it."""
    return str(path.relative_to(ROOT))
