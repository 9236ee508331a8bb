"""Internet sockets from where the kernel tells them best: sock_diag, which is quicker, or /proc, which has them all."""

from __future__ import annotations

from ...errors import KernelRefused
from ...records.family import IPV4, Family, IpProtocol

PROTOCOLS = {"tcp": IpProtocol.TCP, "udp": IpProtocol.UDP}
"""Those that sock_diag has."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...records.connections import Connections
    from ..door import ChannelDoor, Door
    from .sock_diag import Kept


def table_of(protocol: str, family: Family) -> str:
    """The name of a table under /proc/net.

    >>> from netlite.records.family import IPV6
    >>> table_of("udp", IPV6)
    'udp6'
    """
    return protocol if family is IPV4 else f"{protocol}6"


class InternetSockets:
    """The tables of a world; `bogus(protocol)` is called for each line of /proc that is no row.

    With `details` the rows of sock_diag are `DetailedConnections`.  With `both`, who reads a table of IPv4 reads IPv6's
    next.  Its channel serves all tables, until `close`.
    """

    def __init__(self, world: Door, bogus: Callable[[str], object], details: bool = False, both: bool = False):
        self._world = world
        self._bogus = bogus
        self._details = details
        self._kept: Kept | None = {} if both else None
        self._channel: ChannelDoor | None = None
        self.refused = 0              # why sock_diag was not asked, if it was not

    def read(self, protocol: str, family: Family, asked: int, exactly: bool = False,
             by_proc: bool = False) -> Iterator[Connections]:
        """The sockets of ``tcp``, ``udp``, ``udplite`` or ``raw``, block by block; no privilege needed.

        `asked` has bit 1 << state for each `TcpState` that sock_diag is asked for; what comes from /proc is all of
        them, unless those and no others are wanted `exactly`.  `by_proc` for columns that are only there.  Raises
        OSError from this call where there is no such table.
        """
        if protocol in PROTOCOLS and not by_proc:
            try:
                return self._dump(protocol, family, asked)
            except (OSError, KernelRefused) as refusal:
                self.refused = refusal.errno or 0
        from .proc_tables import read_sockets

        blocks = read_sockets(self._world, table_of(protocol, family), lambda: self._bogus(protocol))
        if not exactly:
            return blocks
        return (sockets.choose([asked >> state & 1 for state in sockets.states]) for sockets in blocks)

    def _dump(self, protocol: str, family: Family, asked: int) -> Iterator[Connections]:
        from ..netlink.channel import SOCK_DIAG

        if self._channel is None:
            self._channel = self._world.netlink(SOCK_DIAG)
        ip_protocol, table = PROTOCOLS[protocol], table_of(protocol, family)
        if self._details:
            from .details import read_details

            return read_details(self._channel, family, ip_protocol, table, asked)
        from .sock_diag import read_sockets

        return read_sockets(self._channel, family, ip_protocol, table, asked, self._kept)

    def close(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()
