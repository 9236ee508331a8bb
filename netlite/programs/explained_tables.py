"""A program whose tables are explained: rows and columns are overheard, and told below them."""

from __future__ import annotations

from ..errors import UsageError
from .interruptions import end_interrupted, run_until_interrupted
from .run_pages import Kept
from .whole_file import WholeFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..environment import Environment
    from ..teach.surroundings import Surroundings
    from .explain_options import Lesson
    from .interruptions import Command

    Ended = Callable[[Command, list[str]], int]


def run_overheard(lesson: Lesson, command: Command, argv: list[str], environment: Environment, ended: Ended) -> int:
    """A program that shows tables: their rows and columns are explained below them, never below JSON; and on a page.
    Raises UsageError."""
    from ..teach.columns import Overheard
    from ..teach.table_rows import explain_tables, row_sentences

    if "--json" in argv:
        if "--html" in lesson.files:
            raise UsageError(f"{environment.program}: --html is a page about the table, which --json leaves out\n", 2)
        return command(argv, environment)
    html = WholeFile(lesson.files["--html"], environment) if "--html" in lesson.files else None
    out = environment.out
    kept = Kept(out)
    environment.out = heard = Overheard(kept if html is not None else out)
    if html is None:
        status, interrupted = ended(command, argv), False
    else:  # what was shown is on the page, however it ended
        status, interrupted = run_until_interrupted(lambda words, _: ended(command, words), argv, environment)
    environment.out = out
    if lesson.mode is not None and (not status or heard.tables or heard.rows):
        out.write(explain_tables(heard, surroundings(environment)))
    if html is not None:
        from shlex import join

        from ..teach.run_page import table_page

        text = table_page(join([environment.program, *argv]), kept.text,
                          row_sentences(heard, surroundings(environment)), heard.tables)
        html.write(lambda: text.encode("utf-8", "backslashreplace"))
    if interrupted:
        end_interrupted(environment)
    return status


def surroundings(environment: Environment) -> Surroundings:
    """What rows are explained with; what cannot be read is left out."""
    from _socket import inet_ntoa

    from ..system.names.files import read_services
    from ..system.routes.proc_tables import read_routes4
    from ..teach.surroundings import Surroundings

    try:
        routes = [route for rows in read_routes4(environment, lambda route: route) for _, route in rows]
    except OSError:
        routes = []
    gateways = tuple(dict.fromkeys(inet_ntoa(route.gateway) for route in routes if any(route.gateway)))
    return Surroundings(read_services(environment), gateways)
