"""The plan of a trace: one slot a probe with its life, and the rule for answers that come for the latest
probes only."""

from __future__ import annotations

from ..records.icmp_errors import PORT_UNREACHABLE, TTL_EXCEEDED
from ..records.traceroute import ProbeResult, hops_back


class State:
    """Where a probe of the plan is in its life."""

    PLANNED = "planned"  # nothing sent
    LEAVING = "leaving"  # told to be sent; when it left is not known yet
    SENT = "sent"
    ANSWERED = "answered"
    GIVEN_UP = "given up"
    VACATED = "vacated"  # its answer was moved to an earlier slot, so nothing is to be expected any more


UNDER_WAY = frozenset((State.LEAVING, State.SENT, State.VACATED))
DECIDED = frozenset((State.ANSWERED, State.GIVEN_UP))


class Step:
    """What happens to a probe."""

    SEND = "it is told to be sent"
    LEFT = "it left the host"
    HELD = "the kernel has no room for it now"
    TOO_BIG = "it is to be sent again, smaller"
    ANSWER = "an answer to it came, or is moved to it"
    LATE = "its patience is over"
    LOSE = "its answer is moved to an earlier slot"


TRANSITIONS = {
    (State.PLANNED, Step.SEND): State.LEAVING,
    (State.LEAVING, Step.LEFT): State.SENT,
    (State.LEAVING, Step.HELD): State.PLANNED,
    (State.LEAVING, Step.TOO_BIG): State.PLANNED,
    (State.LEAVING, Step.ANSWER): State.ANSWERED,  # the link knows itself when the probe left
    (State.SENT, Step.LEFT): State.SENT,
    (State.SENT, Step.TOO_BIG): State.PLANNED,
    (State.SENT, Step.ANSWER): State.ANSWERED,
    (State.SENT, Step.LATE): State.GIVEN_UP,
    (State.GIVEN_UP, Step.ANSWER): State.ANSWERED,
    (State.ANSWERED, Step.LOSE): State.VACATED,
    (State.VACATED, Step.LATE): State.GIVEN_UP,
}


UNANSWERED = tuple(ProbeResult.defaults.values())


class Slot:
    """One probe of the plan: `number` (from 1) once it is told to be sent, `sent_ns` once it is known when."""

    __slots__ = ("number", "state", "sent_ns", "result")

    def __init__(self, hop: int, query: int):
        self.number = 0
        self.state = State.PLANNED
        self.sent_ns: int | None = None
        self.result = ProbeResult.of((hop, query, *UNANSWERED))

    def go(self, step: str) -> None:
        """To the next state; KeyError for a step that cannot happen in this one."""
        self.state = TRANSITIONS[self.state, step]

    def take_result_of(self, later: Slot) -> None:
        """Move the answer of a later slot here; that one counts as given up."""
        self.go(Step.ANSWER)
        self.result = later.result.replace(hop=self.result.hop, query=self.result.query)
        later.go(Step.LOSE)
        later.result = ProbeResult(later.result.hop, later.result.query)


def first_round_trip(slots: list[Slot]) -> int | None:
    """The round trip of the first answered probe, as far as probes were sent."""
    for slot in slots:
        if slot.state is State.PLANNED:
            return None
        rtt_ns = slot.result.rtt_ns
        if rtt_ns is not None:
            return rtt_ns
    return None


def final_to_move(slots: list[Slot], index: int, queries: int) -> int | None:
    """Where the answer is that belongs to the probe at `index`, which was just given up; or None.

    A target may limit its refusals and answer the latest of many probes alone.  The next answer takes
    the place of the silent probe when it refuses the way, nothing between was on transit, and it seems
    to come from the same hop.
    """
    before = slots[index - index % queries:index]
    if any(not slot.result.final for slot in before):
        return None
    later = next((at for at in range(index + 1, len(slots)) if slots[at].state not in UNDER_WAY), None)
    if later is None:
        return None
    final = slots[later].result
    if not final.final or not is_flagged(final):
        return None
    in_the_same_hop = before or index % queries + later - index < queries
    return later if in_the_same_hop or is_from(final, slots, index) else None


def is_flagged(result: ProbeResult) -> bool:
    """True for an answer that is printed with a flag: a refusal, or one that found a smaller MTU."""
    error = result.error
    refusal = error is not None and not error.says(PORT_UNREACHABLE, TTL_EXCEEDED)
    return refusal or result.path_mtu_bytes is not None


def is_from(final: ProbeResult, slots: list[Slot], index: int) -> bool:
    """Whether a final answer seems to come from the hop of `index`, or from before it.

    So it is when an earlier probe was answered by the same router.  Else the TTLs of the replies tell
    how far away both are, measured from the nearest router on the way that is nearer than the answer.
    """
    earlier = [slot.result for slot in reversed(slots[:index])]
    if any(result.source is not None and result.source == final.source for result in earlier):
        return True
    if not final.ttl:
        return False
    hops = hops_back(final.ttl)
    for result in earlier:
        if result.ttl and not result.final and hops_back(result.ttl) < hops:
            hops = hops - hops_back(result.ttl) + result.hop
            break
    return hops <= slots[index].result.hop
