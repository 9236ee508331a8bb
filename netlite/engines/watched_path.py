"""What is known of a path that is watched, and how far it goes: `Path` decides that from answers, without a schedule.

    a router answers              the path goes on behind it; where it had ended there, it has become longer
    the host answers              the path ends there; where it ended behind, it has become shorter
    somebody else says that it cannot go on       the same, where nobody is known behind; else when it is said again
                                  and nobody from behind answered meanwhile: anybody can make up an error.  Those
                                  behind are asked all the same, now and then: who answers from there takes it back
    nobody answers                nothing is known: a path is taken to go `max_unknown` hops beyond the last answer

A hop beyond the end at which only the end itself answered, since probes were under way when the end was found,
is forgotten; others stand where they stood when the path grows again.
"""

from __future__ import annotations

from ..records.record import Record
from ..records.replies import IcmpError, is_host
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
                 "kind", "icmp", "labels", "times", "due_ns", "waits", "is_router", "era", "heard_ns")

    def __init__(self, number: int) -> None:
        self.number = number
        self.asked = 0
        self.due_ns = 0
        self.waits = self.is_router = False
        self.heard_ns = -1  # when the last probe left that a router or the host answered
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


class Doubt(Record):
    """A refusal that waits to be said again: the hop, who said it, and when its probe left."""

    number: int
    source: str
    sent_ns: int


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
        self._doubt: Doubt | None = None

    def grow(self) -> Hop | None:
        """The next hop, where there may be one."""
        if not self.may_go_on or self._top >= min(self._most, self._answered + self._unknown):
            return None
        self._top += 1
        return self.hops.setdefault(self._top, Hop(self._top))

    def asks(self, hop: Hop) -> bool:
        """Whether the path goes that far."""
        return self.hops.get(hop.number) is hop and hop.number <= self._top

    def is_behind(self, hop: Hop) -> bool:
        """Whether the path does not go that far, as far as is known."""
        return self.last_hop is not None and hop.number > self.last_hop

    @property
    def may_go_on(self) -> bool:
        """Whether nobody has said where it ends but somebody on the way."""
        end = None if self.last_hop is None else self.hops.get(self.last_hop)
        return end is None or end.kind == REFUSED and not is_host(end.source, self.way.address)

    def answered(self, hop: Hop, source: str, kind: str, sent_ns: int, wall_offset_ns: int) -> list[PathChanged]:
        """Somebody answers in time what was sent to a hop at `sent_ns`; what that changes."""
        end, number = self.last_hop, hop.number
        beyond = kind == REFUSED or kind == REACHED and not self._is_refused
        if self.hops.get(number) is not hop or end is not None and (
                number > end and beyond or number >= end and sent_ns < self._ended_ns):
            return []  # beyond the end, or on its way when that was found
        at_ns = sent_ns + wall_offset_ns
        ends_at: int | None = number
        if kind != REFUSED:
            hop.heard_ns = max(hop.heard_ns, sent_ns)
        elif not is_host(source, self.way.address):
            ends_at = self._refused(number, source, sent_ns)
            if ends_at is not None and ends_at < number:
                return self._ends(ends_at, at_ns, sent_ns)
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
        elif kind != ROUTER and ends_at is not None:
            changed += self._ends(ends_at, at_ns, sent_ns)
        return changed

    @property
    def _is_refused(self) -> bool:
        """Whether it ends where somebody refuses."""
        end = self.hops.get(self.last_hop) if self.last_hop is not None else None
        return end is not None and end.kind == REFUSED

    def _refused(self, number: int, source: str, sent_ns: int) -> int | None:
        """The hop that a refusal ends the path at; None where it waits for another one."""
        doubt = self._doubt
        if max([hop.heard_ns for hop in self.hops.values() if hop.number > number], default=-1) < 0:
            return number
        if doubt is not None and doubt.source == source and doubt.number <= number and doubt.sent_ns < sent_ns:
            behind = [hop for hop in self.hops.values() if hop.number > doubt.number]
            if not any(hop.heard_ns > doubt.sent_ns for hop in behind):
                return doubt.number
        self._doubt = Doubt(number, source, sent_ns)
        return None

    def _ends(self, number: int, at_ns: int, sent_ns: int) -> list[PathChanged]:
        """It ends there; who is behind was answered by others, or long ago."""
        end = self.last_hop
        if end == number:
            return []
        self._end_at(number, sent_ns)
        if end is None:
            return []
        return [self._change(number, "shorter" if number < end else "longer", at_ns, end, number)]

    def _change(self, hop: int, kind: str, at_ns: int, before: str | int | None,
                after: str | int | None) -> PathChanged:
        self.changes += 1
        return PathChanged(self.way.host, self.way.flow, hop, kind, at_ns, before, after)

    def _end_at(self, number: int, sent_ns: int) -> None:
        self._ended_ns = sent_ns
        self.last_hop = self._top = self._answered = number
        self._doubt = None
        for hop in self.hops.values():
            hop.heard_ns = hop.heard_ns if hop.number <= number else -1
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
