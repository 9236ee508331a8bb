"""What ``netlite`` itself does: help, version, doctor, completion, install, uninstall.

Exit status: 0 done, 1 not everything works (doctor) or could be done (install), 2 wrong command line.
"""

from __future__ import annotations

from ...environment import Environment
from ...errors import NetliteError, UsageError

PROGRAMS = "ping traceroute tracepath netstat ifconfig route arp hostname"


def main(words: list[str], environment: Environment) -> int:
    """Do what the word says that the program is called by; returns the exit status."""
    verb = environment.program
    environment.program = "netlite"
    if words in (["-h"], ["--help"]):
        verb, words = "help", []
    return VERBS[verb](words, environment)


def _usage() -> str:
    from .own import SYNOPSES, WORDS

    [(_, rows)] = WORDS["netlite"]
    words = [("netlite PROGRAM [ARGUMENT...]", f"one of the programs: {PROGRAMS}"),
             *((SYNOPSES.get(name, (f"netlite {name} {value}",))[0], text) for name, value, text in rows),
             ("netlite --version", "print netlite's own version")]
    return "usage: " + "       ".join(f"{typed:38} {text}\n" for typed, text in words)


def _wrong(problem: str) -> UsageError:
    return UsageError(f"netlite: {problem}\n{_usage()}", 2)


def _version(words: list[str], environment: Environment) -> int:
    from ... import __version__

    environment.out.write(f"netlite {__version__}\n")
    return 0


def _help(words: list[str], environment: Environment) -> int:
    from .help import render_help
    from .manual import canonical, manual_of

    if len(words) > 1:
        raise _wrong("help takes one program")
    if not words:
        environment.out.write(_usage())
        return 0
    name = canonical(words[0])
    if name is None and words[0] in VERBS:
        return _help([], environment)
    if name is None:
        raise _wrong(f"no program {words[0]!r}")
    environment.out.write(render_help(manual_of(name)))
    return 0


def _completion(words: list[str], environment: Environment) -> int:
    from .completions import SHELLS, render_completion

    if len(words) != 1 or words[0] not in SHELLS:
        raise _wrong(f"completion takes one of {', '.join(SHELLS)}")
    environment.out.write(render_completion(words[0]))
    return 0


def _doctor(words: list[str], environment: Environment) -> int:
    if words:
        raise _wrong("doctor takes no words")
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
        raise _wrong(f"{verb} takes one folder")
    if not environment.owns_process:
        raise NetliteError(f"{verb} changes a machine, from a process of its own")
    from . import links

    change = links.install if verb == "install" else links.uninstall
    return change(words[0], environment)


VERBS = {"help": _help, "--help": _help, "-h": _help, "--version": _version, "-V": _version,
         "completion": _completion, "doctor": _doctor, "install": _install, "uninstall": _uninstall}
