"""Programs that are explained: what was asked for, and who explains it.

The teaching options are taken off the command line; the program runs as ever, with its own text and status, and is
explained below that.  docs/decisions/0011 says why so.
"""

from __future__ import annotations

from ..errors import UsageError
from .explain_options import FILES, PROBING, REASONING, TABLES, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..environment import Environment
    from .interruptions import Command

    Ended = Callable[[Command, list[str]], int]


def explained(module_name: str, command: Command, argv: list[str], environment: Environment, ended: Ended) -> int:
    """Run `command` and explain what it did; the exit status is the program's own.

    `ended(command, argv)` runs it to the end: its status, whatever it raises.
    """
    if module_name not in (*PROBING, *TABLES, REASONING):
        return command(argv, environment)
    lesson, rest = parse(environment.program, argv, FILES[module_name])
    if lesson.mode not in (None, "story", "fields"):
        return explain_word(lesson.mode, environment)
    if module_name == REASONING:
        from .explained_diagnosis import run_reasoned as run
    elif module_name in PROBING:
        from .explained_probes import run_recorded as run
    else:
        from .explained_tables import run_overheard as run
    return run(lesson, command, rest, environment, ended)


def explain_word(word: str, environment: Environment) -> int:
    """One word of the trade; nothing is sent.  Status 2 for a word that is not known.  Raises UsageError."""
    from ..render.visible import visible
    from ..teach.glossary import define, words

    text = define(word)
    if text is None:
        raise UsageError(f"{environment.program}: no explanation of '{visible(word)}'; "
                         f"there are: {', '.join(words())}\n", 2)
    environment.out.write(text)
    return 0
