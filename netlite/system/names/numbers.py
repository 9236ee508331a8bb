"""Names for the numbers in socket tables: hosts, services, protocols, users.

Each is a mapping that fills itself, so that a renderer only ever reads it.
"""

from __future__ import annotations

from _operator import add
from _socket import AF_INET, AF_INET6, inet_ntop

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
        text = self[address] = numeric_host(address)
        return text

    def learn(self, *addresses: Iterable[bytes]) -> None:
        """Nothing has to be asked for."""


class HostNames(dict[bytes, str]):
    """Packed address -> host name, or its number where it has none; each is asked for once.

    `look_up(texts)` gives the names of several addresses at a time.  Addresses of the form 0.x.y.z
    are networks for netstat, and looked up in `networks`.
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


class PortNames(dict[int, str]):
    """Port -> colon and name, or number where it has none, as it follows an address in text; ``:*`` for port 0."""

    def __missing__(self, port: int) -> str:
        text = self[port] = f":{port or '*'}"
        return text

    def behind(self, hosts: Iterable[str], ports: Iterable[int]) -> Iterable[str]:
        """Hosts with their ports."""
        return map(add, hosts, map(self.__getitem__, ports))


class PortNumbers(PortNames):
    """Port -> colon and number.  To make a number's text is quicker than to find it, so none is kept."""

    def __missing__(self, port: int) -> str:
        return f":{port or '*'}"

    def behind(self, hosts: Iterable[str], ports: Iterable[int]) -> Iterable[str]:
        """Hosts with their ports."""
        return [f"{host}:{port or '*'}" for host, port in zip(hosts, ports)]


def service_names(world: Door, protocol: str) -> PortNames:
    """Port -> colon and service name, for ``tcp`` or ``udp``; for ``raw`` IP protocol -> its name."""
    from .files import read_protocols, read_services

    known = {port: name for (port, kind), name in read_services(world).items() if kind == protocol}
    known.update(read_protocols(world) if protocol == "raw" else {})
    names = PortNames()
    names.update((port, f":{name}") for port, name in known.items() if port)
    return names


class UserNumbers(dict[int, str]):
    """User id -> its number in text, signed as netstat prints it."""

    def __missing__(self, user_id: int) -> str:
        text = self[user_id] = str(user_id - (1 << 32) if user_id >> 31 else user_id)
        return text


class UserNames(UserNumbers):
    """User id -> login name, or the number where it has none."""

    def __init__(self, world: Door):
        self._world = world

    def __missing__(self, user_id: int) -> str:
        name = self._world.user_name(user_id)
        if name is None:
            return super().__missing__(user_id)
        self[user_id] = name
        return name
