"""Two links that act as one: probes to both IP versions from one run."""

from __future__ import annotations

from select import EPOLLIN

from ..sockets.readiness import open_readiness
from .link import Arrival, Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class LinkPair(Link):
    """Sends a probe over the link of its destination's IP version; receives from both.

    `links` maps 4 and 6 to open links; the pair closes them.
    """

    def __init__(self, links: dict[int, Link]):
        self.warnings = [warning for link in links.values() for warning in link.warnings]
        self._links = links
        self._poll = open_readiness()
        for link in links.values():
            if link.fileno() >= 0:
                self._poll.register(link.fileno(), EPOLLIN)

    def connect(self) -> None:
        for link in self._links.values():
            link.connect()

    def send(self, probe: Any) -> int:
        return self._links[6 if ":" in probe.destination else 4].send(probe)

    def receive(self) -> list[Arrival]:
        return [arrival for link in self._links.values() for arrival in link.receive()]

    def fileno(self) -> int:
        return self._poll.fileno()

    def due_ns(self) -> int | None:
        return min((due for due in (link.due_ns() for link in self._links.values()) if due is not None), default=None)

    def close(self) -> None:
        self._poll.close()
        for link in self._links.values():
            link.close()
