"""netlite lab: networks of virtual routers on this machine, to look at and to break.

Exit status: that of the program for ``run -- COMMAND``, ``exec`` and ``shell``; else 0 done and as described,
1 not as described, 2 wrong command line or refused, 128 and the number of the signal that stopped it.
"""

from __future__ import annotations

from itertools import takewhile

from ...environment import Environment
from ...errors import NetliteError, UsageError
from ...render.visible import visible
from ..registry import said_of
from .endings import occupy_streams, signals_given_back
from .words import USAGE, wrong_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

VERBS = {  # the module of each, and the function: a verb loads what it needs alone
    "list": ("check", "list_scenes"), "run": ("run", "run"), "check": ("check", "check"), "shell": ("visit", "shell"),
    "exec": ("visit", "execute"), "map": ("visit", "draw_map"), "break": ("visit", "switch_on"),
    "fix": ("visit", "switch_off"), "down": ("visit", "down"), "why": ("why", "why"),
    "exercise": ("exercise", "exercise"), "grade": ("grade", "grade_folder"), "schema": ("check", "show_schema"),
    "capture": ("capture", "capture")}


def main(arguments: list[str], environment: Environment) -> int:
    """Do what the first word says; returns the exit status.  Raises UsageError and NetliteError."""
    if asks_for_help(arguments):
        environment.out.write(USAGE)
        return 0 if arguments else 2
    if arguments[0] not in VERBS:
        raise wrong_line(f"unknown verb {arguments[0]!r}")
    if not environment.owns_process:  # it starts processes, enters namespaces, catches signals
        raise NetliteError("netlite lab runs on a machine, in a process of its own")
    occupy_streams()
    verb = _load(*VERBS[arguments[0]])
    try:
        with signals_given_back():
            return verb(arguments[1:], environment)
    except UsageError:
        raise
    except NetliteError as problem:
        environment.error(f"netlite lab: {visible(str(problem))}\n")
        return 2
    except OSError as refusal:
        environment.error(f"netlite lab: {said_of(refusal)}\n")
        return 2


def asks_for_help(arguments: list[str]) -> bool:
    """Whether a command line has no verb, or asks what it may say; the words of a command on a node are its own.

    >>> asks_for_help(["run", "chain", "--help"]), asks_for_help(["run", "chain", "--", "ping", "-h"])
    (True, False)
    """
    own = arguments[:2] if arguments[:1] == ["exec"] else [*takewhile("--".__ne__, arguments)]
    return own[:1] in ([], ["help"]) or not {"-h", "--help"}.isdisjoint(own)


def _load(module: str, name: str) -> Callable[[list[str], Environment], int]:
    verb: Callable[[list[str], Environment], int]
    verb = getattr(__import__(f"netlite.programs.lab.{module}", fromlist=[name]), name)
    return verb
