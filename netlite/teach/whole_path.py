"""What the hops of a path tell together: circles, and where the time is spent."""

from __future__ import annotations

import itertools

from .sentences import NOISE_NS, milliseconds
from .verdicts import Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .hops import Hop
    from .notes import Notes


def tell_whole(hops: list[Hop], notes: Notes) -> list[str]:
    """Loops, and what the times say."""
    told: list[str] = []
    places: dict[str, list[int]] = {}
    for hop in hops:
        for source in hop.sources:
            if not hop.is_end:
                places.setdefault(source, []).append(hop.ttl)
    for source, ttls in places.items():
        if any(later - ttl > 1 for ttl, later in itertools.pairwise(ttls)):
            told.append(f"{notes.called(source)} answered at hops {', '.join(map(str, ttls))}: the probes "
                        "probably go round in a circle (a routing loop).")
            break
    return told + _times(hops)


def _place(hop: Hop) -> str:
    """Which one it is, as far as that is known."""
    return "the end" if hop.routers is None else f"hop {hop.ttl}"


def _times(hops: list[Hop]) -> list[str]:
    """Where the time is spent, and hops that answer more quickly than those before them.

    Refusals do not count: a router may have waited for a neighbour before them.  Nor do differences that are
    smaller than the noise, or than those within a hop.
    """
    timed = [hop for hop in hops if hop.answered and hop.verdict in (Verdict.DIED, Verdict.ARRIVED)]
    told = []
    noise_ns = max([NOISE_NS, *(hop.slowest_ns - hop.quickest_ns for hop in timed)])
    alone = all(len(hop.answered) == 1 for hop in timed)
    steps = [(later.quickest_ns - hop.quickest_ns, hop, later) for hop, later in itertools.pairwise(timed)]
    if steps:
        step_ns, hop, later = max(steps, key=lambda step: step[0])
        if step_ns > noise_ns and 2 * step_ns > timed[-1].quickest_ns:
            told.append(f"The largest step, {milliseconds(step_ns)}, is between hop {hop.ttl} and "
                        f"{_place(later)}: that is probably where most of the time is spent, there, back, or in "
                        "making the report."
                        + " One probe a hop tells little: -q 3 tells more." * alone)
    slowest = None
    for hop in timed:
        if slowest is not None and slowest.quickest_ns - hop.quickest_ns > noise_ns and \
                hop.quickest_ns < slowest.quickest_ns * 0.8:
            told.append(f"{_place(hop).capitalize()} answered more quickly than hop {slowest.ttl}, though it is "
                        f"farther away: what hop {slowest.ttl} took more is no delay of the way on. Its router takes "
                        "its time to make reports, its reports come back by another way, or one of these "
                        "probes had to wait.")
            break
        if slowest is None or hop.quickest_ns > slowest.quickest_ns:
            slowest = hop
    return told
