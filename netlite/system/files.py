"""Files, above all those under /proc: `Files` are those of this machine; other worlds have their own."""

from __future__ import annotations

from posix import O_CLOEXEC, O_DIRECTORY, O_RDONLY, close, listdir, read, readlink, stat
from posix import open as open_file

TYPE_CHECKING = False  # type checkers take it for true, so what stands under it is read by them alone
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BLOCK_BYTES = 1 << 14  # larger ones leave the processor's caches before they are text


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
