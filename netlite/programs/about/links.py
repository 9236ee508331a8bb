"""``netlite install DIR`` and ``uninstall DIR``: links to the programs where a shell looks for commands.

Nothing that stands there is written over, and only links that lead to these programs are taken away.
"""

from __future__ import annotations

import os

from ...environment import Environment
from ...errors import NetliteError
from ...render.visible import visible
from ..registry import PROGRAMS

NAMES = ("netlite", *PROGRAMS)


def install(folder: str, environment: Environment) -> int:
    """Make the links; 1 where a name is taken by something else.  Raises NetliteError."""
    home, there, taken = home_of_programs(), _names(folder), False
    for name in NAMES:
        target, place = os.path.join(home, name), os.path.join(folder, name)
        if name in there:
            if not _is_ours(place, home):
                environment.error(f"netlite: {visible(place)} is there already, and stays\n")
                taken = True
            continue
        try:
            os.symlink(target, place)
        except OSError as refusal:
            raise NetliteError(f"{place}: {os.strerror(refusal.errno or 0)}") from None
        environment.out.write(f"{place} -> {target}\n")
    return int(taken)


def uninstall(folder: str, environment: Environment) -> int:
    """Take the links away.  Raises NetliteError."""
    home, there = home_of_programs(), _names(folder)
    for name in NAMES:
        place = os.path.join(folder, name)
        if name in there and _is_ours(place, home):
            try:
                os.unlink(place)
            except OSError as refusal:
                raise NetliteError(f"{place}: {os.strerror(refusal.errno or 0)}") from None
            environment.out.write(f"{place} removed\n")
    return 0


def home_of_programs() -> str:
    """The folder of the scripts that started this: bin of a checkout or of an installation."""
    from sys import argv, prefix

    here = os.path.dirname(os.path.realpath(argv[0]))
    for folder in (here, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "..", "bin"),
                   os.path.join(prefix, "bin")):
        if all(os.access(os.path.join(folder, name), os.X_OK) for name in NAMES):
            return os.path.realpath(folder)
    raise NetliteError("the programs are in one file here: a link to it needs none of this; or install the package")


def _names(folder: str) -> set[str]:
    try:
        return set(os.listdir(folder))
    except OSError as refusal:
        raise NetliteError(f"{folder}: {os.strerror(refusal.errno or 0)}") from None


def _is_ours(place: str, home: str) -> bool:
    return os.path.islink(place) and os.path.dirname(os.path.realpath(place)) == home
