"""Files, above all those under /proc, read in blocks so that a long table need not fit in memory.

`Files` are those of this machine; other worlds have their own.  In the functions `files` is a world's, `world` the
whole of it (system.door).
"""

from __future__ import annotations

from posix import O_CLOEXEC, O_DIRECTORY, O_RDONLY, close, listdir, read, readlink, stat, strerror
from posix import open as open_file

TYPE_CHECKING = False  # type checkers take it for true, so what stands under it is read by them alone
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .door import Door, FileDoor

BLOCK_BYTES = 1 << 14  # larger ones leave the processor's caches before they are text
LARGEST = 2**64 - 1
MOST_BYTES = 1 << 24                  # of a short file


class Files:
    """Reads and lists files of this machine; every method raises OSError."""

    def blocks(self, path: str) -> Iterator[bytes]:
        """The file, block by block.  It is opened at once, so a refusal comes from this call."""
        return _blocks(open_file(path, O_RDONLY | O_CLOEXEC))

    def exists(self, path: str) -> bool:
        """Whether there is such a file or folder, as far as we may look."""
        try:
            stat(path)
        except OSError:
            return False
        return True

    def folder(self, path: str) -> list[str]:
        """The names in a folder, in no particular order.  EACCES for /proc/PID/fd of another user's process."""
        return listdir(path)

    def links(self, path: str, names: Iterable[str]) -> Iterator[str]:
        """What these symbolic links of a folder point to; those that are gone are left out."""
        descriptor = open_file(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        return _links(descriptor, names)


def _blocks(descriptor: int) -> Iterator[bytes]:
    """The kernel gives no more than a page of a table at a time: several make a block."""
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


def _links(descriptor: int, names: Iterable[str]) -> Iterator[str]:
    try:
        for name in names:
            try:
                yield readlink(name, dir_fd=descriptor)
            except OSError:  # closed since the listing
                continue
    finally:
        close(descriptor)


def read_blocks(files: FileDoor, path: str) -> Iterator[bytes]:
    """Yield blocks of whole lines, without their last newline.

    Opens the file at once, so that OSError (ENOENT where the kernel lacks the protocol) comes from
    this call and not from the first block.
    """
    return _whole_lines(files.blocks(path))


def read_lines(files: FileDoor, path: str) -> Iterator[list[bytes]]:
    """Yield lists of whole lines (bytes without newline), one list a block.  Opens the file at once."""
    return (block.split(b"\n") for block in read_blocks(files, path))


def _whole_lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
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


def read_bytes(files: FileDoor, path: str) -> bytes:
    """The whole of a short file.  Raises OSError, of one without an end too."""
    parts, size_bytes = [], 0
    for block in files.blocks(path):
        parts.append(block)
        size_bytes += len(block)
        if size_bytes > MOST_BYTES:
            from errno import EFBIG

            raise OSError(EFBIG, strerror(EFBIG))
    return b"".join(parts)


def read_text(files: FileDoor, path: str) -> str:
    """The same as text; bytes that are not UTF-8 become surrogates."""
    return read_bytes(files, path).decode("utf-8", "surrogateescape")


def unsigned(word: str | bytes, base: int = 16) -> int:
    """A number of a table, which has no sign and 64 bits at most.  Raises ValueError."""
    number = int(word, base)
    if not 0 <= number <= LARGEST:
        raise ValueError(word)
    return number


def net_file(world: Door, table: str) -> str:
    """The path of a table of this thread's network namespace: /proc/net shows the main thread's."""
    folder = f"{world.proc}/thread-self/net"
    return f"{folder if world.files.exists(folder) else f'{world.proc}/net'}/{table}"
