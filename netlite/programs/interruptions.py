"""A run that an interrupt ends, and what is still told then; the interrupt takes its course behind that."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..environment import Environment

    Command = Callable[[list[str], Environment], int]

SIGINT = 2


def run_until_interrupted(command: Command, argv: list[str], environment: Environment) -> tuple[int, bool]:
    """Status, and whether SIGINT ended the command: what was seen is then still explained.

    A second SIGINT ends the process, and one that comes when the command has ended.
    """
    try:
        environment.raise_interrupts()
        status = command(argv, environment)
        environment.default_interrupts()
    except KeyboardInterrupt:
        return 128 + SIGINT, True
    return status, False


def end_interrupted(environment: Environment) -> None:
    """Die of the interrupt, now that all is written."""
    environment.out.flush()
    if environment.document is not None:  # the document has an end to be written
        raise KeyboardInterrupt
    environment.end_as_interrupted()
