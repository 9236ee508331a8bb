"""Names for the addresses of hosts in tables.

Each is a mapping that fills itself, so that a renderer only ever reads it.
"""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_ntoa, inet_ntop

ROOM = 1 << 16  # more texts than this are not kept
ANY4, ANY6, MAPPED = bytes(4), bytes(16), bytes(10) + b"\xff\xff"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..door import Door
    from .files import NamedAddress


def numeric_host(address: bytes) -> str:
    """A packed address in text; a mapped IPv4 address looks like the IPv4 address it holds.

    >>> numeric_host(bytes(10) + b"\\xff\\xff\\x0a\\x00\\x00\\x01")
    '10.0.0.1'
    """
    if len(address) == 4:
        return inet_ntop(AF_INET, address)
    return inet_ntop(AF_INET, address[12:]) if address[:12] == MAPPED else inet_ntop(AF_INET6, address)


class NumericHosts(dict[bytes, str]):
    """Packed address -> its number in text."""

    def __missing__(self, address: bytes) -> str:
        if len(self) >= ROOM:
            self.clear()
        text = self[address] = inet_ntoa(address) if len(address) == 4 else numeric_host(address)
        return text

    def learn(self, *addresses: Iterable[bytes]) -> None:
        """Nothing has to be asked for."""


class HostNames(dict[bytes, str]):
    """Packed address -> host name, or its number where it has none; each is asked for once.

    `look_up(texts)` gives the names of several addresses at a time.  Addresses of the form 0.x.y.z
    are networks for netstat, and looked up in /etc/networks.
    """

    def __init__(self, look_up: Callable[[list[str]], dict[str, str | None]], world: Door):
        self._look_up = look_up
        self._world = world
        self._networks: list[NamedAddress] | None = None
        self._begin()

    def _begin(self) -> None:
        self.clear()
        self[ANY4], self[ANY6] = "0.0.0.0", "[::]"

    def learn(self, *addresses: Iterable[bytes]) -> None:
        """Look up all of `addresses` (some sequences) that are still unknown, together."""
        if len(self) >= ROOM:
            self._begin()
        questions = {}
        for address in set().union(*addresses).difference(self):
            if len(address) == 4 and address[0] == 0:
                self[address] = self._network(address) or numeric_host(address)
            else:
                questions[question(address)] = address
        names = self._look_up(list(questions)) if questions else {}
        for text, name in names.items():
            self[questions[text]] = name or numeric_host(questions[text])

    def __missing__(self, address: bytes) -> str:
        self.learn((address,))
        return self[address]

    def _network(self, address: bytes) -> str | None:
        from .files import name_of, read_networks

        if self._networks is None:
            self._networks = read_networks(self._world)
        return name_of(self._networks, address)


def question(address: bytes) -> str:
    """The text to look an address up by: a mapped one stays IPv6, as in netstat."""
    return inet_ntop(AF_INET if len(address) == 4 else AF_INET6, address)
