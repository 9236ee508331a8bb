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
    programs, there, taken = places_of_programs(), _names(folder), False
    ours = set(programs.values())
    for name, target in programs.items():
        place = os.path.join(folder, name)
        if name in there:
            if os.path.realpath(place) not in ours:
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
    ours, there = set(places_of_programs().values()), _names(folder)
    for name in NAMES:
        place = os.path.join(folder, name)
        if name in there and os.path.islink(place) and os.path.realpath(place) in ours:
            try:
                os.unlink(place)
            except OSError as refusal:
                raise NetliteError(f"{place}: {os.strerror(refusal.errno or 0)}") from None
            environment.out.write(f"{place} removed\n")
    return 0


def places_of_programs() -> dict[str, str]:
    """The script of each program, in bin/ of a checkout or of an installation, or the one file that holds all of them.

    Raises NetliteError where there is neither.
    """
    from sys import argv, prefix

    root = os.path.realpath(__file__.rsplit("/", 4)[0])
    if os.path.isfile(root):
        return dict.fromkeys(NAMES, root)
    for folder in (os.path.dirname(os.path.realpath(argv[0])), os.path.join(root, "bin"), os.path.join(prefix, "bin")):
        places = {name: os.path.realpath(os.path.join(folder, name)) for name in NAMES}
        if all(os.access(place, os.X_OK) for place in places.values()):
            return places
    raise NetliteError("the scripts of the programs are not here: install the package, or run it from a checkout")


def _names(folder: str) -> set[str]:
    try:
        return set(os.listdir(folder))
    except OSError as refusal:
        raise NetliteError(f"{folder}: {os.strerror(refusal.errno or 0)}") from None

