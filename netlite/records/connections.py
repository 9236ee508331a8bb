"""Internet sockets as the kernel lists them."""

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
