"""What is asked about the way: where packets end that get no answer, how big they may be, whether all flows arrive."""

from __future__ import annotations

from ...records.questions import Echo, SearchMtu, Trace, TryFlows
from .cases import tried
from .facts import FEW, Facts
from .loss_rules import is_lossy, is_poor
from .rules import open_cases, reachable
from .socket_rules import PROBING, suspicious

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...records.questions import Question
    from .case import Case

FULL = 2                              # echo requests of full size
LOST_FLOWS = 3                        # of UDP, that are traced
MOST_HOPS = 30
MORE_FLOWS = 12
WEB_PORT = 80                         # open or closed, a host says something there


def hops(case: Case) -> int:
    """How far a trace needs to go; before the first one what the TTL of its echoes tells will do."""
    far = case.traced_distance
    if far is None and not list(case.paths("icmp", "udp")):
        far = case.guessed_distance
    return MOST_HOPS if far is None else min(MOST_HOPS, far + 2)


def other_source(facts: Facts) -> Iterator[Question]:
    """Is it the address that packets leave with?"""
    yield from [Echo((case.address,), FEW, source=case.other_source) for case in reachable(facts)
                if case.is_silent and not case.is_there and case.other_source is not None]


def trace(facts: Facts) -> Iterator[Question]:
    """By the same packets that get lost."""
    yield from [Trace(case.address, facts.echo_method) for case in reachable(facts)
                if case.is_silent and (not case.is_there or facts.config.port is None)]


def flows_of_silent(facts: Facts) -> Iterator[Question]:
    """Does the host get other flows, and other packets?"""
    yield from [TryFlows(case.address, facts.config.port or WEB_PORT, tries=2) for case in reachable(facts)
                if case.is_silent and not case.is_there and not case.refusals]


def flow_trace(facts: Facts) -> Iterator[Question]:
    """Where does one end that does not?"""
    for case in tried(facts):
        flows = case.flows
        lost = flows.lost[:1 if flows.port else LOST_FLOWS] if flows is not None and flows.well else ()
        refused = flows.refused[:1] if flows is not None and case.is_refused_apart else ()
        if flows is not None:
            yield from [Trace(case.address, "tcp" if flows.port else "udp", flows.port, port, hops(case))
                        for port in lost + refused]


def other_trace(facts: Facts) -> Iterator[Question]:
    """By other packets: does the host get those?"""
    for case in reachable(facts):
        if case.is_silent and not case.is_there:
            segments = facts.config.port or not facts.machine.icmp or case.segment_refusals
            yield Trace(case.address, "tcp", facts.config.port or WEB_PORT) if segments else Trace(case.address, "udp")


def port_trace(facts: Facts) -> Iterator[Question]:
    """Where do connections end?"""
    for case in reachable(facts):
        if case.is_there and case.connected is not None and case.connected.outcome in ("silent", "error"):
            yield Trace(case.address, "tcp", facts.config.port, None, hops(case))


def first_hop(facts: Facts) -> Iterator[Question]:
    """Nobody speaks of connections: does anybody of other packets?"""
    for case in reachable(facts):
        path = next(case.paths("tcp"), None)
        if case.answers and path is not None and not path.reached and path.last is None and case.path is path:
            yield Trace(case.address, facts.echo_method, None, None, hops(case))


def place_host(facts: Facts) -> Iterator[Question]:
    """How far is it, where something is wrong with the host itself?  Its TTL tells the way back at best."""
    yield from [place(case, 1) for case in tried(facts) if case.is_there and is_unplaced(case)]


def place_host_again(facts: Facts) -> Iterator[Question]:
    """The trace lost packets where the host may be: more of them."""
    yield from [place(case, 2) for case in tried(facts) if case.answers and is_unplaced(case)]


def place_host_last(facts: Facts) -> Iterator[Question]:
    """And once more."""
    yield from [place(case, 3) for case in tried(facts) if case.answers and is_unplaced(case)]


def place(case: Case, queries: int) -> Trace:
    """The question after it, with so many probes a hop."""
    return Trace(case.address, case.facts.echo_method, None, None, hops(case), queries)


def is_unplaced(case: Case) -> bool:
    """Whether something is wrong with the host itself, and no trace tells for sure where it is."""
    return case.distance is None and is_to_blame(case)


def is_to_blame(case: Case) -> bool:
    """Whether something is wrong with the host itself, or its port."""
    connected = case.connected
    return connected is not None and (connected.outcome in ("refused", "silent") or connected.said == 0) \
        or any(each.timer == PROBING for each in suspicious(case))


def full(facts: Facts) -> Iterator[Question]:
    """Do big packets arrive?"""
    answering = [case.address for case in tried(facts) if case.answers and not case.is_own]
    if answering:
        yield Echo(tuple(answering), FULL, full=True)


def mtu(facts: Facts) -> Iterator[Question]:
    """How big may packets be, and where?"""
    for case in tried(facts):
        if case.answers and case.full is not None and not case.full.received and case.full.errno is None \
                and not is_lossy(case):
            yield SearchMtu(case.address)


def flows(facts: Facts) -> Iterator[Question]:
    """Do all flows arrive?"""
    if facts.config.host is not None:
        yield from [TryFlows(case.address, facts.config.port if case.connected is not None and
                             case.connected.outcome in ("open", "silent", "error") else None)
                    for case in open_cases(facts) if case.is_there and not case.is_own and not is_poor(case)
                    and case.flows is None
                    and case.way is not None and case.way.gateway and case.mtu is None]


def more_flows(facts: Facts) -> Iterator[Question]:
    """The connection is not answered, and all flows that were tried are: is it alone?"""
    yield from [TryFlows(case.address, case.flows.port, MORE_FLOWS, round=1) for case in open_cases(facts)
                if case.others_answered and case.flows is not None and case.flows.port and not case.is_split]
