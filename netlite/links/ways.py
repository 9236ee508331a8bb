"""Several links as one, a path each: all arrivals say which probe they answer.

A probe's number says which link it takes: number modulo how many there are.  Echo links know their probes by 16 bits of
sequence number, which are used again once 65536 probes have left; here they become numbers again.
"""

from __future__ import annotations

from select import EPOLLIN

from ..errors import KernelRefused
from ..records.echo_links import EchoProbe, EchoReply
from ..records.replies import IcmpError
from ..sockets.readiness import open_readiness
from .link import Arrival, Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.probes import Probe
    from ..records.replies import Reply


class WaysLink(Link):
    """`links` in the order of their paths; it closes them.

    A link that cannot send for now, since there is no route, refuses that probe alone: OSError.
    """

    def __init__(self, links: list[Link]):
        self.warnings = [warning for link in links for warning in link.warnings]
        self._links = links
        self._numbers: list[dict[int, int]] = [{} for _ in links]  # of echo probes, by their sequence numbers
        self._poll = open_readiness()
        for link in links:
            if link.fileno() >= 0:
                self._poll.register(link.fileno(), EPOLLIN)
        self._real = all(link.fileno() >= 0 for link in links)

    def send(self, probe: Probe) -> int:
        place = probe.number % len(self._links)
        if type(probe) is EchoProbe:
            self._numbers[place][probe.sequence] = probe.number
        try:
            return self._links[place].send(probe)
        except KernelRefused as refusal:
            raise OSError(refusal.errno, refusal.what) from None

    def receive(self) -> list[Arrival]:
        arrivals: list[Arrival] = []
        for link, numbers in zip(self._links, self._numbers):
            for arrival in link.receive():
                if arrival.number is None:
                    arrival = arrival.replace(number=numbers.get(sequence_of(arrival.reply)))
                arrivals.append(arrival)
        return sorted(arrivals, key=lambda arrival: arrival.received_ns)

    def fileno(self) -> int:
        return self._poll.fileno() if self._real else -1

    def due_ns(self) -> int | None:
        return min((due for due in (link.due_ns() for link in self._links) if due is not None), default=None)

    def close(self) -> None:
        self._poll.close()
        for link in self._links:
            link.close()


def sequence_of(reply: Reply) -> int:
    """The sequence number of the echo request that a reply answers or quotes; -1 for other replies."""
    if isinstance(reply, EchoReply):
        return reply.sequence
    quote = reply.quote if isinstance(reply, IcmpError) else None
    return -1 if quote is None or quote.sequence is None else quote.sequence
