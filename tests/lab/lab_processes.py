"""Python in processes of its own, with and without privileges."""

from __future__ import annotations

import ctypes
import os
import select
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PR_CAPBSET_DROP, CAP_SETFCAP = 24, 31


def drop_capabilities() -> None:
    """Have the next program start without capabilities, as an ordinary user's does.

    CAP_SETFCAP stays: a root without it may not be mapped into a user namespace (user_namespaces(7)).
    """
    prctl = ctypes.CDLL(None).prctl
    for capability in range(64):
        if capability != CAP_SETFCAP:
            prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def start_python(code: str, ordinary: bool = False, **options) -> subprocess.Popen:
    """Start Python code in a process of its own, if wished without privileges."""
    search = [str(ROOT), *filter(None, sys.path)]
    return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, cwd=ROOT,
                            preexec_fn=drop_capabilities if ordinary else None,
                            env={**os.environ, "PYTHONPATH": os.pathsep.join(search)}, **options)


class Networks:
    """Network namespaces, kept open here: else the kernel could give their numbers to those of another test.

    A context manager.  `names` are what the links under /proc read, `descriptors` what keeps them.
    """

    def __init__(self, places):
        """`places`: paths or descriptors of network namespaces."""
        self.descriptors = []
        for place in places:
            try:
                self.descriptors.append(os.open(place, os.O_RDONLY) if isinstance(place, str) else os.dup(place))
            except FileNotFoundError:  # closed since somebody listed it
                continue
        self.names = {os.readlink(f"/proc/self/fd/{descriptor}") for descriptor in self.descriptors}

    @classmethod
    def held_by(cls, process: int) -> Networks:
        """Those that a process holds open."""
        places = [f"/proc/{process}/fd/{file}" for file in os.listdir(f"/proc/{process}/fd")]
        return cls([place for place in places if _target(place).startswith("net:")])

    def users(self) -> set[str]:
        """Processes that are in one of the namespaces, or hold one open in another way than `descriptors`."""
        ours = {f"/proc/{os.getpid()}/fd/{descriptor}" for descriptor in self.descriptors}
        return {process for process in filter(str.isdigit, os.listdir("/proc"))
                if any(_target(place) in self.names for place in _places(process) if place not in ours)}

    def wait_until_unused(self) -> None:
        """Wait until no process is in these namespaces or holds one open.

        A child that was being started when its parent was killed enters its namespace after the first look,
        and then ends with its parent; hence more than one look.
        """
        for _ in range(5):
            left = self.users()
            if not left:
                return
            wait_for_end(left)
        raise AssertionError(f"still held: {self.users()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for descriptor in self.descriptors:
            os.close(descriptor)


def _places(process: str) -> list[str]:
    """What of a process can refer to a network namespace."""
    try:
        files = os.listdir(f"/proc/{process}/fd")
    except OSError:
        return []
    return [f"/proc/{process}/ns/net", *(f"/proc/{process}/fd/{file}" for file in files)]


def _target(place: str) -> str:
    try:
        return os.readlink(place)
    except OSError:  # gone meanwhile, or not for us
        return ""


def wait_for_end(processes) -> None:
    """Wait until these processes, which somebody has ended, are gone."""
    for process in processes:
        try:
            watched = os.pidfd_open(int(process))
        except ProcessLookupError:
            continue
        try:
            assert select.select([watched], [], [], 30)[0], f"process {process} is still there"
        finally:
            os.close(watched)
