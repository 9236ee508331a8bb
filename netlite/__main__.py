"""Start a program: ``python3 -I -m netlite ping …``, and what the scripts in bin/ call."""

from __future__ import annotations

import sys
from _signal import SIG_DFL, SIGINT, SIGPIPE, default_int_handler, getsignal, signal
from gc import set_threshold
from posix import _exit, environ, getpid, kill, write

COERCED = b"C.UTF-8", b"C.utf8", b"UTF-8"
ROOM_BYTES = 3 << 20
"""Without so much memory nothing is begun: in the middle of a module CPython may lack what it takes to raise a
MemoryError, and go round for ever where it handles one."""
RESERVE_BYTES = 1 << 18
"""Held for the words of who lacks memory: none of it is touched, and it is given back before they are made."""
LACKING = MemoryError, SystemError, ImportError  # made before: there may be no memory for a tuple either
GARBAGE_AWAITED = 50_000
"""Objects that may be garbage before Python looks for cycles: a short run makes fewer, and is spared the looks."""


def run(folder: str, program: str, arguments: list[str]) -> None:
    """Run a program as a process: main(), flush, exit.  Does not return."""
    end_by_signals()
    keep_locale()
    set_threshold(GARBAGE_AWAITED)
    if b"NETLITE_TRACEBACK" not in environ:
        sys.unraisablehook = callable  # says nothing, and needs no memory: a thread may lack it for its first call
    no_memory = f"{program}: Cannot allocate memory\n".encode("utf-8", "surrogateescape")
    try:
        bytes(ROOM_BYTES)  # is given back at once
        status = status_of(folder, program, arguments)
    except LACKING:  # too early, or too little left, for more than that
        status = 2
        complain(no_memory)
    _exit(status)


def status_of(folder: str, program: str, arguments: list[str]) -> int:
    """The exit status of a program in the world of this process.  Raises what is `LACKING`."""
    from .environment import Environment
    from .programs.registry import execute

    environment = Environment(program)
    environment.owns_process = True
    environment.reserve = bytes(RESERVE_BYTES)
    try:
        status = execute(folder, arguments, environment)
        environment.out.flush()
        return status
    except KeyboardInterrupt:  # in the moment in which those who wait for it end
        number = environment.interrupted_by
        signal(number, SIG_DFL)
        kill(getpid(), number)
        return 128 + number
    except OSError as refusal:
        environment.reserve = b""
        complain(f"{program}: {refusal.strerror}\n".encode("utf-8", "surrogateescape"))
        return 2


def complain(line: bytes) -> None:
    """Write to stderr, if that is possible; takes no memory."""
    try:
        write(2, line)
    except OSError:
        pass


def end_by_signals() -> None:
    """Die of SIGINT and SIGPIPE without a word, as programs in C do; a SIGINT that is ignored stays so, as in
    a background job."""
    signal(SIGPIPE, SIG_DFL)
    if getsignal(SIGINT) is default_int_handler:
        signal(SIGINT, SIG_DFL)


def keep_locale() -> None:
    """Take back what Python made of a C locale (PEP 538): names on the command line have no encoding then."""
    found = environ.get(b"LC_CTYPE")
    if found not in COERCED or b"LC_ALL" in environ:
        return
    from posix import O_CLOEXEC, O_RDONLY, close, open, putenv, read

    try:
        file = open("/proc/self/environ", O_RDONLY | O_CLOEXEC)
        given = b"\0" + read(file, 1 << 20).rstrip(b"\0") + b"\0"
        close(file)
    except OSError:
        return
    if b"\0LC_CTYPE=" + found + b"\0" not in given:  # not set so by who called, or to a locale that is not there
        from _locale import LC_CTYPE, setlocale

        environ[b"LC_CTYPE"] = b"C"
        putenv("LC_CTYPE", "C")
        setlocale(LC_CTYPE, "C")


def main() -> None:
    """The entry of ``python3 -m netlite`` and of bin/netlite."""
    from .programs.registry import USAGE, folder_of

    words = sys.argv[1:]
    folder = folder_of(words[0]) if words else None
    if folder is None:
        sys.stderr.write(USAGE + "`netlite help' says more.\n")
        sys.exit(2)
    run(folder, words[0], words[1:])


def start(file: str, argv: list[str]) -> None:
    """What the scripts in bin/ call: `file` is the script's own name, argv[0] the one it was called by."""
    from .programs.registry import folder_of

    folder = folder_of(file)
    if folder is None:
        return main()
    run(folder, argv[0].rpartition("/")[2], argv[1:])


if __name__ == "__main__":
    main()
