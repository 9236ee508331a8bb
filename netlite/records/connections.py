"""Sockets as the kernel lists them: Internet, SCTP and Unix."""

from __future__ import annotations

from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any, Self


class TcpState:
    """States of RFC 9293 section 3.3.2 with the numbers of <net/tcp_states.h>; UDP uses two of them."""

    ESTABLISHED, SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, TIME_WAIT = 1, 2, 3, 4, 5, 6
    CLOSE, CLOSE_WAIT, LAST_ACK, LISTEN, CLOSING = 7, 8, 9, 10, 11
    BOUND_INACTIVE = 13               # asked of sock_diag alone: CLOSE with a local port (Linux 6.8)


TCP_STATE_NAMES = ("", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT",
                   "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING")


class Timer(Record):
    """What a socket waits for.  `kind`: 0 nothing, 1 retransmission, 2 keepalive, 3 the end of TIME_WAIT,
    4 a zero-window probe; `ticks` of 1/100 s are left; `probes` were not answered."""

    kind: int
    ticks: int
    retransmits: int
    probes: int


class Connection(Record):
    """One socket of TCP, UDP, UDP-Lite or a raw protocol.

    Addresses are packed (4 or 16 bytes, network order; `ipaddress.ip_address` takes them), all zero where
    there is none.  Port 0 means none, and a raw socket's `local_port` is its IP protocol.  `state` is a
    value of `TcpState`.  For a listening socket `receive_queue_bytes` counts connections not yet accepted.
    `timer` is None where it was not asked for.
    """

    protocol: str
    state: int
    local_port: int
    remote_port: int
    local_address: bytes
    remote_address: bytes
    receive_queue_bytes: int
    send_queue_bytes: int
    user_id: int
    inode: int
    timer: Timer | None = None


class Connections(Record):
    """Sockets of one table by column: equally long sequences, one for each field of `Connection`
    after the protocol.  So the kernel lists them and so they are shown, and 100,000 need not become
    objects."""

    states: Sequence[int]
    local_ports: Sequence[int]
    remote_ports: Sequence[int]
    local_addresses: Sequence[bytes]
    remote_addresses: Sequence[bytes]
    receive_queues_bytes: Sequence[int]
    send_queues_bytes: Sequence[int]
    user_ids: Sequence[int]
    inodes: Sequence[int]
    timers: Sequence[Timer | None]

    row_type = Connection

    @classmethod
    def of_rows(cls, rows: Sequence[Sequence[Any]]) -> Self:
        """From tuples with the values of one socket each, in the order of the columns."""
        return cls.of(zip(*rows)) if rows else cls.of([()] * cls._size)

    def choose(self, wanted: Iterable[object]) -> Self:
        """Those sockets for which `wanted`, another such column, holds something true."""
        from itertools import compress

        wanted = list(wanted)
        return self.of([list(compress(column, wanted)) for column in self])

    def rows(self, protocol: str) -> Iterator[Connection]:
        """Each socket as a `Connection`."""
        from itertools import repeat

        return map(self.row_type.of, zip(repeat(protocol), *self))


class ConnectionDetails(Connection):
    """A socket with what the classic table has no column for; None where the kernel did not tell.

    `backlog_limit` is how many connections a listening socket lets wait, `interface_index` the device a
    socket is bound to (0: none), `v6_only` whether an IPv6 server refuses IPv4, `cgroup_id` the inode of the
    cgroup (version 2) that opened it.  `retransmits` is how often something was sent again, or asked whether there is
    room now, and `timer_kind` what a `Timer` has.
    """

    backlog_limit: int | None = None
    interface_index: int | None = None
    v6_only: bool | None = None
    cgroup_id: int | None = None
    retransmits: int = 0
    timer_kind: int = 0


class DetailedConnections(Connections):
    """`ConnectionDetails` by column."""

    backlog_limits: Sequence[int | None]
    interface_indexes: Sequence[int | None]
    v6_onlys: Sequence[bool | None]
    cgroup_ids: Sequence[int | None]
    retransmits: Sequence[int]
    timer_kinds: Sequence[int]

    row_type = ConnectionDetails


class SctpSocket(Record):
    """An SCTP endpoint (`listening`, no remote side) or association, with all its packed addresses."""

    listening: bool
    state: int
    local_port: int
    remote_port: int
    local_addresses: tuple[bytes, ...]
    remote_addresses: tuple[bytes, ...]
    receive_queue_bytes: int
    send_queue_bytes: int
    user_id: int
    inode: int


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


class MasqueradedConnection(Record):
    """A row of /proc/net/ip_masquerade, which kernels before 2.4 had.  Addresses are packed."""

    protocol: str
    source_address: bytes
    source_port: int
    destination_address: bytes
    destination_port: int
    masqueraded_port: int
    initial_sequence: int
    delta: int
    previous_delta: int
    ticks: int
