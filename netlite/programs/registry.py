"""Which programs there are, and running one in a world: whatever comes of it is a text and an exit status."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..environment import Environment

    Command = Callable[[list[str], Environment], int]

PROGRAMS = {  # name: its folder in netlite/programs
    "ping": "ping", "ping4": "ping", "ping6": "ping", "traceroute": "traceroute", "traceroute6": "traceroute",
    "tracert": "traceroute", "tcptraceroute": "tcptraceroute", "tracepath": "tracepath",
    "netstat": "netstat", "ifconfig": "ifconfig", "route": "route", "arp": "arp", "hostname": "hostname",
    "dnsdomainname": "hostname", "domainname": "hostname", "nisdomainname": "hostname", "ypdomainname": "hostname",
}

TABLES = ("netstat", "ifconfig", "route", "arp", "hostname")  # whose --json programs.documents writes
PROBING = ("ping", "traceroute", "tcptraceroute", "tracepath", "mtu", "why", "watch",
           "dhcp")  # and programs.run_documents
OWN = {  # what only netlite has: ``netlite mtu``, no program of that name in bin/
    "lab": "lab", "learn": "learn", "explain": "explain", "mtu": "mtu", "why": "why", "watch": "watch",
    "dhcp": "dhcp", "exporter": "exporter", "sd": "sd",
    "help": "about", "doctor": "about",
    "completion": "about", "install": "about", "uninstall": "about", "--help": "about", "-h": "about",
    "--version": "about", "-V": "about"}
WRITING = ("lab", "learn", "explain", "about")  # own programs that do not look themselves whether stdout took it all
LARGE_BYTES = 10 << 20
"""Without so much memory these and the exporter are not begun: hashlib, which they load, shows where it lacks some."""
TEACHING = ("--explain", "--pcap", "--html")  # of all programs; programs.explained

USAGE = (f"usage: netlite PROGRAM [ARGUMENT...]\nprograms: {' '.join(PROGRAMS)}\n"
         f"and: {' '.join(name for name in OWN if name.isalpha())}\n")


def folder_of(name: str) -> str | None:
    """The folder of the program that is called `name`, None where netlite has none."""
    return PROGRAMS.get(name) or OWN.get(name)


def execute(folder: str, arguments: list[str], environment: Environment) -> int:
    """Run the program of a folder in `environment`: whatever it raises becomes its message and exit status."""
    try:
        if "--json" in arguments or "--jsonl" in arguments:
            status = documented(folder, arguments, lambda words: ended(folder, words, environment), environment)
        else:
            status = ended(folder, arguments, environment)
        return environment.unwritten(2) or status if folder in WRITING else status
    finally:
        environment.leave()


def documented(folder: str, arguments: list[str], run: Callable[[list[str]], int], environment: Environment) -> int:
    """`run` with JSON on stdout, where the program has it: --json one document, --jsonl an object a line."""
    listing = folder == "lab" and arguments[0] == "list"
    if not listing and folder not in PROBING + TABLES:
        return run(arguments)
    try:
        for name in ("json", "select"):  # what a document is ended with, while there is memory for them
            __import__(name)
    except ImportError as missing:
        environment.error(f"{environment.program}: {said_of(missing)}\n")
        return 2
    if folder in PROBING:
        from .run_documents import run_told

        return run_told(folder, arguments, run, environment)
    from .documents import run_whole

    lines = "--jsonl" in arguments
    words = ["--json" if word == "--jsonl" else word for word in arguments]
    return run_whole(lambda: run(words), environment, lines)


def ended(folder: str, arguments: list[str], environment: Environment, command: Command | None = None) -> int:
    """The exit status of a program, or of a `command` of it, with the message of what it raises."""
    from ..errors import Answered, NetliteError, UsageError

    try:
        if command is not None:
            return command(arguments, environment)
        if environment.owns_process and folder in (*WRITING, "exporter"):
            bytes(LARGE_BYTES)  # is given back at once
        main: Command = __import__(f"netlite.programs.{folder}.main", fromlist=["main"]).main
        if folder not in ("lab", "explain") and is_lesson(arguments):  # lab hands them on
            from .explained import explained

            return explained(folder, main, arguments, environment,
                             lambda run, rest: ended(folder, rest, environment, run))
        return main(arguments, environment)
    except Answered as answered:
        environment.out.write(answered.text)
        environment.err.write(answered.more)
        return 0
    except UsageError as error:
        text = error.text
        if folder in OWN.values():  # no original says what its messages are, byte for byte
            from ..render.visible import visible_lines

            text = visible_lines(text)
        environment.error(text)
        return error.status
    except NetliteError as error:
        from ..render.visible import visible

        environment.error(f"{environment.program}: {visible(str(error))}\n")
        return 2
    except Exception as error:  # the last resort: one line, not a traceback
        environment.reserve = b""
        if command is not None and isinstance(error, NO_MEMORY):
            raise  # there is none to explain it either
        if "NETLITE_TRACEBACK" in environment.variables:
            raise
        if is_refusal(error):
            environment.error(f"{environment.program}: {said_of(error)}\n")
            return 2
        from ..render.visible import visible

        environment.error(f"{environment.program}: internal error: {type(error).__name__}: {visible(str(error))} "
                          "(NETLITE_TRACEBACK=1 shows where)\n")
        return 70


NO_MEMORY = MemoryError, SystemError  # the interpreter's, where it lacks the memory for a MemoryError
NO_ROOM = "can't start new thread", "can't allocate lock"  # a RuntimeError of _thread


def is_refusal(error: BaseException) -> bool:
    """Whether this machine said no: a call, memory, a thread, a library that is there but cannot be loaded, or a
    Python that is only a part of one (python3-minimal of Debian)."""
    return isinstance(error, (OSError, *NO_MEMORY)) or str(error) in NO_ROOM or \
        isinstance(error, ImportError) and (str(error.path).endswith(".so") or is_missing(error))


def is_missing(error: BaseException) -> bool:
    """Whether it is about a module that every whole Python has."""
    from sys import stdlib_module_names

    return isinstance(error, ModuleNotFoundError) and str(error.name).partition(".")[0] in stdlib_module_names


def said_of(refusal: BaseException) -> str:
    """A refusal of the system in its own words, with the file it is about."""
    if isinstance(refusal, NO_MEMORY) or str(refusal) == NO_ROOM[1]:
        return "Cannot allocate memory"
    if is_missing(refusal):
        return f"this Python has no {refusal.name}"  # type: ignore[attr-defined]
    from ..render.visible import visible

    place, words = getattr(refusal, "filename", None), getattr(refusal, "strerror", None) or str(refusal)
    return visible(f"{place}: {words}" if isinstance(place, str) else words)


def is_lesson(arguments: list[str]) -> bool:
    """Whether one of the options that teach may be among them."""
    for word in arguments:
        if word.startswith(TEACHING):
            return True
    return False


def netlite_argv(words: list[str]) -> list[str]:
    """The words of a command with netlite's own program in place of the name it begins with."""
    folder = folder_of(words[0])
    if folder is None:
        return words
    from os.path import abspath, dirname
    from sys import executable

    code = START_PROGRAM.format(root=dirname(dirname(dirname(abspath(__file__)))), folder=folder, name=words[0])
    return [executable, "-I", "-S", "-X", "utf8", "-c", code, *words[1:]]


START_PROGRAM = ("import sys; sys.path.insert(0, {root!r}); from netlite.__main__ import run; "
                 "run({folder!r}, {name!r}, sys.argv[1:])")
