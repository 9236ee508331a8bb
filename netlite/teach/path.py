"""The story of probes with growing TTLs: traceroute's and tracepath's."""

from __future__ import annotations

from ..records.icmp import PORT_UNREACHABLE, TOO_BIG, TTL_EXCEEDED
from ..records.record import Record
from ..records.replies import IcmpError
from .exchanges import Answer, Exchange, Notes
from .icmp_kinds import icmp_kind
from .sentences import (
    changed_on_the_way,
    count,
    extension_sentences,
    hop_word,
    how_known,
    milliseconds,
    mtu_sentences,
    way_back,
    what_it_says,
)

LARGE_STEP_NS = 1_000_000  # below that, steps are noise
Case = tuple[Exchange, Answer | None]
SizeCase = tuple[Exchange, Answer, IcmpError]


class Hop(Record):
    """All probes with one TTL: `cases` are (exchange, its first answer that is not about the size, or None),
    `sizes` (exchange, answer, what it says) of those about the size.

    `routers` is how many routers probes crossed that were answered, None where that is not known: a probe
    that got to the end tells so only when one with a TTL less did not; not `certain` when that one is
    only known to have got no answer.
    """

    ttl: int
    cases: tuple[Case, ...]
    sizes: tuple[SizeCase, ...] = ()
    routers: int | None = None
    certain: bool = True

    @property
    def exchanges(self) -> list[Exchange]:
        return [case[0] for case in self.cases] + [case[0] for case in self.sizes]

    @property
    def answered(self) -> list[tuple[Exchange, Answer]]:
        return [(exchange, answer) for exchange, answer in self.cases if answer is not None]

    @property
    def sources(self) -> list[str]:
        return list(dict.fromkeys(answer.header.source for _, answer in self.answered))

    @property
    def quickest_ns(self) -> int:
        """Of a hop that answered."""
        return min(answer.after_ns for _, answer in self.answered)

    @property
    def is_end(self) -> bool:
        """Whether an answer says that probes got to the end of the path."""
        return any(not died(answer) for _, answer in self.answered)


def died(answer: Answer) -> bool:
    """Whether the answer is the report that the TTL ran out."""
    return answer.error is not None and answer.error.says(TTL_EXCEEDED)


def about_size(answer: Answer) -> IcmpError | None:
    """What the answer says, where that is the report that a packet was too big."""
    return answer.error if answer.error is not None and answer.error.says(TOO_BIG) else None


def hops_of(found: list[Exchange]) -> list[Hop]:
    """The hops in order of TTL, up to the first where the path ends."""
    hops: list[Hop] = []
    for hop in by_ttl(found):
        hops.append(with_distance(hop, hops[-1] if hops else None))
        if hop.is_end:
            break
    last = max((index for index, hop in enumerate(hops) if hop.answered), default=-1)
    return hops[:last + 2]  # of a silent rest, one is enough


def by_ttl(found: list[Exchange]) -> list[Hop]:
    """All probes of a TTL together, in order of TTL."""
    cases: dict[int, list[Case]] = {}
    sizes: dict[int, list[SizeCase]] = {}
    for exchange in found:
        ttl = exchange.header.ttl
        told = [(exchange, answer, error) for answer in exchange.answers if (error := about_size(answer)) is not None]
        sizes.setdefault(ttl, []).extend(told)
        others = [answer for answer in exchange.answers if not about_size(answer)]
        if others or not told:
            cases.setdefault(ttl, []).append((exchange, others[0] if others else None))
    ttls = sorted(cases.keys() | sizes.keys())
    return [Hop(ttl, tuple(cases.get(ttl, ())), tuple(sizes.get(ttl, ()))) for ttl in ttls]


def with_distance(hop: Hop, before: Hop | None) -> Hop:
    """How many routers its probes crossed, judged by the hop `before` it, which is not the end of the path."""
    if not hop.is_end or hop.ttl == 1:
        return hop.replace(routers=hop.ttl - 1)
    if before is None or before.ttl != hop.ttl - 1 or not before.cases:
        return hop.replace(certain=False)
    return hop.replace(routers=hop.ttl - 1, certain=bool(before.answered))


def tell_path(hops: list[Hop], notes: Notes, last_ttl: int) -> list[str]:
    """Sentences about each hop, then about the path as a whole; `last_ttl` is the highest that was tried."""
    first = next(exchange for hop in hops for exchange in hop.exchanges)
    word = hop_word(first.header.version)
    ttls = f"{hops[0].ttl}, {hops[0].ttl + 1}, …" if last_ttl > hops[0].ttl else f"{hops[0].ttl}."
    told = [f"You sent probes to {notes.called(first.header.destination)} with {word} {ttls} Every router "
            f"takes 1 off the {word} before it passes a packet on; the one that gets to 0 drops it and reports that."]
    seen: dict[str, int] = {}
    narrow = set()
    for index, hop in enumerate(hops):
        again = next((source for source in hop.sources if source in seen and not hop.is_end), None)
        for exchange, answer, error in hop.sizes[:1]:
            if (answer.header.source, error.info) not in narrow:
                told += mtu_sentences(exchange, answer, notes)
                narrow.add((answer.header.source, error.info))
        if again:
            told.append(f"Hop {hop.ttl}: {notes.called(again)} again, as at hop {seen[again]}.")
        elif hop.answered:
            told += _tell_hop(hop, notes, word, full=not seen)
        elif hop.cases:
            told.append(_silence(hop, hops[index + 1:], word, last_ttl))
        for source in hop.sources:
            seen.setdefault(source, hop.ttl)
    return told + _whole(hops, notes)


def _tell_hop(hop: Hop, notes: Notes, word: str, full: bool) -> list[str]:
    """A paragraph about who answered, and one each about what is unusual."""
    exchange, answer = hop.answered[0]
    error = answer.error
    dropped = error is not None and error.says(TTL_EXCEEDED)
    who = _who_dropped(hop, error, notes, word, full) if error is not None and dropped else _who_ended(hop, notes, word)
    told = [" ".join([who, *way_back(answer, hop.routers)])]
    quote = error.quote if error is not None and not answer.packet.rebuilt else None
    if dropped and quote is not None and quote.ttl not in (None, 1):
        told.append(f"The quote shows {word} {quote.ttl} where 1 was to be expected: probably a tunnel or an address "
                    "translator on the way counts otherwise.")
    if error is not None:
        told += changed_on_the_way(exchange, answer) + extension_sentences(answer)
    if len(hop.sources) > 1:
        told.append(f"{len(hop.sources)} addresses answered at hop {hop.ttl} ({', '.join(hop.sources)}): probably the "
                    "probes were shared out over several ways.")
    lost = len(hop.cases) - len(hop.answered)
    if lost:
        told.append(f"{lost} of {count(len(hop.cases), 'probe')} with {word} {hop.ttl} got no answer: probably the "
                    "router limits how many reports it makes, or a packet was lost.")
    return told


def _who_dropped(hop: Hop, report: IcmpError, notes: Notes, word: str, full: bool) -> str:
    """Who took the TTL to 0; `full` tells the rule with it, which holds for all other hops too."""
    _, answer = hop.answered[0]
    before = f"{count(hop.ttl - 1, 'router')} passed the probe on; then " if hop.ttl > 1 else ""
    told = (f"Hop {hop.ttl}: {before}router {hop.ttl}, {notes.called(answer.header.source)}, took the probe's {word} "
            "from 1 to 0")
    after = f"You knew after {milliseconds(hop.quickest_ns)}."
    if not full:
        return f"{told} and reported that. {after}"
    kind = icmp_kind(answer.header.version, report.type, report.code)
    told += f", dropped the probe and reported that: ICMP type {report.type} code {report.code}, {kind.name}."
    known = how_known(answer)
    if known:
        told += f" The report quotes the start of your packet: {known} is how netlite knows which probe died."
    return f"{told} {after}"


def _who_ended(hop: Hop, notes: Notes, word: str) -> str:
    exchange, answer = hop.answered[0]
    told = f"{'The end' if hop.routers is None else f'Hop {hop.ttl}'}: {notes.called(answer.header.source)} " \
           f"{what_it_says(answer)} You knew after {milliseconds(hop.quickest_ns)}. "
    if answer.error is not None and answer.header.source != exchange.header.destination:
        if answer.error.says(PORT_UNREACHABLE):
            return told + ("Only the end of a path says that, so this is probably another address of the target, or "
                           "somebody who answers in its place (a NAT).")
        return told + "That ends the path before the target."
    end = f"Probes with {word} {hop.ttl} got to the end of the path"
    if hop.routers is None:
        return f"{told}{end}; how many routers passed them on cannot be told from that."
    return f"{told}{end}: {'' if hop.certain else 'probably '}{count(hop.routers, 'router')} passed them on."


def _silence(hop: Hop, later: list[Hop], word: str, last_ttl: int) -> str:
    said = f"Hop {hop.ttl}: nobody answered {count(len(hop.cases), 'probe')} with {word} {hop.ttl}."
    if any(each.answered for each in later):
        return said + (" Later hops did, so this router passes packets on; probably it makes no reports, or they are "
                       "filtered on their way back.")
    more = f" Nor did anybody answer from there to {word} {last_ttl}." if last_ttl > hop.ttl else ""
    return said + more + (" Probably a packet filter drops the probes or the answers, or the way ends there; from here "
                          "that cannot be told.")


def _whole(hops: list[Hop], notes: Notes) -> list[str]:
    """Loops, and what the times say."""
    told: list[str] = []
    places: dict[str, list[int]] = {}
    for hop in hops:
        for source in hop.sources:
            if not hop.is_end:
                places.setdefault(source, []).append(hop.ttl)
    for source, ttls in places.items():
        if len(ttls) > 1:
            told.append(f"{notes.called(source)} answered at hops {', '.join(map(str, ttls))}: the probes probably go "
                        "round in a circle (a routing loop).")
            break
    return told + _times(hops)


def _times(hops: list[Hop]) -> list[str]:
    """Where the time is spent, and hops that answer more quickly than those before them."""
    timed = [hop for hop in hops if hop.answered]
    told = []
    steps = [(later.quickest_ns - hop.quickest_ns, hop, later) for hop, later in zip(timed, timed[1:])]
    if steps:
        step_ns, hop, later = max(steps, key=lambda step: step[0])
        if step_ns > LARGE_STEP_NS and 2 * step_ns > timed[-1].quickest_ns:
            told.append(f"The largest step, {milliseconds(step_ns)}, is between hop {hop.ttl} and hop {later.ttl}: "
                        "that is probably where most of the time is spent, there or back.")
    slowest = None
    for hop in timed:
        if slowest is not None and hop.quickest_ns < slowest.quickest_ns * 0.8:
            told.append(f"Hop {hop.ttl} answered more quickly than hop {slowest.ttl}, though it is farther away: "
                        f"router {slowest.ttl} probably takes its time to make reports. That does not slow down "
                        "what it passes on.")
            break
        if slowest is None or hop.quickest_ns > slowest.quickest_ns:
            slowest = hop
    return told
