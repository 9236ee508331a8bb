"""What the exporter asks of its own process: descriptors, processor time, the date, signals, how files are."""

from __future__ import annotations

import os
import resource
import signal
import time
from select import POLLOUT, poll
from stat import S_ISREG

from ...sockets.signals import heeded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable

SPARE = 128                           # descriptors beside those of clients and probes
TLS_BYTES = 1 << 15                   # two records (RFC 8446 section 5.1)
MANY = 1 << 20                        # where there is no limit

_dates: dict[int, str] = {}


def raise_limit(wanted: int) -> int:
    """Allow so many descriptors, as far as the hard limit goes; returns how many there may be now (0 wants no more)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    goal = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < goal:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (goal, hard))
            soft = goal
        except (OSError, ValueError):
            pass
    return wanted or MANY if soft == resource.RLIM_INFINITY else soft


def http_date() -> str:
    """Now, as HTTP has it; that of the last second is kept."""
    now_s = int(time.time())
    if now_s not in _dates:
        _dates.clear()
        _dates[now_s] = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(now_s))
    return _dates[now_s]


def processor_seconds() -> float:
    """What this process used, in user and kernel mode."""
    return time.process_time()


def open_descriptors() -> int:
    """How many there are; -1 without /proc."""
    try:
        return len(os.listdir("/proc/self/fd")) - 1  # less the one that looks
    except OSError:
        return -1


def signature(path: str) -> tuple[int, ...] | None:
    """What changes with a file; None where it cannot be looked at."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino, status.st_dev


def is_plain(path: str) -> bool:
    """Whether it is a file with an end; a pipe would hold up all clients until somebody writes.  Raises OSError."""
    return S_ISREG(os.stat(path).st_mode)


def is_read(fd: int) -> bool:
    """Whether a line can be written there without waiting."""
    writable = poll()
    writable.register(fd, POLLOUT)
    return bool(writable.poll(0))


def ignore_broken_pipes() -> None:
    """A client that hangs up is no reason to die."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)


def limit_tls_buffers() -> None:
    """asyncio has 256 kB for each TLS connection from its first moment on: 256 MB for a thousand that say nothing."""
    from asyncio.sslproto import SSLProtocol

    SSLProtocol.max_size = TLS_BYTES


def hold_reloads() -> None:
    """A SIGHUP waits until `catch_signals`: who starts us cannot know when that is."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})


def catch_signals(loop: AbstractEventLoop, end: Callable[[], object],
                  again: Callable[[], object]) -> Callable[[], None]:
    """Call `end` at SIGINT and SIGTERM, `again` at SIGHUP; what is returned undoes it.  Who is ignored stays so."""
    calls: dict[int, Callable[[], object]] = {signal.SIGINT: end, signal.SIGTERM: end, signal.SIGHUP: again}
    caught = heeded(calls)
    for number in caught:
        loop.add_signal_handler(number, calls[number])
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})

    def undo() -> None:
        for number in caught:
            loop.remove_signal_handler(number)

    return undo
