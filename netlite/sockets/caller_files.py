"""Files that are named on a command line, opened with no more rights than the caller's own.

A sudo rule for ping must not be one that writes any file, or shows its words.  Where a program is root on
behalf of somebody, by sudo, doas, pkexec or a set-user-ID bit, a child process becomes that user for good
and opens the file; a descriptor comes back over a Unix socket.  So the kernel judges each part of the
path, and there is nothing to win between a look and an open.  What is read is read by the child as well:
some files of /proc tell more when it is root who reads them.

For programs alone: the library opens no file by name.

*From the kernel*: credentials(7), setresuid(2), openat(2), unix(7) SCM_RIGHTS.
"""

from __future__ import annotations

import posix
from _socket import AF_UNIX, CMSG_SPACE, SCM_RIGHTS, SOCK_STREAM, SOL_SOCKET, socketpair
from _struct import Struct
from errno import EFBIG, EINVAL, EIO, EISDIR, ELOOP, EPERM
from os import environ, strerror
from stat import S_ISCHR, S_ISFIFO, S_ISREG, S_ISVTX, S_IWOTH

from ..records.record import Record
from .capabilities import permitted_capabilities

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _socket import socket
    from collections.abc import Callable
    from os import stat_result

    Work = Callable[[], tuple[bytes, list[int]]]  # bytes, and descriptors

NUMBERED = {"SUDO_UID": "sudo", "PKEXEC_UID": "pkexec"}  # variables with the caller's number, and who sets them
NAMED = {"DOAS_USER": "doas"}  # … with his name
LAST_ID = 2**32 - 2  # the one above means "unchanged" to setresuid(2)
NOBODY = 65534

READ = posix.O_RDONLY | posix.O_CLOEXEC | posix.O_NOCTTY
WRITE = posix.O_WRONLY | posix.O_CREAT | posix.O_CLOEXEC | posix.O_NOCTTY
FOLDER = posix.O_PATH | posix.O_DIRECTORY | posix.O_CLOEXEC
MODE = 0o666  # less the umask
OUR_STREAMS = {"/dev/stdout": 1, "/dev/fd/1": 1, "/dev/stderr": 2, "/dev/fd/2": 2}
MOST_LINKS = 40  # as the kernel has it
KERNEL = "/proc/"  # where links are not what they say, and lead to open files

ANOTHERS = "Belongs to another user"

ERRNO, DESCRIPTOR = Struct("=i"), Struct("=i")
MSG_CMSG_CLOEXEC = 0x40000000
CHUNK_BYTES = 1 << 16
MOST_BYTES = 1 << 24                  # of what is read: a million targets; and there are files without an end


class Caller(Record):
    """The user on whose behalf this process is root; `words` name him in errors."""

    user: int
    group: int
    groups: tuple[int, ...]
    words: str


def open_for_writing(path: str) -> int:
    """A descriptor of the file, as it is; made where there is none.

    For a caller: never through a symbolic link, and only what belongs to him, a plain file of one name, a
    pipe or a terminal; or the stream that he gave this process, by its name under /dev.  For root in a
    shell of his own: not by way of what others left in a folder where everybody may write.

    Raises OSError, whose `strerror` says all.
    """
    caller = find_caller()
    if caller is None:
        return _open_as_root(path) if posix.geteuid() == 0 else _open_plainly(path)
    if path in OUR_STREAMS:
        return posix.dup(OUR_STREAMS[path])
    return _as_caller(caller, lambda: (b"", [_open_own(path, caller)]))[1][0]


def open_for_reading(path: str) -> int:
    """A descriptor of a file that the caller may read.  Raises OSError."""
    caller = find_caller()
    if caller is None:
        return posix.open(path, READ)
    return _as_caller(caller, lambda: (b"", [posix.open(path, READ)]))[1][0]


def read_file(path: str, plain: bool = False, most_bytes: int = MOST_BYTES) -> bytes:
    """All that is in a file that the caller may read; with `plain` no pipe, device or folder, and never waiting.

    Raises OSError, of more than `most_bytes` too.
    """
    def read() -> bytes:
        return _read_all(path, plain, most_bytes)

    caller = find_caller()
    return read() if caller is None else _as_caller(caller, lambda: (read(), []))[0]


def become_caller() -> bool:
    """Be, for good, the user whom this process is root for; False where it is nobody but itself.

    For a program that reads its files again and again: from now on the kernel judges it as the caller.  Capabilities
    stay permitted, none in effect: `privileges.Privileges` gives them up.  Needs SETUID and SETGID in effect.

    Raises OSError (EPERM) where that user could not load the rest of this program: for a capability that reads any file
    would have to stay in effect.
    """
    caller = find_caller()
    if caller is not None:
        from .privileges import become, modules_readable

        become(caller.user, caller.group, caller.groups)
        if not modules_readable():
            raise _refusal(f"{caller.words}, cannot read the folders of Python and netlite")
    return caller is not None


def find_caller() -> Caller | None:
    """Whom this process is root for, or None where it is nobody but itself.

    What a variable says can only take rights away.  A program that sets one of them may leave the others as
    the caller likes them: so they must agree, and groups come from the system's files.  Raises OSError (EPERM).
    """
    if posix.getuid() and (posix.getuid() != posix.geteuid() or posix.getgid() != posix.getegid()):
        return Caller(posix.getuid(), posix.getgid(), tuple(posix.getgroups()), "the user who started this")
    if posix.geteuid() != 0:
        return None
    found = {_number(name): by for name, by in NUMBERED.items()}
    found |= {_user_named(name): by for name, by in NAMED.items()}
    found.pop(0, None)
    if len(found) > 1:
        raise _refusal(f"{' and '.join(found.values())} name different callers")
    for user, by in found.items():
        return _user(user, by)
    return None


def _number(variable: str) -> int:
    """The user that a variable names by number; 0 where it is not set."""
    from ..command_line.c_numbers import read_digits

    text = environ.get(variable) or "0"
    number = read_digits(text, 0, LAST_ID)
    if number is None:
        raise _refusal(f"{variable} is not the number of a user")
    return number


def _user_named(variable: str) -> int:
    from pwd import getpwnam

    try:
        return getpwnam(environ[variable]).pw_uid if environ.get(variable) else 0
    except KeyError:
        raise _refusal(f"{variable} is not the name of a user") from None


def _user(number: int, by: str) -> Caller:
    """A user with all groups that he would log in with; the current one is what sudo tells, if it is one of them."""
    from pwd import getpwuid

    try:
        entry = getpwuid(number)
    except KeyError:
        return Caller(number, NOBODY, (), f"user {number}, who called {by}")
    groups = tuple(posix.getgrouplist(entry.pw_name, entry.pw_gid))
    current = next((group for group in groups if str(group) == environ.get("SUDO_GID")), entry.pw_gid)
    return Caller(number, current, groups, f"{entry.pw_name}, who called {by}")


def _refusal(words: str) -> OSError:
    return OSError(EPERM, words)


def _as_caller(caller: Caller, work: Work) -> tuple[bytes, list[int]]:
    """What `work` returns when a child does it as `caller`.  Raises OSError."""
    ours, theirs = socketpair(AF_UNIX, SOCK_STREAM)
    us = posix.getpid()
    child = posix.fork()
    if child == 0:
        _answer(theirs, caller, work, us)
    theirs.close()
    try:
        errno, descriptors, data = _take(ours)
    finally:
        ours.close()
        _reap(child)
    if errno:
        raise OSError(errno, f"{data.decode('utf-8', 'replace')} (opened as {caller.words})")
    return data, descriptors


def _take(channel: socket) -> tuple[int, list[int], bytes]:
    """(errno, descriptors, bytes) that the child sent."""
    head, messages, _, _ = channel.recvmsg(ERRNO.size, CMSG_SPACE(DESCRIPTOR.size), MSG_CMSG_CLOEXEC)
    chunks = []
    while chunk := channel.recv(CHUNK_BYTES):
        chunks.append(chunk)
    if len(head) < ERRNO.size:
        return EIO, [], b"the process that opens files failed"
    return ERRNO.unpack(head)[0], [DESCRIPTOR.unpack(message[2])[0] for message in messages], b"".join(chunks)


def _reap(child: int) -> None:
    try:
        posix.waitpid(child, 0)
    except ChildProcessError:
        pass  # whoever started us has SIGCHLD ignored


def _answer(channel: socket, caller: Caller, work: Work, parent: int) -> None:
    """The child: become the caller, do the work, send what comes of it, and end, with its parent at the latest: a pipe
    that nobody reads takes for ever to open."""
    from .privileges import end_with

    try:
        errno, descriptors = 0, list[int]()
        try:
            end_with(parent)  # what it needs can be loaded now, and perhaps not as the caller
            _become(caller)
            end_with(parent)
            data, descriptors = work()
        except OSError as refusal:
            errno, data = refusal.errno or EIO, (refusal.strerror or "").encode()
        passed = [(SOL_SOCKET, SCM_RIGHTS, DESCRIPTOR.pack(descriptor)) for descriptor in descriptors]
        channel.sendmsg([ERRNO.pack(errno)], passed)
        channel.sendall(data)
    finally:
        posix._exit(0)


def _become(caller: Caller) -> None:
    """Take the caller's ids and groups, and nothing that could bring back ours.  Raises OSError."""
    if set(posix.getgroups()) != set(caller.groups):
        posix.setgroups(caller.groups)
    posix.setresgid(*(caller.group,) * 3)
    posix.setresuid(*(caller.user,) * 3)
    if permitted_capabilities():  # some securebits (capabilities(7)) let them outlive the change of user
        from .privileges import set_capabilities

        if set_capabilities(0, 0):
            raise _refusal("the capabilities of root cannot be given up")


def _open_own(path: str, caller: Caller) -> int:
    try:
        descriptor = posix.open(path, WRITE | posix.O_NOFOLLOW, MODE)
    except OSError as refusal:
        if refusal.errno == ELOOP:
            raise OSError(ELOOP, "Is a symbolic link") from None
        raise
    return _approved(descriptor, lambda status: _objection(status, caller))


def _objection(status: stat_result, caller: Caller) -> str:
    """Why a file is not one to write to for the caller, "" where it is."""
    kind = status.st_mode
    if status.st_uid != caller.user:
        return ANOTHERS
    if S_ISREG(kind):
        return "Has more than one name (hard links)" if status.st_nlink != 1 else ""
    return "" if S_ISFIFO(kind) or S_ISCHR(kind) else "Is no plain file"


def _approved(descriptor: int, objection: Callable[[stat_result], str]) -> int:
    """The descriptor; closed where `objection` has words about the file's status."""
    try:
        words = objection(posix.fstat(descriptor))
        if words:
            raise _refusal(words)
    except BaseException:
        posix.close(descriptor)
        raise
    return descriptor


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


def _open_as_root(path: str) -> int:
    """Part by part, as with the sysctls fs.protected_symlinks and protected_regular on, which need not be."""
    if path.startswith(KERNEL):
        return _open_plainly(path)
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
                return _open_plainly("/".join([part, *parts]), folder)
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
    return _approved(descriptor, lambda status: ANOTHERS if _trap(place, status) else "")


def _open_plainly(path: str, folder: int | None = None) -> int:
    return posix.open(path, WRITE, MODE, dir_fd=folder)


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
