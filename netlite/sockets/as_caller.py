"""Work that a child process does as the caller: it becomes that user for good, and hands over what came of it.

*From the kernel*: setresuid(2), unix(7) SCM_RIGHTS.
"""

from __future__ import annotations

import posix
from _socket import AF_UNIX, CMSG_SPACE, SCM_RIGHTS, SOCK_STREAM, SOL_SOCKET, socketpair
from _struct import Struct
from errno import EIO

from .caller import refused
from .capabilities import permitted_capabilities

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _socket import socket
    from collections.abc import Callable

    from .caller import Caller

    Work = Callable[[], tuple[bytes, list[int]]]  # bytes, and descriptors

ERRNO, DESCRIPTOR = Struct("=i"), Struct("=i")
MSG_CMSG_CLOEXEC = 0x40000000
CHUNK_BYTES = 1 << 16


def as_caller(caller: Caller, work: Work) -> tuple[bytes, list[int]]:
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
            raise refused("the capabilities of root cannot be given up")
