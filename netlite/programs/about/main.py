"""What ``netlite`` itself does: help, version, doctor, completion, install, uninstall.

Exit status: 0 done, 1 not everything works (doctor) or could be done (install), 2 wrong command line.
"""

from __future__ import annotations

from ...environment import Environment
from ...errors import NetliteError, UsageError

USAGE = """\
usage: netlite PROGRAM [ARGUMENT...]    one of the programs: {programs}
       netlite mtu [OPTION...] HOST     the path MTU, and where the way narrows
       netlite why [HOST[:PORT]]        what is wrong with the way to a host, and who can mend it
       netlite lab VERB                 networks of virtual routers, to look at and to break
       netlite learn [LESSON]           lessons, played in memory
       netlite explain WORD|FILE        a word, or every packet of a capture file
       netlite help [PROGRAM]           options, with those that netlite adds
       netlite doctor                   what works on this machine, with which right, and how to change it
       netlite completion SHELL         completions for bash, zsh or fish
       netlite install DIR              links to the programs in a folder, never over anything else
       netlite uninstall DIR            and takes them away
       netlite --version
"""
PROGRAMS = "ping traceroute tracepath netstat ifconfig route arp hostname"


def main(words: list[str], environment: Environment) -> int:
    """Do what the word says that the program is called by; returns the exit status."""
    verb = environment.program
    environment.program = "netlite"
    return VERBS[verb](words, environment)


def _usage(problem: str) -> UsageError:
    return UsageError(f"netlite: {problem}\n{USAGE.format(programs=PROGRAMS)}", 2)


def _version(words: list[str], environment: Environment) -> int:
    from ... import __version__

    environment.out.write(f"netlite {__version__}\n")
    return 0


def _help(words: list[str], environment: Environment) -> int:
    from .help import render_help
    from .manual import canonical, manual_of

    if len(words) > 1:
        raise _usage("help takes one program")
    if not words:
        environment.out.write(USAGE.format(programs=PROGRAMS))
        return 0
    name = canonical(words[0])
    if name is None:
        raise _usage(f"no program {words[0]!r}")
    environment.out.write(render_help(manual_of(name)))
    return 0


def _completion(words: list[str], environment: Environment) -> int:
    from .completions import SHELLS, render_completion

    if len(words) != 1 or words[0] not in SHELLS:
        raise _usage(f"completion takes one of {', '.join(SHELLS)}")
    environment.out.write(render_completion(words[0]))
    return 0


def _doctor(words: list[str], environment: Environment) -> int:
    if words:
        raise _usage("doctor takes no words")
    if not environment.owns_process:
        raise NetliteError("doctor looks at a machine, from a process of its own")
    from .doctor import examine

    return examine(environment)


def _install(words: list[str], environment: Environment) -> int:
    return _link(words, environment, "install")


def _uninstall(words: list[str], environment: Environment) -> int:
    return _link(words, environment, "uninstall")


def _link(words: list[str], environment: Environment, verb: str) -> int:
    if len(words) != 1:
        raise _usage(f"{verb} takes one folder")
    if not environment.owns_process:
        raise NetliteError(f"{verb} changes a machine, from a process of its own")
    from . import links

    change = links.install if verb == "install" else links.uninstall
    return change(words[0], environment)


VERBS = {"help": _help, "--help": _help, "-h": _help, "--version": _version, "-V": _version,
         "completion": _completion, "doctor": _doctor, "install": _install, "uninstall": _uninstall}
