"""Files under /proc, read in blocks so that a long table need not fit in memory."""

from __future__ import annotations

from posix import O_CLOEXEC, O_RDONLY, close, read
from posix import open as open_file

BLOCK_BYTES = 1 << 16


def read_lines(path: str):
    """Yield lists of whole lines (bytes without newline), one list a block.

    Opens the file at once, so that OSError (ENOENT where the kernel lacks the protocol) comes from
    this call and not from the first block.
    """
    return _blocks(open_file(path, O_RDONLY | O_CLOEXEC))


def _blocks(descriptor: int):
    try:
        rest = b""
        while block := read(descriptor, BLOCK_BYTES):
            lines = (rest + block).split(b"\n")
            rest = lines.pop()
            yield lines
        if rest:
            yield [rest]
    finally:
        close(descriptor)


def read_bytes(path: str) -> bytes:
    """The whole of a short file.  Raises OSError."""
    descriptor = open_file(path, O_RDONLY | O_CLOEXEC)
    try:
        parts = []
        while part := read(descriptor, BLOCK_BYTES):
            parts.append(part)
        return b"".join(parts)
    finally:
        close(descriptor)


def net_folder(proc: str) -> str:
    """Where the tables of this thread's network namespace are: /proc/net shows the main thread's."""
    from posix import stat

    try:
        stat(f"{proc}/thread-self/net")
    except OSError:
        return f"{proc}/net"
    return f"{proc}/thread-self/net"
