"""Words of the command line to IPv4 addresses, as net-tools looks them up.

Order: ``default``, a number in any form of inet_aton(3), then /etc/networks before the hosts
(or the hosts first, where a program wants one).
"""

from __future__ import annotations

import _socket

from ...errors import NameUnknown
from ...feature_errors import HostUnknown

AF_INET = 2

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..door import Door


def ipv6_number(word: str) -> str | None:
    """An IPv6 address in its shortest form, None where `word` is none."""
    try:
        return _socket.inet_ntop(_socket.AF_INET6, _socket.inet_pton(_socket.AF_INET6, word))
    except (OSError, ValueError):
        return None


class InetNames:
    """Looks words up with the network file and the resolver of a world.

    Words may hold any bytes.
    """

    def __init__(self, world: Door):
        self._world = world

    def resolve(self, word: str, hosts_first: bool = False) -> tuple[str, bool]:
        """The address of `word` and whether it names a network.  Raises HostUnknown."""
        if word == "default":
            return "0.0.0.0", True
        try:
            return _socket.inet_ntoa(_socket.inet_aton(word)), False
        except (OSError, ValueError):
            pass
        first, last = (self._host, self._network) if hosts_first else (self._network, self._host)
        try:
            return first(word)
        except HostUnknown:
            return last(word)         # whose reason is the one that is told

    def _network(self, word: str) -> tuple[str, bool]:
        from .files import is_called, read_networks

        for network in read_networks(self._world):
            if is_called(network, word):
                return _socket.inet_ntoa(network.address), True
        raise HostUnknown(word)

    def _host(self, word: str) -> tuple[str, bool]:
        try:
            return self._world.resolver.address(word, AF_INET), False
        except NameUnknown as unknown:
            raise HostUnknown(word, unknown.code, unknown.h_errno) from None

    def resolve_ipv6(self, word: str) -> str:
        """The IPv6 address of a number or host name, without a zone.  Raises HostUnknown."""
        return self.resolve_scoped(word).partition("%")[0]

    def resolve_scoped(self, word: str) -> str:
        """The same with its zone, if it has one.  Raises HostUnknown."""
        number = ipv6_number(word)
        if number is not None:
            return number
        try:
            return self._world.resolver.address(word, _socket.AF_INET6)
        except NameUnknown as unknown:
            raise HostUnknown(word, unknown.code, unknown.h_errno) from None
