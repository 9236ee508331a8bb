"""What gets lost in part, or is slow, and from which router on; each rule gives what it saw, or None.

Echo requests to each router tell: one is clean when losing at the rate of the host would have shown by now.
"""

from __future__ import annotations

from math import sqrt

from .case import Case
from .cases import cases_of
from .chance import LEAST, exceeds, needed
from .facts import Found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...records.facts import Echoes, Hop

LEAST_LOST = 2
CERTAIN_LOST = 5                      # of fewer it is less sure
SLOW_NS, JUMP_NS = 200_000_000, 100_000_000
HOST_SHARE, OTHERS = 0.4, 60          # of the packets: for the host itself; and for traces and first looks


def is_lossy(case: Case) -> bool:
    """Whether packets get lost."""
    sent, received = case.many
    return case.answers and sent - received >= LEAST_LOST


def is_poor(case: Case) -> bool:
    """Whether packets get lost or are slow."""
    return is_lossy(case) or case.answers and min(case.rtts_ns, default=0) >= SLOW_NS


def rate(case: Case) -> float:
    """The share of echo requests to the host that gets lost, rather less than it seems: few may be many by chance."""
    sent, received = case.many
    lost = sent - received
    return (lost - sqrt(lost) / 2) / sent if sent else 0.0


def routers(case: Case) -> list[tuple[Hop, Echoes]]:
    """The routers on the way that were asked for echoes and answered some, and how they fared; without those that limit
    their answers: they lose more than the host behind them."""
    sent, received = case.many
    most = (sent - received + 2) / (sent + 2)
    found = []
    for hop in case.path.hops if case.path else ():
        asked = case.router(hop.source) if hop.source and not hop.reached and hop.refusal is None else None
        if asked is not None and asked.received and not exceeds(asked.sent - asked.received, asked.sent, most):
            found.append((hop, asked))
    return found


def wanted(case: Case, router: Hop) -> int:
    """How many echo requests have to come back from a router: twice as many where one before it loses some."""
    nearer = [asked for hop, asked in routers(case) if hop.number < router.number]
    return needed(rate(case)) * (1 + any(asked.sent - asked.received >= LEAST_LOST for asked in nearer))


def is_clean(case: Case, hop: Hop, asked: Echoes) -> bool:
    """Whether a router loses nothing, as sure as can be."""
    return asked.received == asked.sent >= wanted(case, hop)


def doubtful(case: Case) -> list[Hop]:
    """Routers that lose nothing, and one before them loses some: one of both is so by chance, or limits its answers."""
    return [hop for hop, asked in routers(case)
            if needed(rate(case)) <= asked.sent == asked.received < wanted(case, hop)]


def last_clean(case: Case) -> tuple[int, str]:
    """The last router to which nothing gets lost: what is before it is well."""
    return max([(hop.number, hop.source or "") for hop, asked in routers(case) if is_clean(case, hop, asked)],
               default=(0, "this machine"))


def undecided(case: Case) -> list[str]:
    """Routers behind the last clean one, before the first that loses something, of which nothing is known for sure; or
    those that are doubtful."""
    if doubtful(case):
        return [hop.source for hop in doubtful(case) if hop.source]
    clean, found = last_clean(case)[0], []
    known = {hop.source: asked for hop, asked in routers(case)}
    for hop in case.path.hops if case.path else ():
        if hop.source is None or hop.reached or hop.refusal is not None or hop.number <= clean:
            continue
        asked = known.get(hop.source)
        if asked is not None and asked.received < asked.sent:
            break
        if asked is not None or case.router(hop.source) is None:  # else it answers nothing, or not so much
            found.append(hop.source)
    return list(dict.fromkeys(found))


def loss(case: Case) -> Found | None:
    """Some come back, and some do not, and it is known from where on."""
    return _lost(case, False)


def loss_unplaced(case: Case) -> Found | None:
    """The same, and so few packets do not tell where."""
    return _lost(case, True)


def _lost(case: Case, unplaced: bool) -> Found | None:
    sent, received = case.many
    lost = sent - received
    if not is_lossy(case) or case.waits_for(case.path) or case.path is None:
        return None
    if not router_lines(case) and any(router_lines(other) for other in cases_of(case.facts)):
        return None  # the other version of IP, whose routers were asked, tells where
    open_ones = undecided(case)
    if bool(open_ones) != unplaced:
        return None
    share = f"{round(100 * lost / sent)} % of {sent}"
    evidence = (f"{lost} of {sent} echo requests unanswered", *router_lines(case))
    if unplaced:
        each, more = needed(rate(case)), packets_needed(case)
        told = f"to tell {share} from none takes {each} echo requests to each router, {more} packets in all"
        return Found((*evidence, told), None, detail=share, count=more)
    hop, place = last_clean(case)
    return Found(evidence, hop, place, share, less_sure=0 if lost >= CERTAIN_LOST else 20)


def packets_needed(case: Case) -> int:
    """How many packets a diagnosis would have to be allowed, rounded up."""
    count = len({hop.source for hop in (case.path.hops if case.path else ()) if hop.source and not hop.reached})
    whole = (needed(rate(case)) * max(1, count) + OTHERS) / (1 - HOST_SHARE)
    return max(case.config.most_packets + 50, round(whole / 50 + 0.5) * 50)


def router_lines(case: Case) -> tuple[str, ...]:
    """What each router lost, in a quote."""
    return tuple([f"hop {hop.number} {hop.source}: {asked.sent - asked.received} of {asked.sent}"
                  for hop, asked in routers(case) if asked.sent >= LEAST])


def delay(case: Case) -> Found | None:
    """All come back late."""
    if not case.rtts_ns or min(case.rtts_ns) < SLOW_NS or case.path is None:
        return None
    if not routers(case) and any(routers(other) for other in cases_of(case.facts)):
        return None  # the other version of IP, whose routers were asked, tells where
    before, where = 0, (0, "this machine")
    for hop in case.path.hops:
        router = case.router(hop.source) if hop.source and not hop.reached else None
        rtts = router.rtts_ns if router is not None else ()
        if not rtts or min(rtts) - before >= JUMP_NS:
            if rtts:
                break
            continue
        before, where = min(rtts), (hop.number, hop.source or "")
    return Found((f"{case.address}: {min(case.rtts_ns) / 1e6:.1f} ms", f"{where[1]}: {before / 1e6:.1f} ms"), *where,
                 f"{(min(case.rtts_ns) - before) / 1e6:.0f} ms of {min(case.rtts_ns) / 1e6:.0f}")
