"""Names to addresses without holding up the event loop."""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_pton
from asyncio import Semaphore, gather

from ..api.targets import address_family
from ..errors import NameUnknown
from ..sockets.resolver import AI_IDN, Resolver
from .threads import in_thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..sockets.resolver import Address
    from ..world import World

AT_ONCE = 32


async def find_addresses(resolver: Resolver, hosts: list[str], version: int | None) -> KnownNames:
    """What a resolver says of each host.

    The C library is asked in threads, for it waits; such a thread ends when the name servers have answered,
    though nobody may await it any more, and nobody waits for it, not even the end of the process.
    """
    several, af = Semaphore(AT_ONCE), address_family(version)

    async def find(host: str) -> Any:
        async with several:
            try:
                return await in_thread(lambda: _ask(resolver, host, af, AI_IDN))
            except Exception as raised:  # one name that fails does not cost the others
                return NameUnknown(-4, str(raised))

    quick = {host for host in hosts if _is_number(host) or not isinstance(resolver, Resolver)}
    found = {host: _ask(resolver, host, af, AI_IDN) for host in quick}
    slow = [host for host in dict.fromkeys(hosts) if host not in quick]
    if slow:
        found |= dict(zip(slow, await gather(*[find(host) for host in slow])))
    return KnownNames(found)


def _ask(resolver: Any, host: str, af: int, flags: int) -> Any:
    try:
        return resolver.addresses(host, af, flags)
    except NameUnknown as unknown:
        return unknown


def _is_number(host: str) -> bool:
    try:
        inet_pton(AF_INET6 if ":" in host else AF_INET, host)
        return True
    except (OSError, ValueError):
        return False


class KnownNames:
    """A resolver that has been asked already."""

    def __init__(self, answers: dict[str, Any]):
        self._answers = answers

    def addresses(self, host: str, _af: int = 0, _flags: int = 0) -> list[Address]:
        """What was answered.  Raises NameUnknown."""
        found = self._answers[host]
        if isinstance(found, NameUnknown):
            raise found
        return list(found)


class KnownWorld:
    """A world, but for its resolver."""

    def __init__(self, world: World, resolver: KnownNames):
        self._world = world
        self.resolver = resolver

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)


class Checked(Exception):
    """Arguments are right as far as the first question to the world."""


class NoWorld:
    """A world that answers nothing: who asks it has checked all arguments."""

    def __getattr__(self, name: str) -> Any:
        raise Checked(name)
