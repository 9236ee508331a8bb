"""The command line of netlite lab: its usage, its options, its complaints."""

from __future__ import annotations

from ...errors import UsageError

USAGE = """\
usage: netlite lab list [--json|--jsonl]                  the scenes, and what they run on here
       netlite lab run SCENE [--backend B] [-- COMMAND]   build one: run COMMAND in it, or a shell on a
                                                          terminal, or else all that there is to try
       netlite lab run SCENE --html FILE                  play all in memory, and write a page that replays
                                                          every packet, for a browser
       netlite lab check [SCENE]... [--backend B]         is all as described? (the running lab, or all scenes)
       netlite lab why [SCENE]... [--backend B]           does netlite why name each labelled fault? (memory, or
                                                          namespaces)
       netlite lab exercise [NAME] [--backend B]          broken networks to mend; NAME: work on one
                    [--result FILE [--student S] [--seed W]]   and keep what was done, to hand it in
       netlite lab grade DIR [--csv FILE]                 what a class handed in, as a table
                    [--seeds FILE] [--exercise FILE]
       netlite lab schema                                 what scene files may say, as a JSON Schema
in another terminal, or in a shell of the lab:
       netlite lab shell [NODE]                           a shell on a node
       netlite lab exec NODE COMMAND                      run a command on a node
       netlite lab map [SCENE]                            nodes, wires, faults
       netlite lab break NAME                             switch a fault of the scene on
       netlite lab fix NAME                               and off
       netlite lab capture WIRE FILE [--count N]          what passes a wire (r1-r2), for packet analysers, until
                                                          interrupted; --scene SCENE: what that sends in memory
       netlite lab down                                   end the lab
A scene is a name from the list or a file of your own (./mine.toml).  Back-ends: namespaces, userspace,
memory.  NETLITE_LAB in the environment names the lab, for whoever runs several.
"""
OWN_NAMES = ("netlite", "bin/netlite", "./bin/netlite")  # before a program's name, where a command is typed


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
