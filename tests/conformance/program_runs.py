"""Programs run and waited for by one small process inside a node, whose output is kept in memory.

netlite's are forked off that process, which has them loaded: a start of Python would cost more than what most of them
do.  (How they start is seen by test_conformance.py, which starts each by its script, with each of its options.)
"""

from __future__ import annotations

import gc
import importlib
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

NOT_LOADED = ("messages", "generate", "crafting", "lab")
NEITHER = (".lab", ".exporter", ".watch")  # large, or made with other libraries
RARE = (".why", ".learn", ".simulate")  # without an original; a fork costs by what is loaded
NOBODY = 65534
M_MMAP_THRESHOLD = -3  # <malloc.h>
CHANGED_BY_PYTHON = signal.SIGPIPE, signal.SIGXFSZ  # ignored in each of its processes


@cache
def load_programs(root: str, rare: bool = False) -> None:
    """All that the programs of the netlite in `root` may import but those of `NEITHER`, and unless asked for those of `RARE`, once."""
    left_out = NEITHER if rare else NEITHER + RARE
    if root not in sys.path:
        sys.path.insert(0, root)
    import netlite

    for name in ("programs", "command_line", "render", "system", "records", "sockets", "engines", "links", "packets"):
        for module in modules_of(netlite.__path__[0], name):
            if module.rpartition(".")[2] not in NOT_LOADED and not any(part in module for part in left_out):
                importlib.import_module(module)
    for name in ("environment", "__main__", "name_sources"):
        importlib.import_module(f"{netlite.__name__}.{name}")
    for name in ("_queue", "array", "pwd", "fcntl", "ctypes", "json", "itertools", "errno", "select"):  # nobody may not load them
        importlib.import_module(name)
    keep_large_blocks_apart()
    gc.freeze()


def modules_of(root: str, name: str) -> Iterator[str]:
    """The names of a package and all in it; pkgutil has them, too, and loads a megabyte for that."""
    for folder, _, files in os.walk(f"{root}/{name}"):
        package = f"netlite{folder.removeprefix(root)}".replace("/", ".")
        for file in files:
            if file.endswith(".py"):
                yield package if file == "__init__.py" else f"{package}.{file.removesuffix('.py')}"


def fork() -> int:
    """As os.fork(), but for what modules have registered to be done then, which takes two hundred pages; only in a process without threads."""
    return c_library().fork()


@cache
def c_library():
    return importlib.import_module("ctypes").PyDLL(None)


def keep_large_blocks_apart() -> None:
    """Have malloc ask the kernel for each large block, as in a process that has just started.

    Else it clears memory of its own for the room that each program tries, which costs seven hundred pages.
    """
    ctypes = importlib.import_module("ctypes")
    with suppress(AttributeError):  # a C library without it
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, 128 << 10)


@cache
def load_lab() -> None:
    """What ``netlite lab`` imports, once."""
    for name in ("main", "run", "check", "visit", "page", "capture", "exercise", "grade", "why"):
        importlib.import_module(f"netlite.programs.lab.{name}")
    gc.freeze()


class Run:
    """A program as it runs, of those in the folders of `path`; `ended` is a descriptor that is ready when it has.

    `by_script`: started as a user does, netlite's too.  `host`: what the host is called for it alone.
    """

    def __init__(self, words: list[bytes], path: str, nobody: bool = False, by_script: bool = False, host: bytes | None = None):
        executable = shutil.which(os.fsdecode(words[0]), path=path)
        if executable is None:
            raise FileNotFoundError(f"no {os.fsdecode(words[0])} in {path}")
        root = os.path.dirname(os.path.dirname(executable))
        ours = not by_script and os.path.exists(f"{root}/netlite/__main__.py")
        if ours:
            load_programs(root)
            if b"lab" in words:
                load_lab()
        self._streams = [os.memfd_create(name) for name in ("out", "err")]
        environment = {"PATH": path, "LC_ALL": "C", "HOME": "/nonexistent"}
        if not ours and not nobody and host is None:  # which is cheaper
            self._child = os.posix_spawn(executable, words, environment, setsigdef=CHANGED_BY_PYTHON, file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), *((os.POSIX_SPAWN_DUP2, stream, number)
                                                                       for number, stream in enumerate(self._streams, 1))])
        else:
            self._child = fork()
            if not self._child:
                try:
                    if host is not None:
                        call_host(host)
                    _become(executable, words, environment, ours, nobody, self._streams)
                finally:
                    os._exit(127)
        self.ended = os.pidfd_open(self._child)

    def outcome(self, in_time: bool) -> tuple:
        """stdout, stderr and status; a status of None: it did not end in time."""
        if not in_time:
            os.kill(self._child, signal.SIGKILL)
        os.close(self.ended)
        status = os.waitstatus_to_exitcode(os.waitpid(self._child, 0)[1])
        texts = []
        for stream in self._streams:
            texts.append(os.pread(stream, 1 << 24, 0))
            os.close(stream)
        return *texts, status if in_time else None


def call_host(name: bytes) -> None:
    """In a namespace of its own."""
    from netlite.lab.kernel import syscalls

    syscalls.unshare(syscalls.CLONE_NEWUTS)
    with open("/proc/sys/kernel/hostname", "wb", buffering=0) as file:
        file.write(name)


def _become(executable: str, words: list[bytes], environment: dict, ours: bool, nobody: bool, streams: list[int]) -> None:
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    os.dup2(streams[0], 1)
    os.dup2(streams[1], 2)
    if nobody:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    if not ours:
        os.closerange(3, 256)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in CHANGED_BY_PYTHON:
            signal.signal(number, signal.SIG_DFL)
        os.execve(executable, words, environment)
    from posix import environ

    environ.clear()
    environ.update({key.encode(): value.encode() for key, value in environment.items()})
    start_ours(executable, words)


def start_ours(executable: str, words: list[bytes]) -> None:
    """In a process that has netlite's programs loaded, and the streams and variables of one: be it."""
    from netlite.__main__ import start

    os.closerange(3, 256)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.unfreeze()
    if "random" in sys.modules:
        sys.modules["random"].seed()  # else all had the same numbers
    sys.argv = [os.fsdecode(word) for word in words]
    try:
        start(os.path.basename(executable), sys.argv)
    except SystemExit as end:
        sys.stderr.flush()
        os._exit(end.code)
