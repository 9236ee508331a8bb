"""What wakes a wait: a descriptor that another thread makes readable.

Where none is to be had (RLIMIT_NOFILE, seccomp) there is none, and `clock.Clock.wait` looks now and then by itself.
"""

from __future__ import annotations

from posix import EFD_CLOEXEC, EFD_NONBLOCK, close, eventfd, eventfd_read, eventfd_write


class Wakeup:
    """From any thread: `call`; by who waits: `answer`, when `fileno()` can be read or at any time."""

    def __init__(self) -> None:
        try:
            self._fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)
        except OSError:
            self._fd = -1

    def call(self) -> None:
        """Wake who waits; nothing once it is closed."""
        if self._fd >= 0:
            eventfd_write(self._fd, 1)

    def answer(self) -> None:
        """Be woken no more by the calls until now."""
        if self._fd >= 0:
            try:
                eventfd_read(self._fd)
            except BlockingIOError:
                pass

    def fileno(self) -> int:
        return self._fd

    def close(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            close(fd)
