"""One socket after the other through sock_diag, with the attributes that follow the fixed part.

The path of ``--json`` and ``--more``; the classic table takes `sock_diag`, which is several times faster.
"""

from __future__ import annotations

from itertools import chain
from sys import byteorder

from ...records.connection_details import DetailedConnections
from ...records.connections import TcpState
from ...records.family import Family, IpProtocol
from ..netlink.channel import HEADER, as_found, attributes, split_messages
from ..netlink.compiled import (
    INET_DIAG,
    INET_DIAG_CGROUP_ID,
    INET_DIAG_REQUEST,
    INET_DIAG_SKV6ONLY,
    SOCK_DIAG_BY_FAMILY,
)
from .sock_diag import MESSAGE_BYTES, NO_IDENTITY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..door import ChannelDoor
    from ..netlink.channel import Chunk

    Row = tuple[int, int, int, bytes, bytes, int, int, int, int, None, int | None, int, bool | None, int | None,
                int, int]


def read_details(channel: ChannelDoor, family: Family, ip_protocol: int, protocol: str,
                 states: int) -> Iterator[DetailedConnections]:
    """The sockets of a table, as `DetailedConnections`, one a received chunk, in the order of /proc.

    `states` has bit 1 << state for each wanted `TcpState`.  No privilege needed.  Raises KernelRefused
    from this call where the kernel lacks the table.
    """
    request = INET_DIAG_REQUEST.pack(family.af, ip_protocol, 0, states, *NO_IDENTITY)
    blocks = _blocks(channel.dump(SOCK_DIAG_BY_FAMILY, request, f"sock_diag {protocol}"), family.address_bytes,
                     ip_protocol == IpProtocol.TCP)
    return chain([next(blocks, DetailedConnections.of_rows([]))], blocks)


def _blocks(chunks: Iterable[Chunk], address_bytes: int, tcp: bool) -> Iterator[DetailedConnections]:
    for chunk in as_found(chunks):
        yield DetailedConnections.of_rows([parse_details(chunk, start, end, address_bytes, tcp)
                                           for start, end in split_messages(chunk) if end - start >= MESSAGE_BYTES])


def parse_details(chunk: Chunk, start: int, end: int, address_bytes: int, tcp: bool) -> Row:
    """The inet_diag message that stands between two offsets, header included, as a tuple in the order of
    `DetailedConnections`."""
    (_, state, timer, again, local_port, remote_port, local, remote, index, _, _, received, to_send, user,
     inode) = INET_DIAG.unpack_from(chunk, start + HEADER.size)
    found = attributes(chunk, start + MESSAGE_BYTES, end)
    listens = tcp and state == TcpState.LISTEN
    v6_only, cgroup = found.get(INET_DIAG_SKV6ONLY), found.get(INET_DIAG_CGROUP_ID)
    return (state, int.from_bytes(local_port, "big"), int.from_bytes(remote_port, "big"), local[:address_bytes],
            remote[:address_bytes], received, 0 if listens else to_send, user, inode, None,
            to_send if listens else None, index, None if v6_only is None else any(v6_only),
            None if cgroup is None else int.from_bytes(cgroup, byteorder), again, timer)
