"""Names for the numbers in socket tables: services, protocols, users.

Each is a mapping that fills itself, so that a renderer only ever reads it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..door import Door


class PortNames(dict[int, str]):
    """Port -> colon and name, or number where it has none, as it follows an address in text; ``:*`` for port 0."""

    def __missing__(self, port: int) -> str:
        text = self[port] = f":{port or '*'}"
        return text

    def behind(self, hosts: Iterable[str], ports: Iterable[int]) -> Iterable[str]:
        """Hosts with their ports."""
        return [host + port for host, port in zip(hosts, map(self.__getitem__, ports))]


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
