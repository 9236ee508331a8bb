"""Sockets as the kernel lists them: Internet, SCTP and Unix."""

from __future__ import annotations

from .record import Record


class TcpState:
    """States of RFC 9293 section 3.3.2 with the numbers of <net/tcp_states.h>; UDP uses two of them."""

    ESTABLISHED, SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, TIME_WAIT = 1, 2, 3, 4, 5, 6
    CLOSE, CLOSE_WAIT, LAST_ACK, LISTEN, CLOSING = 7, 8, 9, 10, 11


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

    The kernel's rows are plain tuples in the order of these fields, so that 100,000 of them need not
    become objects; `Connection.of(row)` gives such a row its names.  Addresses are packed (4 or 16
    bytes, network order; `ipaddress.ip_address` takes them), all zero where there is none.  Port 0 means
    none, and a raw socket's `local_port` is its IP protocol.  `state` is a value of `TcpState`.  For a
    listening socket `receive_queue_bytes` counts connections not yet accepted.  `timer` is None where it
    was not asked for.
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


class UnixSocket(Record):
    """A Unix domain socket, a row of /proc/net/unix.

    `flags` is SO_ACCEPTCON (0x10000) and others, `type` SOCK_*, `state` SS_* of <linux/net.h>;
    `path` keeps the kernel's bytes, an abstract name begins with ``@``.
    """

    references: int
    protocol: int
    flags: int
    type: int
    state: int
    inode: int
    path: bytes

    ACCEPTS = 0x10000
    UNCONNECTED = 1

    @property
    def is_server(self) -> bool:
        return self.state == self.UNCONNECTED and bool(self.flags & self.ACCEPTS)


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
