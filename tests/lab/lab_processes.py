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


def references(networks: set[str]) -> set[str]:
    """Processes that are in one of these namespaces or hold one open."""
    found = set()
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            files = os.listdir(f"/proc/{process}/fd")
        except OSError:
            continue
        for link in ("ns/net", *(f"fd/{file}" for file in files)):
            try:
                if os.readlink(f"/proc/{process}/{link}") in networks:
                    found.add(process)
            except OSError:
                pass
    return found


def networks_held_by(process: int) -> set[str]:
    """The network namespaces that a process holds open."""
    links = [os.readlink(f"/proc/{process}/fd/{file}") for file in os.listdir(f"/proc/{process}/fd")]
    return {link for link in links if link.startswith("net:")}


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


def wait_until_free(networks: set[str]) -> None:
    """Wait until no process is in these namespaces or holds one open.

    A child that was being started when its parent was killed enters its namespace after the first look,
    and then ends with its parent; hence more than one look.
    """
    for _ in range(5):
        left = references(networks)
        if not left:
            return
        wait_for_end(left)
    raise AssertionError(f"still held: {references(networks)}")
