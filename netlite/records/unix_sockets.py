"""Unix domain sockets as the kernel lists them."""

from __future__ import annotations

from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class UnixKind(Record):
    """What most Unix domain sockets share with many others: all but the inode and the path.

    `flags` is SO_ACCEPTCON (0x10000) and others, `type` SOCK_*, `state` SS_* of <linux/net.h>; `references` is None
    where they are not known.
    """

    references: int | None
    protocol: int
    flags: int
    type: int
    state: int

    ACCEPTS = 0x10000
    UNCONNECTED, CONNECTING, CONNECTED, DISCONNECTING = 1, 2, 3, 4

    @property
    def is_server(self) -> bool:
        return self.state == self.UNCONNECTED and bool(self.flags & self.ACCEPTS)


class UnixSocket(Record):
    """One Unix domain socket.  `path` as in `UnixSockets`; `abstract` says whether it is such a name, and `peer` is the
    inode of the socket at the other end; None where that is not known, or there is none."""

    kind: UnixKind
    inode: int
    path: str
    abstract: bool | None = None
    peer: int | None = None


class UnixSockets(Record):
    """Unix domain sockets by column.  `kinds` names the kind of each, which `meanings` tells; `inodes` are
    digits; `paths` are file system names as os.fsdecode gives them, empty where there is none; an
    abstract name begins with ``@``."""

    meanings: dict[str, UnixKind]
    kinds: Sequence[str]
    inodes: Sequence[str]
    paths: Sequence[str]
