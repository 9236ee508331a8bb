"""The compiled files of tests, made before the workers start: else each worker compiles all of them in a fresh checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FEW = 10


def compile_tests() -> None:
    """Have processes, as many as there are processors, collect the tests of which a compiled file is missing or old."""
    stale = [] if sys.dont_write_bytecode else [str(path) for path in sorted(HERE.glob("*/test_*.py")) if not is_compiled(path)]
    if len(stale) <= FEW:
        return
    number = os.cpu_count() or 1
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-p", "no:cacheprovider"]
    collecting = [subprocess.Popen([*command, *stale[first::number]], cwd=HERE.parent, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for first in range(min(number, len(stale)))]
    for each in collecting:
        each.wait()  # what is wrong there, the workers will tell


def is_compiled(path: Path) -> bool:
    """Whether pytest has compiled a test since it was changed."""
    made = path.parent.glob(f"__pycache__/{path.stem}.{sys.implementation.cache_tag}-pytest-*.pyc")
    return any(each.stat().st_mtime >= path.stat().st_mtime for each in made)
