"""Internet sockets with what the classic table has no column for."""

from __future__ import annotations

from .connections import Connection, Connections

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


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
