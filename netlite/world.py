"""`World`: the network and the kernel tables that the library and the programs work on.

The real one by default; tests, recorded snapshots and the lab give another one.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .links.network import Network
    from .sockets.resolver import NameLookups


class World:
    """Clock, network, resolver, netlink and the roots of kernel tables (`proc`) and name files (`etc`).

    Each part is made at first use, so that who needs none pays for none.  `transcript`
    (engines.transcript.Transcript or None) is told every event and action of an engine.
    """

    transcript = None

    def __init__(self, proc: str = "/proc", etc: str = "/etc"):
        self.proc = proc
        self.etc = etc
        self._network: Network | None = None

    @property
    def clock(self):
        from .sockets.clock import Clock

        return Clock()

    @property
    def network(self):
        if self._network is None:
            from .links.network import Network

            self._network = Network()
        return self._network

    @network.setter
    def network(self, network):
        self._network = network

    @property
    def resolver(self):
        from .sockets.resolver import Resolver

        return Resolver()

    def lookups(self) -> NameLookups:
        """Background reverse look-ups; close it when done."""
        from .sockets.resolver import NameLookups

        return NameLookups(self.resolver)

    def netlink(self, protocol: int):
        """A netlink channel (system.netlink.channel.Channel).  Raises OSError where it is refused.

        A recorded `proc` has none: this machine's kernel knows nothing of it.
        """
        from errno import EPROTONOSUPPORT

        from .system.netlink.channel import Channel

        if self.proc != "/proc":
            raise OSError(EPROTONOSUPPORT, "Protocol not supported")

        return Channel(protocol)

    @property
    def ioctls(self):
        """The interface ioctls (system.interfaces.ioctls.InterfaceIoctls); close it when done."""
        from .system.interfaces.ioctls import InterfaceIoctls

        return InterfaceIoctls()
