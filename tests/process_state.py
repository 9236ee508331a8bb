"""All that belongs to a whole process and that something called in it could change: as a dictionary, to be compared."""

from __future__ import annotations

import asyncio
import atexit
import ctypes
import decimal
import gc
import locale
import logging
import os
import random
import resource
import signal
import socket
import sys
import termios
import threading
import time
import warnings

LIBC = ctypes.CDLL(None, use_errno=True)
PRCTL = {"dumpable": 3, "keep capabilities": 7, "timer slack": 30, "securebits": 27, "no new privileges": 39}
TOLD_BY_POINTER = {"death signal": 2, "subreaper": 37}
STATUS = ("Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "Seccomp", "SigBlk", "SigIgn", "SigCgt")
PATIENCE_S = 20


def _pointed(number: int) -> int:
    value = ctypes.c_int()
    LIBC.prctl(number, ctypes.byref(value), 0, 0, 0)
    return value.value


def _descriptors() -> list[str]:
    """What they are of: one that is closed and opened anew may have another number."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            found.append(os.readlink(f"/proc/self/fd/{name}").partition(":[")[0])
        except FileNotFoundError:
            pass  # that of the listing
    return sorted(found)


def _wakeup() -> int:
    before = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(before)
    return before


def _wait_for(less_than: int, what) -> int:
    """How many there are, when it was waited for those that are about to end."""
    end_s = time.monotonic() + PATIENCE_S
    while (count := what()) > less_than and time.monotonic() < end_s:
        time.sleep(0.01)
    return count


def _children() -> list[str]:
    return [word for task in os.listdir("/proc/self/task") for word in open(f"/proc/self/task/{task}/children").read().split()]


def state(threads: int = 1) -> dict:
    """Now; threads that are at their end may end first, until there are `threads`."""
    count = _wait_for(threads, lambda: len(os.listdir("/proc/self/task")))
    gc.collect()
    with open("/proc/self/status") as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    umask = os.umask(0)
    os.umask(umask)
    found = {
        "threads": count, "descriptors": _descriptors(), "children": _children(),
        "handlers": {number: signal.getsignal(number) for number in signal.valid_signals()}, "wakeup": _wakeup(),
        "timers": [signal.getitimer(kind) for kind in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)],
        "umask": umask, "folder": os.getcwd(), "variables": dict(os.environb), "session": (os.getsid(0), os.getpgrp(), os.nice(0)),
        "limits": {kind: resource.getrlimit(getattr(resource, kind)) for kind in dir(resource) if kind.startswith("RLIMIT_")},
        "status": {key: status.get(key) for key in STATUS},
        "namespaces": {kind: os.readlink(f"/proc/thread-self/ns/{kind}") for kind in os.listdir("/proc/thread-self/ns")},
        "prctl": {name: LIBC.prctl(number, 0, 0, 0, 0) for name, number in PRCTL.items()}
        | {name: _pointed(number) for name, number in TOLD_BY_POINTER.items()},
        "collector": (gc.isenabled(), gc.get_threshold(), gc.get_debug(), len(gc.callbacks)), "frozen": gc.get_freeze_count(),
        "locale": locale.setlocale(locale.LC_ALL), "zone": time.tzname, "chance": random.getstate(), "exits": atexit._ncallbacks(),
        "recursion": sys.getrecursionlimit(), "switches": sys.getswitchinterval(), "digits": sys.get_int_max_str_digits(),
        "traced": (sys.gettrace(), sys.getprofile(), threading.gettrace()), "bytecode": sys.dont_write_bytecode,
        "hooks": (sys.excepthook, sys.unraisablehook, sys.displayhook, sys.breakpointhook, threading.excepthook),
        "streams": (sys.stdin, sys.stdout, sys.stderr, sys.argv[:]), "path": sys.path[:], "importers": [*sys.path_hooks, *sys.meta_path],
        "warnings": [*warnings.filters, warnings.showwarning], "timeout": socket.getdefaulttimeout(),
        "loops": (type(asyncio.get_event_loop_policy()), asyncio.events._get_running_loop()),
        "logging": (logging.root.level, logging.root.handlers[:], logging.root.manager.disable, logging.getLoggerClass(), logging.raiseExceptions),
        "decimal": str(decimal.getcontext()),
    }
    if os.isatty(0):
        found["terminal"] = termios.tcgetattr(0)
    return found


def differences(before: dict, after: dict) -> list[str]:
    """A line for each entry that is another one."""
    return [f"{key}: {_more(before[key], after[key])}" for key in before if before[key] != after[key]]


def _more(before, after) -> str:
    if isinstance(before, dict):
        keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        return ", ".join(f"{key!r} {before.get(key)!r} -> {after.get(key)!r}" for key in keys)
    if isinstance(before, (list, tuple)):
        return f"{[each for each in before if each not in after]} -> {[each for each in after if each not in before]} ({len(before)}, {len(after)})"
    return f"{before!r} -> {after!r}"
