"""Start a program: ``python3 -I -m netlite ping …``, and what the scripts in bin/ call."""

from __future__ import annotations

import sys
from posix import _exit


def run(folder: str, program: str, arguments: list[str]) -> None:
    """Run a program as a process: main(), flush, exit.  Does not return."""
    import _signal

    from .environment import Environment
    from .programs.registry import execute

    _signal.signal(_signal.SIGPIPE, _signal.SIG_DFL)
    if _signal.getsignal(_signal.SIGINT) != _signal.SIG_IGN:  # as in a background job
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    environment = Environment(program)
    environment.owns_process = True
    status = execute(folder, arguments, environment)
    environment.out.flush()
    _exit(status)


def main() -> None:
    """The entry of ``python3 -m netlite`` and of bin/netlite."""
    from .programs.registry import USAGE, folder_of

    words = sys.argv[1:]
    folder = folder_of(words[0]) if words else None
    if folder is None:
        sys.stderr.write(USAGE)
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
