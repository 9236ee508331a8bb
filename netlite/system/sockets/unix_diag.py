"""Unix domain sockets through sock_diag (<linux/unix_diag.h>): a name is an attribute, so none can pass for a row.

In /proc/net/unix a name stands as it is, and one with a newline makes rows of its own.
"""

from __future__ import annotations

from sys import byteorder

from ...records.unix_sockets import UnixKind, UnixSocket
from ..netlink.channel import HEADER, SOCK_DIAG, as_found, attributes, decoded
from ..netlink.compiled import (
    SOCK_DIAG_BY_FAMILY,
    UNIX_DIAG,
    UNIX_DIAG_NAME,
    UNIX_DIAG_PEER,
    UNIX_DIAG_REQUEST,
)

AF_UNIX, ALL_STATES, NO_COOKIE = 1, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF
SHOW_NAME, SHOW_PEER = 1, 4
ESTABLISHED, LISTEN = 1, 10
ATTRIBUTES = HEADER.size + UNIX_DIAG.size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..door import Door
    from ..netlink.channel import Chunk


def read_unix_sockets(world: Door) -> list[UnixSocket]:
    """All of this network namespace, in the order of /proc.  No privilege.  Raises OSError, KernelRefused."""
    request = UNIX_DIAG_REQUEST.pack(AF_UNIX, 0, ALL_STATES, 0, SHOW_NAME | SHOW_PEER, NO_COOKIE)
    found: list[UnixSocket] = []
    with world.netlink(SOCK_DIAG) as channel:
        for chunk in as_found(channel.dump(SOCK_DIAG_BY_FAMILY, request, "sock_diag unix")):
            found += _sockets(chunk)
    return found


def _sockets(chunk: Chunk) -> Iterator[UnixSocket]:
    return decoded(chunk, lambda start, end: decode(bytes(chunk[start:end])))


def decode(message: bytes) -> UnixSocket:
    """One message, netlink header included; flags and state are those that /proc would show."""
    _, kind, state, inode, _ = UNIX_DIAG.unpack_from(message, HEADER.size)
    found = attributes(message, ATTRIBUTES, len(message))
    name = found.get(UNIX_DIAG_NAME, b"")
    abstract = name[:1] == b"\0"
    path = b"@" + name[1:] if abstract else name.removesuffix(b"\0")
    peer = int.from_bytes(found.get(UNIX_DIAG_PEER, b""), byteorder)
    connected = state == ESTABLISHED
    if inode:
        shown = UnixKind.CONNECTED if connected else UnixKind.UNCONNECTED
    else:                             # not accepted yet, or closed
        shown = UnixKind.CONNECTING if connected else UnixKind.DISCONNECTING
    flags = UnixKind.ACCEPTS if state == LISTEN else 0
    return UnixSocket(UnixKind(None, 0, flags, kind, shown), inode, path.decode("utf-8", "surrogateescape"), abstract,
                      peer or None)


def with_references(sockets: list[UnixSocket], rows: list[tuple[int, int | None]]) -> list[UnixSocket]:
    """The sockets with what `rows` of /proc say of an inode, where one alone speaks of it: nobody can hide a row."""
    told: dict[int, set[int | None]] = {}
    count: dict[int, int] = {}
    for inode, references in rows:
        told.setdefault(inode, set()).add(references)
        count[inode] = count.get(inode, 0) + 1
    return [socket.replace(kind=socket.kind.replace(references=next(iter(told[socket.inode]))))
            if socket.inode and count.get(socket.inode) == 1 else socket for socket in sockets]
