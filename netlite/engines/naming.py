"""Reports that wait for host names, without anything else waiting.

Reports leave in the order they came.  One that holds an address whose name is still being looked
up stays, and those behind it stay too; where no name server answers that delays a report by
`NAME_PATIENCE_NS` once an address, then it goes out with the address alone.

Addresses are what the wire says, and anybody can make them up: so many names are known, asked for and awaited
at most.
"""

from __future__ import annotations

from .actions import NAME_PATIENCE_NS, LookUpName, Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..records.record import Record
    from .actions import Action

MOST_KNOWN = 4096  # names; the oldest is forgotten
MOST_ASKED = 1024  # addresses looked up at once; others stand alone
MOST_WAITING = 8192  # reports held; the oldest goes out without a name


class NamedReports:
    """With `wanted` False no name is looked up and nothing is held."""

    def __init__(self, wanted: bool):
        self._wanted = wanted
        self._names: dict[str, str | None] = {}
        self._asked_ns: dict[str, int] = {}      # looked up and not yet known
        self._waiting: list[tuple[Record, tuple[str, ...]]] = []
        self.deadline_ns: int | None = None
        """When the patience with the oldest report ends; None when nothing waits."""

    def add(self, record: Record, mentioned: Sequence[str | None], now_ns: int) -> list[Action]:
        """Take a report that mentions some addresses; returns the actions this causes."""
        if not self._wanted:
            return [Report(record)]
        addresses = tuple(address for address in mentioned if address)
        unknown = []
        for address in addresses:
            if address not in self._names and address not in self._asked_ns and len(self._asked_ns) < MOST_ASKED:
                self._asked_ns[address] = now_ns
                unknown.append(address)
        self._waiting.append((record, addresses))
        crowded: list[Action] = [self._named(*self._waiting.pop(0))] if len(self._waiting) > MOST_WAITING else []
        return [*map(LookUpName, unknown), *crowded, *self.release(now_ns)]

    def found(self, address: str, name: str | None, answered: bool) -> None:
        """A look-up ended.  Where there is no name the address stands for it, as getnameinfo has it;
        where nobody could be asked, the address stands alone."""
        if self._asked_ns.pop(address, None) is None and address not in self._names:
            return  # nobody waits for it any more
        self._names[address] = name or (address if answered else None)
        if len(self._names) > MOST_KNOWN:
            del self._names[next(iter(self._names))]

    def release(self, now_ns: int) -> list[Action]:
        """Report what waits no longer."""
        released: list[Action] = []
        while self._waiting and not any(self._due_ns(address) > now_ns for address in self._waiting[0][1]):
            released.append(self._named(*self._waiting.pop(0)))
        self.deadline_ns = max(map(self._due_ns, self._waiting[0][1])) if self._waiting else None
        return released

    def release_all(self) -> list[Action]:
        """Report everything, names or not."""
        released: list[Action] = [self._named(*entry) for entry in self._waiting]
        self._waiting.clear()
        self.deadline_ns = None
        return released

    def _due_ns(self, address: str) -> int:
        return self._asked_ns[address] + NAME_PATIENCE_NS if address in self._asked_ns else 0

    def _named(self, record: Record, addresses: tuple[str, ...]) -> Report:
        names = tuple((address, self._names[address]) for address in addresses if self._names.get(address))
        return Report(record.replace(names=names) if names else record)
