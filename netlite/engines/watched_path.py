"""What is known of a path that is watched, and how far it goes: `Path` decides that from answers, without a schedule.

    a router answers              the path goes on behind it; where it had ended there, it has become longer
    the host answers, or a router says that it cannot go on       the path ends there; where it ended behind, it
                                  has become shorter
    nobody answers                nothing is known: a path is taken to go `max_unknown` hops beyond the last answer

A hop beyond the end at which only the end itself answered, since probes were under way when the end was found,
is forgotten; others stand where they stood when the path grows again.
"""

from __future__ import annotations

from ..records.record import Record
from ..records.replies import IcmpError
from ..records.watch import SOURCES, HopState, PathChanged, PathState, Way
from .round_trips import RoundTrips

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..records.replies import Reply

ROUTER, REACHED, REFUSED = "router", "reached", "refused"


class Hop:
    """A hop and its counts."""

    __slots__ = ("number", "asked", "sent", "received", "lost", "unsent", "late", "duplicates", "changes", "sources",
                 "kind", "icmp", "labels", "times", "due_ns", "waits", "is_router", "era")

    def __init__(self, number: int) -> None:
        self.number = number
        self.asked = 0
        self.due_ns = 0
        self.waits = self.is_router = False
        self.era = 0
        self.reset()

    def reset(self) -> None:
        """Count anew; what is under way belongs to the time before."""
        self.sent = self.received = self.lost = self.unsent = self.late = self.duplicates = self.changes = 0
        self.sources: dict[str, int] = {}
        self.kind: str | None = None
        self.icmp: tuple[int | None, int | None] = None, None
        self.labels: tuple[int, ...] = ()
        self.times = RoundTrips()
        self.era += 1

    def took(self, rtt_ns: int, reply: Reply) -> None:
        """An answer in time."""
        error = reply if type(reply) is IcmpError else None
        self.received += 1
        self.times.add(rtt_ns)
        self.icmp = (None, None) if error is None else (error.type, error.code)
        self.labels = labels_of(error)

    def heard(self, source: str) -> str | None:
        """Somebody answers; who did before, where that is another one."""
        before = next(reversed(self.sources), None)
        self.sources[source] = self.sources.pop(source, 0) + 1
        if len(self.sources) > SOURCES:
            del self.sources[next(iter(self.sources))]
        return None if before == source else before

    @property
    def source(self) -> str | None:
        """Who answered last."""
        return next(reversed(self.sources), None)

    def state(self, names: Mapping[str, str | None]) -> HopState:
        """As a record."""
        times, decided = self.times, self.received + self.lost + self.unsent
        return HopState(
            self.number, self.source, names.get(self.source or ""), tuple(self.sources.items()), self.kind,
            *self.icmp, self.labels, self.sent, self.received, self.lost, self.unsent, self.sent - decided, self.late,
            self.duplicates, (self.lost + self.unsent) / decided if decided else None, times.last_ns, times.avg_ns,
            times.best_ns, times.worst_ns, times.deviation_ns, times.geometric_ns, times.jitter_ns,
            times.jitter_avg_ns, times.jitter_max_ns, times.jitter_smooth_ns, times.percentile_ns(50),
            times.percentile_ns(90), times.percentile_ns(99), self.changes)


class Path:
    """A way, its hops, and where it ends."""

    def __init__(self, place: int, way: Way, first_hop: int, max_hops: int, max_unknown: int) -> None:
        self.place, self.way = place, way
        self.hops: dict[int, Hop] = {}
        self.last_hop: int | None = None  # where it ends
        self.grow_ns: int | None = 0  # when the next hop may be asked; None: no further one now
        self.sent = self.changes = self.sequence = 0
        self.errno: int | None = None
        self._first, self._most, self._unknown = first_hop, max_hops, max_unknown
        self._top = first_hop - 1  # the last hop that is asked
        self._answered = first_hop - 1  # the last hop that somebody answered from
        self._ended_ns = 0  # when the probe left that found the end

    def grow(self) -> Hop | None:
        """The next hop, where there may be one."""
        if self.last_hop is not None or self._top >= min(self._most, self._answered + self._unknown):
            return None
        self._top += 1
        return self.hops.setdefault(self._top, Hop(self._top))

    def asks(self, hop: Hop) -> bool:
        """Whether the path goes that far."""
        return self.hops.get(hop.number) is hop and hop.number <= (self.last_hop or self._top)

    def answered(self, hop: Hop, source: str, kind: str, sent_ns: int, wall_offset_ns: int) -> list[PathChanged]:
        """Somebody answers in time what was sent to a hop at `sent_ns`; what that changes."""
        end, number = self.last_hop, hop.number
        if self.hops.get(number) is not hop or end is not None and (
                number > end and kind != ROUTER or number >= end and sent_ns < self._ended_ns):
            return []  # beyond the end, or on its way when that was found
        at_ns = sent_ns + wall_offset_ns
        changed: list[PathChanged] = []
        before, hop.kind = hop.heard(source), kind
        hop.is_router = hop.is_router or kind == ROUTER
        self._answered = max(self._answered, number)
        if before is not None:
            hop.changes += 1
            changed.append(self._change(number, "address", at_ns, before, source))
        if kind == ROUTER and end is not None and number >= end:
            changed.append(self._change(number, "longer", at_ns, end, None))
            self.last_hop, self._top = None, end  # what is between may have been forgotten
        elif kind != ROUTER and (end is None or number < end):
            if end is not None:
                changed.append(self._change(number, "shorter", at_ns, end, number))
            self._end_at(number, sent_ns)
        return changed

    def _change(self, hop: int, kind: str, at_ns: int, before: str | int | None,
                after: str | int | None) -> PathChanged:
        self.changes += 1
        return PathChanged(self.way.host, self.way.flow, hop, kind, at_ns, before, after)

    def _end_at(self, number: int, sent_ns: int) -> None:
        self._ended_ns = sent_ns
        self.last_hop = self._top = self._answered = number
        for beyond in [hop for hop in self.hops.values() if hop.number > number and not hop.is_router]:
            del self.hops[beyond.number]

    def reset(self) -> None:
        """Count anew; where the path goes is still known."""
        self.sent = self.changes = 0
        self.errno = None
        for hop in self.hops.values():
            hop.reset()

    def shown(self) -> list[Hop]:
        """The hops as far as anybody answered, and one more where the end is not known; who was forgotten, anew."""
        last = self.last_hop or min(self._top, self._answered + 1)
        return [self.hops.get(number) or Hop(number) for number in range(self._first, last + 1)]

    def state(self, names: Mapping[str, str | None]) -> PathState:
        """As a record."""
        hops = self.shown()
        reached = bool(hops) and self.last_hop is not None and hops[-1].kind == REACHED
        return PathState(self.way.host, self.way.address, self.way.flow, self.last_hop, reached, self.sent,
                         self.changes, self.errno, tuple([hop.state(names) for hop in hops]))


def labels_of(error: IcmpError | None) -> tuple[int, ...]:
    """The MPLS labels that an error quotes (RFC 4950)."""
    if error is None:
        return ()
    stacks = [each.decoded for each in error.extensions]
    return tuple([label.label for stack in stacks if isinstance(stack, tuple) and not isinstance(stack, Record)
                  for label in stack])
