"""Files that are named on a command line, opened with no more rights than the caller's own.

A sudo rule for ping must not be one that writes any file, or shows its words.  Where a program is root on
behalf of somebody (`caller`), a child process becomes that user for good (`as_caller`) and opens the file; a
descriptor comes back over a Unix socket.  So the kernel judges each part of the
path, and there is nothing to win between a look and an open.  What is read is read by the child as well:
some files of /proc tell more when it is root who reads them.

For programs alone: the library opens no file by name.
"""

from __future__ import annotations

import posix
from errno import EFBIG, EINVAL, ELOOP
from stat import S_ISCHR, S_ISFIFO, S_ISREG

from .as_caller import as_caller
from .caller import find_caller
from .writing import ANOTHERS, MODE, WRITE, approved, open_as_root, open_plainly

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import stat_result

    from .caller import Caller

READ = posix.O_RDONLY | posix.O_CLOEXEC | posix.O_NOCTTY
OUR_STREAMS = {"/dev/stdout": 1, "/dev/fd/1": 1, "/dev/stderr": 2, "/dev/fd/2": 2}
CHUNK_BYTES = 1 << 16
MOST_BYTES = 1 << 24                  # of what is read: a million targets; and there are files without an end


def open_for_writing(path: str) -> int:
    """A descriptor of the file, as it is; made where there is none.

    For a caller: never through a symbolic link, and only what belongs to him, a plain file of one name, a
    pipe or a terminal; or the stream that he gave this process, by its name under /dev.  For root in a
    shell of his own: not by way of what others left in a folder where everybody may write.

    Raises OSError, whose `strerror` says all.
    """
    caller = find_caller()
    if caller is None:
        return open_as_root(path) if posix.geteuid() == 0 else open_plainly(path)
    if path in OUR_STREAMS:
        return posix.dup(OUR_STREAMS[path])
    return as_caller(caller, lambda: (b"", [_open_own(path, caller)]))[1][0]


def open_for_reading(path: str) -> int:
    """A descriptor of a file that the caller may read.  Raises OSError."""
    caller = find_caller()
    if caller is None:
        return posix.open(path, READ)
    return as_caller(caller, lambda: (b"", [posix.open(path, READ)]))[1][0]


def read_file(path: str, plain: bool = False, most_bytes: int = MOST_BYTES) -> bytes:
    """All that is in a file that the caller may read; with `plain` no pipe, device or folder, and never waiting.

    Raises OSError, of more than `most_bytes` too.
    """
    def read() -> bytes:
        return _read_all(path, plain, most_bytes)

    caller = find_caller()
    return read() if caller is None else as_caller(caller, lambda: (read(), []))[0]


def _open_own(path: str, caller: Caller) -> int:
    try:
        descriptor = posix.open(path, WRITE | posix.O_NOFOLLOW, MODE)
    except OSError as refusal:
        if refusal.errno == ELOOP:
            raise OSError(ELOOP, "Is a symbolic link") from None
        raise
    return approved(descriptor, lambda status: _objection(status, caller))


def _objection(status: stat_result, caller: Caller) -> str:
    """Why a file is not one to write to for the caller, "" where it is."""
    kind = status.st_mode
    if status.st_uid != caller.user:
        return ANOTHERS
    if S_ISREG(kind):
        return "Has more than one name (hard links)" if status.st_nlink != 1 else ""
    return "" if S_ISFIFO(kind) or S_ISCHR(kind) else "Is no plain file"


def read_stream(descriptor: int, most_bytes: int = MOST_BYTES) -> bytes:
    """All that an open file still has.  Raises OSError, of more than `most_bytes` too."""
    chunks, size = [], 0
    while chunk := posix.read(descriptor, CHUNK_BYTES):
        chunks.append(chunk)
        size += len(chunk)
        if size > most_bytes:
            raise OSError(EFBIG, posix.strerror(EFBIG))
    return b"".join(chunks)


def _read_all(path: str, plain: bool, most_bytes: int) -> bytes:
    descriptor = posix.open(path, READ | (posix.O_NONBLOCK if plain else 0))
    try:
        if plain and not S_ISREG(posix.fstat(descriptor).st_mode):
            raise OSError(EINVAL, "Is no plain file")
        return read_stream(descriptor, most_bytes)
    finally:
        posix.close(descriptor)
