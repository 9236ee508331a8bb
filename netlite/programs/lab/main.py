"""netlite lab: networks of virtual routers on this machine, to look at and to break.

Exit status: that of the program for ``run -- COMMAND``, ``exec`` and ``shell``; else 0 done and as described,
1 not as described, 2 wrong command line or refused, 128 and the number of the signal that stopped it.
"""

from __future__ import annotations

from ...environment import Environment
from ...errors import NetliteError, UsageError
from ...render.visible import visible
from ..registry import said_of
from .words import USAGE, wrong_line


def main(arguments: list[str], environment: Environment) -> int:
    """Do what the first word says; returns the exit status.  Raises UsageError and NetliteError."""
    from . import capture as lab_capture
    from . import check as lab_check
    from . import exercise as lab_exercise
    from . import grade as lab_grade
    from . import run as lab_run
    from . import visit as lab_visit
    from . import why as lab_why
    from .endings import occupy_streams, signals_given_back

    verbs = {"list": lab_check.list_scenes, "run": lab_run.run, "check": lab_check.check, "shell": lab_visit.shell,
             "exec": lab_visit.execute, "map": lab_visit.draw_map, "break": lab_visit.switch("break"),
             "fix": lab_visit.switch("fix"), "down": lab_visit.down, "why": lab_why.why,
             "exercise": lab_exercise.exercise, "grade": lab_grade.grade_folder,
             "schema": lab_check.show_schema,
             "capture": lab_capture.capture}
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        environment.out.write(USAGE)
        return 0 if arguments else 2
    verb = verbs.get(arguments[0])
    if verb is None:
        raise wrong_line(f"unknown verb {arguments[0]!r}")
    if not environment.owns_process:  # it starts processes, enters namespaces, catches signals
        raise NetliteError("netlite lab runs on a machine, in a process of its own")
    occupy_streams()
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
