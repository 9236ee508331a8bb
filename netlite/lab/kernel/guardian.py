"""Whoever is left in a lab ends with it, even when the lab is killed: a process that waits for that.

Programs of a lab die with the process that holds it (PR_SET_PDEATHSIG), but what they started in turn
does not know its end.  The guardian is a fork of the lab that sleeps until its pipe closes.
"""

from __future__ import annotations

import os
import signal


def guard(networks: dict[str, int]) -> int:
    """Start a guardian of network namespaces (descriptors by node); returns its process id.

    To be called with a single thread.  The guardian ends with this process, and ends all that is in there.
    """
    ours, theirs = os.pipe()
    names = {os.readlink(f"/proc/self/fd/{descriptor}") for descriptor in networks.values()}
    process = os.fork()
    if process:
        os.close(ours)  # `theirs` stays open as long as we live: its end is the message
        return process
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _close_all_but({ours, *networks.values()})  # held, so that no other namespace gets their numbers
        os.read(ours, 1)
        while end_all_in(names):
            pass
    finally:
        os._exit(0)


def end_all_in(networks: set[str]) -> int:
    """Kill the processes whose network namespace is one of these ("net:[4026531840]"), but us; how many."""
    killed = 0
    for entry in os.listdir("/proc") if networks else ():
        if entry.isdigit() and int(entry) != os.getpid():
            try:
                with open(f"/proc/{entry}/stat", "rb") as file:  # a name in it may be any bytes
                    ended = file.read().rpartition(b")")[2].split()[0] in b"ZX"
                if not ended and os.readlink(f"/proc/{entry}/ns/net") in networks:
                    os.kill(int(entry), signal.SIGKILL)
                    killed += 1
            except OSError:
                pass  # gone, or somebody else's
    return killed


def _close_all_but(kept: set[int]) -> None:
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in kept:
            try:
                os.close(int(name))
            except OSError:
                pass  # it was that of the listing itself
