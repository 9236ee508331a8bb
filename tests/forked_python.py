"""Processes that are Python with code of its command line (``python -c CODE``), forked off one that has netlite loaded.

To start Python and load netlite costs more than most programs do in a lab.  Who asks is the parent of the process
(CLONE_PARENT, clone(2)), and has it as a `subprocess.Popen`; warm_builder.py has the process that it is forked off.
"""

from __future__ import annotations

import atexit
import ctypes
import fcntl
import gc
import importlib
import locale
import os
import pickle
import pkgutil
import platform
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

CLONE_PARENT = 0x00008000  # <linux/sched.h>
CLONE = {"x86_64": 56, "aarch64": 220, "riscv64": 220}
MOST_DESCRIPTORS = 200  # a message takes 253 (unix(7))
OPTIONS = {"stdin", "stdout", "stderr", "text", "bufsize", "pass_fds", "env", "start_new_session", "encoding", "errors"}
ASKED = b"python"
LOCALES = None, "", "C", "POSIX"  # in these, too, Python's own encoding is UTF-8


def code_and_arguments(words: list[str]) -> list[str]:
    """The code and its arguments, where the words start this Python so; else none."""
    at = words.index("-c") if "-c" in words else 0
    return words[at + 1:] if at and words[0] == sys.executable and {"-I"} <= set(words[1:at]) <= {"-I", "-S", "-X", "utf8"} else []


def can_be(words: list[str], options: dict) -> bool:
    """Whether a process of these words and options of Popen's can be forked; one on a terminal is started, as Python asks whether it is."""
    streams = (options.get(name) for name in ("stdin", "stdout", "stderr"))
    numbers = [each if isinstance(each, int) else each.fileno() for each in streams if each is not None]
    environment = options.get("env") or os.environ
    return (bool(code_and_arguments(words)) and set(options) <= OPTIONS and platform.machine() in CLONE
            and all(each in LOCALES or each.endswith(".UTF-8") for each in map(environment.get, ("LC_ALL", "LC_CTYPE", "LANG")))
            and len(options.get("pass_fds", ())) < MOST_DESCRIPTORS and not any(number >= 0 and os.isatty(number) for number in numbers))


class Forked(subprocess.Popen):
    """As a Popen of such words; `way` is an `entrance.Way`, and `asking` a warm_builder.Asking."""

    def __init__(self, words: list[str], asking, way, **options):
        self._asking, self._way = asking, way
        self._session = options.pop("start_new_session", False)
        super().__init__(words, **options)

    def _execute_child(self, words, executable, preexec_fn, close_fds, pass_fds, cwd, env, startupinfo, creationflags, shell,
                       p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, *_):
        streams = [number if given == -1 else given for number, given in enumerate((p2cread, c2pwrite, errwrite))]
        request = {"way": tuple(self._way), "arguments": code_and_arguments(words), "kept": tuple(pass_fds),
                   "env": dict(os.environb) if env is None else {os.fsencode(key): os.fsencode(value) for key, value in env.items()},
                   "scheduler": (os.sched_getscheduler(0), os.sched_getparam(0).sched_priority), "session": self._session}
        try:
            self.pid = self._asking.fork(request, [*streams, *sorted(self._way.descriptors), *pass_fds])
        finally:
            self._close_pipe_fds(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)
        self._child_created = True


def ask(place: bytes, request: dict, descriptors: list[int]) -> int:
    """The number of the process that is forked.  Raises OSError."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking, open(os.memfd_create("request"), "wb") as file:
        pickle.dump(request, file)
        file.flush()
        asking.connect(place)
        socket.send_fds(asking, [ASKED], [file.fileno(), *descriptors])
        told = asking.recv(20)
    if not told:
        raise OSError("no process was forked")
    return int(told)


def load_what_else_they_need() -> None:
    """What a lab and programs in it import, beside what program_runs.load_programs() does."""
    for name in ("name_sources", "programs.watch.main", "lab.kernel.changes", "lab.kernel.services", "lab.kernel.dhcp", "lab.kernel.wires"):
        importlib.import_module(f"netlite.{name}")
    for module in pkgutil.iter_modules(importlib.import_module("netlite.api").__path__, "netlite.api."):
        importlib.import_module(module.name)
    gc.freeze()


def answer(asking: socket.socket, descriptors: list[int]) -> dict | None:
    """In the process that has all loaded: fork one for who asks.  There it returns what it is to `become`."""
    with open(descriptors[0], "rb", closefd=False) as file:
        file.seek(0)
        request = pickle.load(file)
    ctypes.pythonapi.PyOS_BeforeFork()
    child = ctypes.PyDLL(None).syscall(CLONE[platform.machine()], CLONE_PARENT | signal.SIGCHLD, 0, 0, 0, 0)
    if child:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
        asking.send(str(child).encode())
        return None
    ctypes.pythonapi.PyOS_AfterFork_Child()
    return request


def become(request: dict, descriptors: list[int]) -> None:
    """Be the process that is asked for: `descriptors` are its streams, the namespaces of its way, and those it keeps."""
    from netlite.lab.kernel.entrance import Way

    way = Way.of(request["way"])
    places = dict(zip(sorted(way.descriptors), descriptors[3:]))
    there = way.replace(**{name: places[getattr(way, name)] for name in ("network", "user", "mounts", "names") if getattr(way, name) in places})
    if request["session"]:
        os.setsid()
    there.go()
    policy, priority = request["scheduler"]
    os.sched_setscheduler(0, policy, os.sched_param(priority))
    _put({**dict(enumerate(descriptors[:3])), **dict(zip(request["kept"], descriptors[3 + len(places):]))})
    os.environb.clear()
    os.environb.update(request["env"])
    import posix

    posix.environ.clear()
    posix.environ.update(request["env"])
    with suppress(locale.Error):  # it is not there
        locale.setlocale(locale.LC_CTYPE, "")
    sys.argv = ["-c", *request["arguments"][1:]]
    main = sys.modules["__main__"]
    for name in [name for name in vars(main) if not name.startswith("__")]:
        delattr(main, name)
    gc.unfreeze()
    os._exit(_status(lambda: exec(compile(request["arguments"][0], "<string>", "exec"), vars(main))))


def _status(work: Callable[[], object]) -> int:
    """That of a process which ends after its work; Python itself would take all of its modules apart before."""
    status = 0
    try:
        work()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if end.code is not None and not isinstance(end.code, int):
            print(end.code, file=sys.stderr)
    except BaseException:
        status = 1
        sys.excepthook(*sys.exc_info())
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return status


def _put(places: dict[int, int]) -> None:
    """Have descriptors be where they belong, and no others."""
    room = max(*places, *places.values()) + 1
    moved = {wanted: fcntl.fcntl(each, fcntl.F_DUPFD, room) for wanted, each in places.items()}
    for wanted, each in moved.items():
        os.dup2(each, wanted)
    for number in map(int, os.listdir("/proc/self/fd")):
        if number not in places:
            try:
                os.close(number)
            except OSError:  # of the list itself
                pass
