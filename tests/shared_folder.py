"""A folder that all workers of a run share and every user may read; it goes with the run.

The controller takes its own away at the end; what a run that was killed has left, the next one takes away.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

PREFIX = "netlite-tests-"


def folder_of(run: int) -> Path:
    """That of a run, by the process id of its controller."""
    return Path(tempfile.gettempdir()) / f"{PREFIX}{run}"


def make_once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder `name` of this run, as the first worker that asks for it makes it; the others wait."""
    folder = folder_of(os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid())
    folder.mkdir(exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise PermissionError(f"{folder} is somebody else's")
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / name).exists():
            begun = folder / "begun"
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir()
            make(begun)
            for each in (folder, begun):
                each.chmod(0o755)
            begun.rename(folder / name)
    return folder / name


def take_away() -> None:
    """Remove that of this run, if this is its controller, and those of runs that have ended."""
    for folder in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        run = folder.name.removeprefix(PREFIX)
        if run == str(os.getpid()) or run.isdigit() and not Path("/proc", run).exists():
            shutil.rmtree(folder, ignore_errors=True)
