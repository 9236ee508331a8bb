"""Files under /proc, read in blocks so that a long table need not fit in memory."""

from __future__ import annotations

from posix import O_CLOEXEC, O_RDONLY, close, read
from posix import open as open_file

BLOCK_BYTES = 1 << 14  # larger ones leave the processor's caches before they are text


def read_lines(path: str):
    """Yield lists of whole lines (bytes without newline), one list a block.

    Opens the file at once, so that OSError (ENOENT where the kernel lacks the protocol) comes from
    this call and not from the first block.
    """
    return (block.split(b"\n") for block in read_blocks(path))


def read_blocks(path: str):
    """Yield blocks of whole lines, without their last newline.  Opens the file at once, as `read_lines`."""
    return _whole_lines(_blocks(open_file(path, O_RDONLY | O_CLOEXEC)))


def _whole_lines(blocks):
    rest = b""
    for block in blocks:
        lines, newline, last = block.rpartition(b"\n")
        if newline:
            yield rest + lines
            rest = last
        else:
            rest += last
    if rest:
        yield rest


def _blocks(descriptor: int):
    """Blocks of the file; the kernel gives no more than a page of a table at a time."""
    try:
        parts, size_bytes = [], 0
        while part := read(descriptor, BLOCK_BYTES):
            parts.append(part)
            size_bytes += len(part)
            if size_bytes >= BLOCK_BYTES:
                yield b"".join(parts)
                parts, size_bytes = [], 0
        yield b"".join(parts)
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
