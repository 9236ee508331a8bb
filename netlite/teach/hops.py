"""The hops of a path: all probes with one TTL together, and how many routers they crossed."""

from __future__ import annotations

from ..packets.flow import probe_flow
from ..records.record import Record
from ..records.replies import IcmpError
from .exchanges import Answer, Exchange
from .sentences import routers_back
from .verdicts import ENDS, Verdict, verdict

Case = tuple[Exchange, Answer | None]
SizeCase = tuple[Exchange, Answer, IcmpError]


class Hop(Record):
    """All probes with one TTL: `cases` are (exchange, its first answer that says where it ended, or None), `sizes`
    (exchange, answer, what it says) of those about the size, `hints` of those that went on all the same.

    `routers` is how many routers probes crossed that were answered, None where that is not known: a probe
    that got to the end tells so only when one with a TTL less did not; not `certain` when that one is
    only known to have got no answer, or may have gone a longer one of several ways.
    """

    ttl: int
    cases: tuple[Case, ...]
    sizes: tuple[SizeCase, ...] = ()
    hints: tuple[SizeCase, ...] = ()
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
        """Of a hop that answered; of the answers that the program counted, if there are any."""
        times = [answer.after_ns for _, answer in self.answered]
        return min([answer.after_ns for _, answer in self.answered if answer.counted] or times)

    @property
    def slowest_ns(self) -> int:
        """Of a hop that answered."""
        return max(answer.after_ns for _, answer in self.answered)

    @property
    def verdict(self) -> str | None:
        """What the first answer says of where the probes ended; None for silence."""
        return verdict(*self.answered[0]) if self.answered else None

    @property
    def is_end(self) -> bool:
        """Whether an answer says that probes get no further."""
        return any(verdict(*case) in ENDS for case in self.answered)

    @property
    def is_arrival(self) -> bool:
        """Whether the target itself answered."""
        return any(verdict(*case) == Verdict.ARRIVED for case in self.answered)


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
    hints: dict[int, list[SizeCase]] = {}
    for exchange in found:
        ttl, others, too_big = exchange.header.ttl, [], False
        for answer in exchange.answers:
            kind = verdict(exchange, answer)
            if answer.error is not None and kind in (Verdict.SIZE, Verdict.HINT):
                (sizes if kind == Verdict.SIZE else hints).setdefault(ttl, []).append((exchange, answer, answer.error))
                too_big |= kind == Verdict.SIZE
            else:
                others.append(answer)
        if others or not too_big:
            cases.setdefault(ttl, []).append((exchange, others[0] if others else None))
    return [Hop(ttl, tuple(cases.get(ttl, ())), tuple(sizes.get(ttl, ())), tuple(hints.get(ttl, ())))
            for ttl in sorted(cases.keys() | sizes.keys())]


def with_distance(hop: Hop, before: Hop | None) -> Hop:
    """How many routers its probes crossed, judged by the hop `before` it, which is not the end of the path.

    A refusal tells nothing of that: a router checks the TTL before its rules, other filters do not.
    """
    if hop.is_end and not hop.is_arrival:
        return hop
    if not hop.is_end or hop.ttl == 1:
        return hop.replace(routers=hop.ttl - 1)
    if before is None or before.ttl != hop.ttl - 1 or not before.cases:
        return hop.replace(certain=False)
    return hop.replace(routers=hop.ttl - 1, certain=bool(before.answered) and not _may_be_nearer(hop, before))


def _may_be_nearer(hop: Hop, before: Hop) -> bool:
    """Whether the answer came by fewer routers, and no probe with a TTL less was of its flow: flows may go apart."""
    exchange, answer = hop.answered[0]
    if answer.ttl is None or routers_back(answer.ttl) >= hop.ttl - 1:
        return False
    return _ports(exchange) not in [_ports(each) for each in before.exchanges]


def _ports(exchange: Exchange) -> tuple[int | None, int | None]:
    """What tells its flow from others to the same place; echo requests of a run are one."""
    flow = None if exchange.is_echo else probe_flow(exchange.packet.data)
    return (flow.near, flow.far) if flow is not None else (None, None)
