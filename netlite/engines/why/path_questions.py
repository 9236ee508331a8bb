"""What is asked about the way: where packets end that get no answer, how big they may be, whether all flows arrive."""

from __future__ import annotations

from ...records.questions import Echo, SearchMtu, Trace, TryFlows
from .cases import tried
from .facts import FEW, Facts
from .loss_rules import is_lossy, is_poor
from .rules import open_cases, reachable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...records.questions import Question
    from .case import Case

FULL = 2                              # echo requests of full size
LOST_FLOWS = 3                        # of UDP, that are traced
MOST_HOPS = 30
WEB_PORT = 80                         # open or closed, a host says something there


def hops(case: Case) -> int:
    """How far a trace needs to go."""
    return MOST_HOPS if case.distance is None else min(MOST_HOPS, case.distance + 2)


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
        if case.flows is not None and case.is_split:
            method = "tcp" if case.flows.port else "udp"
            for lost in case.flows.lost[:1 if case.flows.port else LOST_FLOWS]:
                yield Trace(case.address, method, case.flows.port, lost, hops(case))


def other_trace(facts: Facts) -> Iterator[Question]:
    """By other packets: does the host get those?"""
    for case in reachable(facts):
        if case.is_silent and not case.is_there:
            yield Trace(case.address, "tcp" if facts.config.port else "udp" if facts.machine.icmp else "tcp",
                        facts.config.port or (None if facts.machine.icmp else WEB_PORT))


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
    for case in tried(facts):
        connected = case.connected
        if connected is not None and (connected.outcome == "refused" or connected.said == 0) and case.answers \
                and case.path is None and not case.is_own and not is_poor(case):
            yield Trace(case.address, facts.echo_method, None, None, hops(case))


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
                             case.connected.outcome in ("open", "silent") else None)
                    for case in open_cases(facts) if case.is_there and not case.is_own and not is_poor(case)
                    and case.flows is None
                    and case.way is not None and case.way.gateway and case.mtu is None]
