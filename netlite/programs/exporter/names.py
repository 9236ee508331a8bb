"""Names to addresses for all probes: who asks for the same name shares the answer, and few threads wait at once."""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from asyncio import Semaphore, Task, create_task, shield

from ... import aio
from .bounds import Overfull

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...world import World

AT_ONCE, MOST = 32, 1000

Question = tuple[str, int | None]


class Names:
    """A look-up goes on when nobody waits for it any more: its thread cannot be stopped, so it keeps its place."""

    def __init__(self, world: World | None = None):
        self._world = world
        self._turns = Semaphore(AT_ONCE)
        self._asked: dict[Question, Task[list[str]]] = {}

    async def addresses(self, host: str, version: int | None = None) -> list[str]:
        """As `netlite.aio.resolve`.  Raises NameUnknown, and Overfull where very many look-ups wait."""
        address = address_of(host)
        if address is not None and version in (None, 6 if ":" in address else 4):
            return [address]
        question = host, version
        if question not in self._asked:
            if len(self._asked) >= MOST:
                raise Overfull("too many names are being looked up")
            task = self._asked[question] = create_task(self._ask(*question))
            task.add_done_callback(lambda done: self._forget(question, done))
        return await shield(self._asked[question])

    async def _ask(self, host: str, version: int | None) -> list[str]:
        async with self._turns:
            return await aio.resolve(host, version=version, world=self._world)

    def _forget(self, question: Question, done: Task[list[str]]) -> None:
        self._asked.pop(question, None)
        if not done.cancelled():
            done.exception()  # heard, should nobody have waited


def address_of(host: str) -> str | None:
    """The address that a host is, as the kernel writes it; None for a name, and for an address with a zone.

    >>> address_of("192.0.2.1"), address_of("2001:DB8:0::1"), address_of("server")
    ('192.0.2.1', '2001:db8::1', None)
    """
    family = AF_INET6 if ":" in host else AF_INET
    try:
        return inet_ntop(family, inet_pton(family, host))
    except (OSError, ValueError):
        return None
