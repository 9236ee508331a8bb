"""netlite lab: networks of virtual routers on this machine, to look at and to break.

Exit status: that of the program for ``run -- COMMAND``, ``exec`` and ``shell``; else 0 done and as described,
1 not as described, 2 wrong command line or refused, 128 and the number of the signal that stopped it.
"""

from __future__ import annotations

from ...errors import NetliteError, UsageError
from ...environment import Environment

USAGE = """\
usage: netlite lab list                                   the scenes, and what they run on here
       netlite lab run SCENE [--backend B] [-- COMMAND]   build one: run COMMAND in it, or a shell on a
                                                          terminal, or else all that there is to try
       netlite lab run SCENE --html FILE                  play all in memory, and write a page that replays
                                                          every packet, for a browser
       netlite lab check [SCENE]... [--backend B]         is all as described? (the running lab, or all scenes)
in another terminal, or in a shell of the lab:
       netlite lab shell [NODE]                           a shell on a node
       netlite lab exec NODE COMMAND                      run a command on a node
       netlite lab map [SCENE]                            nodes, wires, faults
       netlite lab break NAME                             switch a fault of the scene on
       netlite lab fix NAME                               and off
       netlite lab down                                   end the lab
A scene is a name from the list or a file of your own (./mine.toml).  Back-ends: namespaces, userspace,
memory.  NETLITE_LAB in the environment names the lab, for whoever runs several.
"""


def main(arguments: list[str], environment: Environment) -> int:
    """Do what the first word says; returns the exit status.  Raises UsageError and NetliteError."""
    from . import check as lab_check, run as lab_run, visit as lab_visit

    verbs = {"list": lab_check.list_scenes, "run": lab_run.run, "check": lab_check.check, "shell": lab_visit.shell,
             "exec": lab_visit.execute, "map": lab_visit.draw_map, "break": lab_visit.switch("break"),
             "fix": lab_visit.switch("fix"), "down": lab_visit.down}
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        environment.out.write(USAGE)
        return 0 if arguments else 2
    verb = verbs.get(arguments[0])
    if verb is None:
        raise wrong_line(f"unknown verb {arguments[0]!r}")
    try:
        return verb(arguments[1:], environment)
    except UsageError:
        raise
    except NetliteError as problem:
        environment.error(f"netlite lab: {problem}\n")
        return 2


def wrong_line(problem: str) -> UsageError:
    """The complaint about a command line that cannot be served."""
    return UsageError(f"netlite lab: {problem}\n{USAGE}", 2)


def take_options(words: list[str], *names: str) -> tuple[list[str | None], list[str]]:
    """The value of each of the options `names`, None where it is not given, and the other words."""
    values, others, words = dict.fromkeys(names), [], list(words)
    while words:
        name, equals, value = words.pop(0).partition("=")
        if name in values and (equals or words):
            values[name] = value if equals else words.pop(0)
        elif name.startswith("-"):
            raise wrong_line(f"{name} needs a value" if name in values else f"unknown option {name}")
        else:
            others.append(name + equals + value)
    return list(values.values()), others
