"""The plan of a trace: one slot a probe, and the rule for answers that come for the latest probes only."""

from __future__ import annotations

from ..records.icmp import PORT_UNREACHABLE, TTL_EXCEEDED
from ..records.traceroute import ProbeResult, hops_back


class Slot:
    """One probe of the plan: nothing sent, under way, or decided.

    `asked`: it was told to be sent, as probe `number` (from 1); `sent_ns` once it is known when.
    `vacated`: its answer was moved to an earlier slot, so nothing is to be expected any more.
    """

    __slots__ = ("number", "asked", "sent_ns", "done", "vacated", "result")

    def __init__(self, hop: int, query: int):
        self.number = 0
        self.asked = self.done = self.vacated = False
        self.sent_ns: int | None = None
        self.result = ProbeResult(hop, query)

    @property
    def under_way(self) -> bool:
        return (self.asked or self.vacated) and not self.done

    def take_result_of(self, later: Slot) -> None:
        """Move the answer of a later slot here; that one counts as given up."""
        self.result = later.result.replace(hop=self.result.hop, query=self.result.query)
        later.result = ProbeResult(later.result.hop, later.result.query)
        later.done = later.asked = False
        later.vacated, later.sent_ns = True, None


def first_round_trip(slots: list[Slot]) -> int | None:
    """The round trip of the first answered probe, as far as probes were sent."""
    for slot in slots:
        if slot.done and slot.result.rtt_ns is not None:
            return slot.result.rtt_ns
        if not (slot.done or slot.under_way):
            return None
    return None


def final_to_move(slots: list[Slot], index: int, queries: int) -> int | None:
    """Where the answer is that belongs to the probe at `index`, which was just given up; or None.

    A target may limit its refusals and answer the latest of many probes alone.  The next answer takes
    the place of the silent probe when it refuses the way, nothing between was on transit, and it seems
    to come from the same hop.
    """
    before = slots[index - index % queries:index]
    if any(not (slot.done and slot.result.final) for slot in before):
        return None
    later = next((at for at in range(index + 1, len(slots)) if slots[at].done or not slots[at].under_way), None)
    if later is None or not slots[later].done:
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
