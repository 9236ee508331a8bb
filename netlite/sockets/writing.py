"""Files opened for writing; root's not by way of what others left in a folder where everybody may write.

*From the kernel*: openat(2); the sysctls fs.protected_symlinks and fs.protected_regular do so where they are on.
"""

from __future__ import annotations

import posix
from errno import EISDIR, ELOOP
from os import strerror
from stat import S_ISVTX, S_IWOTH

from .caller import refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from os import stat_result

WRITE = posix.O_WRONLY | posix.O_CREAT | posix.O_CLOEXEC | posix.O_NOCTTY
MODE = 0o666  # less the umask
ANOTHERS = "Belongs to another user"
FOLDER = posix.O_PATH | posix.O_DIRECTORY | posix.O_CLOEXEC
MOST_LINKS = 40  # as the kernel has it
KERNEL = "/proc/"  # where links are not what they say, and lead to open files


def approved(descriptor: int, objection: Callable[[stat_result], str]) -> int:
    """The descriptor; closed where `objection` has words about the file's status."""
    try:
        words = objection(posix.fstat(descriptor))
        if words:
            raise refused(words)
    except BaseException:
        posix.close(descriptor)
        raise
    return descriptor


def open_plainly(path: str, folder: int | None = None) -> int:
    """A descriptor for writing, by whatever way; made where there is none."""
    return posix.open(path, WRITE, MODE, dir_fd=folder)


def open_as_root(path: str) -> int:
    """A descriptor; the way there is gone part by part.  Raises OSError."""
    if path.startswith(KERNEL):
        return open_plainly(path)
    parts = _parts(path)
    folder = posix.open("/" if path.startswith("/") else ".", FOLDER)
    links = 0
    try:
        while parts:
            part, place = parts.pop(0), posix.fstat(folder)
            target = _link(part, folder)
            if target is None and not parts:
                return _open_in(folder, place, part)
            if target is None:
                below = posix.open(part, FOLDER | posix.O_NOFOLLOW, dir_fd=folder)
            elif _trap(place, posix.lstat(part, dir_fd=folder)):
                raise OSError(ELOOP, f"{part} is another user's symbolic link")
            elif target.startswith(KERNEL):
                return open_plainly("/".join([part, *parts]), folder)
            elif links == MOST_LINKS:
                raise OSError(ELOOP, strerror(ELOOP))
            else:
                links += 1
                parts = _parts(target) + parts
                below = posix.open("/" if target.startswith("/") else ".", FOLDER, dir_fd=folder)
            posix.close(folder)
            folder = below
    finally:
        posix.close(folder)
    raise OSError(EISDIR, strerror(EISDIR))


def _open_in(folder: int, place: stat_result, name: str) -> int:
    descriptor = posix.open(name, WRITE | posix.O_NOFOLLOW, MODE, dir_fd=folder)
    return approved(descriptor, lambda status: ANOTHERS if _trap(place, status) else "")


def _parts(path: str) -> list[str]:
    """The names on the way; a slash at the end leads into a folder."""
    return [part for part in path.split("/") if part not in ("", ".")] + (["."] if path.endswith("/") else [])


def _link(part: str, folder: int) -> str | None:
    """What a symbolic link says, None where there is none."""
    try:
        return posix.readlink(part, dir_fd=folder)
    except OSError:
        return None


def _trap(folder: stat_result, entry: stat_result) -> bool:
    """Whether an entry is neither ours nor its folder's owner's, and everybody may write to the folder (sticky)."""
    return bool(folder.st_mode & S_ISVTX and folder.st_mode & S_IWOTH) and \
        entry.st_uid not in (posix.geteuid(), folder.st_uid)
