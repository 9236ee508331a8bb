"""Which capabilities this thread may use: a look that costs little, for who has none has none to give up."""

from __future__ import annotations

from posix import O_CLOEXEC, O_RDONLY, close, open, read


def permitted_capabilities() -> int:
    """The capabilities this thread may use, a bit each (capabilities(7))."""
    try:
        descriptor = open("/proc/thread-self/status", O_RDONLY | O_CLOEXEC)
        try:
            status = read(descriptor, 8192)
        finally:
            close(descriptor)
        return int(status.partition(b"\nCapPrm:")[2].split(None, 1)[0], 16)
    except (OSError, IndexError):
        from .privileges import asked_capabilities

        return asked_capabilities()
