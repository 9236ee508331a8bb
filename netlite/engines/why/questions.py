"""The order of questions, from top to bottom: each step names what is worth asking then.

What costs nothing comes first, what is near before what is far, and what splits the rest in halves before details.
A case whose rules have an end is asked about no more.
"""

from __future__ import annotations

from ...records.inquiry import (
    Connect,
    Echo,
    FindWay,
    LookAtMachine,
    LookUp,
    SearchMtu,
    Trace,
    TryFlows,
)
from ...records.record import Record
from .case import FEW, FULL, MANY, Facts
from .chance import LEAST, needed
from .loss_rules import LEAST_LOST, doubtful, is_lossy, is_poor, rate, undecided
from .machine_rules import is_refused
from .name_rules import split_addresses
from .rules import NAME_RULES, STOP_LOOK_UP, is_settled
from .socket_rules import PROBING, suspicious

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...records.inquiry import Question
    from .case import Case

ROOT = "."                            # the name that every name server can be asked for
MANY_SHARE = 10                       # of all packets, to count losses of each address
LOST_FLOWS = 3                        # of UDP, that are traced
MORE_FLOWS = 12
MOST_HOPS = 30
WEB_PORT = 80                         # open or closed, a host says something there
LOOPBACK = "::1", "127.0.0.1"


def open_cases(facts: Facts) -> list[Case]:
    """Those that have no answer yet, of versions of IP that this machine has."""
    return [case for case in tried(facts) if not is_settled(case)]


def tried(facts: Facts) -> list[Case]:
    """The cases without those of a version of IP that this machine does not have, unless there is no other."""
    cases = facts.cases
    usable = [case for case in cases if is_set_up(case)]
    return usable or cases


def hops(case: Case) -> int:
    """How far a trace needs to go; before the first one what the TTL of its echoes tells will do."""
    far = case.traced_distance
    if far is None and not list(case.paths("icmp", "udp")):
        far = case.guessed_distance
    return MOST_HOPS if far is None else min(MOST_HOPS, far + 2)


def is_set_up(case: Case) -> bool:
    """Whether this machine has the version of IP: an address, a gateway, or a device too narrow for it."""
    six = case.version == 6
    if case.address in LOOPBACK:
        return True
    return any((":" in each) == six and not each.startswith("fe80:") for device in case.machine.devices
               for each in device.addresses) or case.gateway is not None or case.is_own \
        or any(device.mtu_bytes < 1280 for device in case.machine.devices) or not six and not case.machine.devices


def reachable(facts: Facts) -> list[Case]:
    """Those that this machine knows a way to."""
    return [case for case in open_cases(facts) if not is_refused(case)]


def machine(facts: Facts) -> Iterator[Question]:
    """This machine, before all."""
    yield LookAtMachine()


def name(facts: Facts) -> Iterator[Question]:
    """Its addresses."""
    yield LookUp(ROOT if facts.config.host is None else facts.config.host, facts.config.version)


def way(facts: Facts) -> Iterator[Question]:
    """The way out to each."""
    if not any(rule.cause in STOP_LOOK_UP and rule.find(facts) and not facts.cases for rule in NAME_RULES):
        yield from [FindWay(case.address) for case in tried(facts)]


def sockets(facts: Facts) -> Iterator[Question]:
    """What this machine knows by its own connections."""
    yield from dict.fromkeys([case.sockets_question(False) for case in open_cases(facts)])


def sockets_again(facts: Facts) -> Iterator[Question]:
    """Queues that were full, a second later."""
    yield from dict.fromkeys([case.sockets_question(True) for case in open_cases(facts) if suspicious(case)])


def few(facts: Facts) -> Iterator[Question]:
    """Is it there at all?"""
    addresses = [case.address for case in reachable(facts)]
    if addresses:
        yield Echo(tuple(dict.fromkeys(addresses + split_addresses(facts))), FEW)
    yield from dict.fromkeys([case.holders_question for case in reachable(facts) if case.holders_question is not None])


def port(facts: Facts) -> Iterator[Question]:
    """Does the service answer?"""
    if facts.config.port:
        yield from [Connect(case.address, facts.config.port) for case in reachable(facts)]


def gateway(facts: Facts) -> Iterator[Question]:
    """Is at least the first router there?"""
    silent = [case.way.gateway for case in reachable(facts) if not case.is_there and case.way and case.way.gateway]
    if silent:
        yield Echo(tuple(silent), FEW - 1)


def look_again(facts: Facts) -> Iterator[Question]:
    """Carriers, neighbours and routes that are gone show late."""
    if any(case.is_silent and not case.is_there or is_refused(case) for case in open_cases(facts)) \
            or any(not each.has_carrier and each.is_up for each in facts.machine.devices):
        yield LookAtMachine(1)


def place_host(facts: Facts) -> Iterator[Question]:
    """How far is it, where something is wrong with the host itself?  Its TTL tells the way back at best."""
    yield from place_host_again(facts, 0)


def place_host_again(facts: Facts, number: int = 1) -> Iterator[Question]:
    """The trace lost packets where the host may be."""
    method = "icmp" if facts.machine.icmp else "udp"
    for case in tried(facts):
        if case.answers and case.distance is None and is_to_blame(case):
            yield Trace(case.address, method, None, None, hops(case), number)


def place_host_last(facts: Facts) -> Iterator[Question]:
    """And once more."""
    yield from place_host_again(facts, 2)


def is_to_blame(case: Case) -> bool:
    """Whether something is wrong with the host itself, or its port."""
    connected = case.connected
    return connected is not None and (connected.outcome in ("refused", "silent") or connected.said == 0) \
        or any(each.timer == PROBING for each in suspicious(case))


def look_after_loss(facts: Facts) -> Iterator[Question]:
    """Did it go down meanwhile?"""
    if any(is_lossy(case) for case in open_cases(facts)):
        yield LookAtMachine(2)


def other_source(facts: Facts) -> Iterator[Question]:
    """Is it the address that packets leave with?"""
    yield from [Echo((case.address,), FEW, source=case.other_source) for case in reachable(facts)
                if case.is_silent and not case.is_there and case.other_source is not None]


def trace(facts: Facts) -> Iterator[Question]:
    """By the same packets that get lost."""
    method = "icmp" if facts.machine.icmp else "udp"
    yield from [Trace(case.address, method) for case in reachable(facts)
                if case.is_silent and (not case.is_there or facts.config.port is None)]


def flows_of_silent(facts: Facts) -> Iterator[Question]:
    """Does the host get other flows, and other packets?"""
    yield from [TryFlows(case.address, facts.config.port or WEB_PORT, tries=2) for case in reachable(facts)
                if case.is_silent and not case.is_there and not case.refusals]


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
    method = "icmp" if facts.machine.icmp else "udp"
    for case in reachable(facts):
        path = next(case.paths("tcp"), None)
        if case.answers and path is not None and not path.reached and path.last is None and case.path is path:
            yield Trace(case.address, method, None, None, hops(case))


def many(facts: Facts) -> Iterator[Question]:
    """Is all of it there?"""
    there = [case.address for case in tried(facts) if case.echo is not None and case.is_there and not case.is_own
             and (case.answers or facts.config.port is None) and not is_split(case)]
    if there and facts.config.host is not None:
        yield Echo(tuple(there), many_of(facts))


def many_of(facts: Facts) -> int:
    """How many echo requests: more where more are allowed."""
    return max(MANY, facts.config.most_packets // MANY_SHARE)


def full(facts: Facts) -> Iterator[Question]:
    """Do big packets arrive?"""
    answering = [case.address for case in tried(facts) if case.answers and not case.is_own]
    if answering:
        yield Echo(tuple(answering), FULL, full=True)


def again(facts: Facts) -> Iterator[Question]:
    """One or two lost are few to judge by."""
    doubtful = [case.address for case in tried(facts) if 0 < case.many[0] - case.many[1] <= LEAST_LOST and case.answers]
    if doubtful:
        yield Echo(tuple(doubtful), many_of(facts), round=1)


def is_split(case: Case) -> bool:
    """Whether some flows arrive and some do not."""
    return case.flows is not None and bool(case.flows.well and case.flows.lost)


def poor_trace(facts: Facts) -> Iterator[Question]:
    """Which routers are on the way of what gets lost, or is slow?"""
    poor = [case for case in tried(facts) if is_poor(case)]
    method = "icmp" if facts.machine.icmp else "udp"
    yield from [Trace(case.address, method, None, None, hops(case)) for case in poor[:1] if case.path is None]


def routers(facts: Facts) -> Iterator[Question]:
    """Echo requests to each router: where does it begin?  Their answers are not limited as their errors are."""
    yield from more_of_routers(facts, 0)


def routers_again(facts: Facts) -> Iterator[Question]:
    """Those between the last that is clean and the first that is not."""
    yield from more_of_routers(facts, 1)


def routers_last(facts: Facts) -> Iterator[Question]:
    """With what packets are left."""
    yield from more_of_routers(facts, 2)


def more_of_routers(facts: Facts, number: int) -> Iterator[Question]:
    """As many to each as tell its loss from none; where packets do not suffice to some of them, evenly apart."""
    poor = next((case for case in tried(facts) if is_poor(case)), None)
    open_ones = undecided(poor) if poor is not None and (number == 0 or is_lossy(poor)) else []
    left = facts.config.most_packets - facts.packets
    if poor is None or not open_ones or left < LEAST:
        return
    had = min([asked.sent for asked in map(poor.router, open_ones) if asked is not None], default=0)
    more = max(1, needed(rate(poor)) * (1 + bool(doubtful(poor))) - had)
    few = open_ones if left >= len(open_ones) * min(more, LEAST) else open_ones[::-(-len(open_ones) * LEAST // left)]
    yield Echo(tuple(few), max(2, min(more, left // len(few))), round=number)


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
                if case.others_answered and case.flows is not None and case.flows.port and not is_split(case)]


def flow_trace(facts: Facts) -> Iterator[Question]:
    """Where does one end that does not?"""
    for case in tried(facts):
        flows = case.flows
        lost = flows.lost[:1 if flows.port else LOST_FLOWS] if flows is not None and flows.well else ()
        refused = flows.refused[:1] if flows is not None and case.is_refused_apart else ()
        if flows is not None:
            yield from [Trace(case.address, "tcp" if flows.port else "udp", flows.port, port, hops(case))
                        for port in lost + refused]


class Step(Record):
    """What is done, in words for who waits, and what it asks."""

    words: str
    ask: Callable[[Facts], Iterator[Question]]


STEPS = (
    Step("looking at this machine", machine),
    Step("looking the name up", name),
    Step("finding the way out", way),
    Step("looking at own sockets", sockets),
    Step("asking the host for echoes", few),
    Step("connecting", port),
    Step("asking the gateway", gateway),
    Step("looking at this machine again", look_again),
    Step("asking from another own address", other_source),
    Step("tracing where packets get lost", trace),
    Step("trying other packets", flows_of_silent),
    Step("tracing a lost flow", flow_trace),
    Step("tracing with other packets", other_trace),
    Step("tracing connections", port_trace),
    Step("tracing with other packets", first_hop),
    Step("sending packets of full size", full),
    Step("counting losses", many),
    Step("counting again", again),
    Step("tracing the way to the host", place_host),
    Step("tracing the way to the host again", place_host_again),
    Step("tracing the way to the host once more", place_host_last),
    Step("looking at this machine again", look_after_loss),
    Step("looking at own sockets again", sockets_again),
    Step("tracing the way", poor_trace),
    Step("asking each router", routers),
    Step("asking some routers again", routers_again),
    Step("asking them once more", routers_last),
    Step("searching the path MTU", mtu),
    Step("trying other flows", flows),
    Step("trying more flows", more_flows),
    Step("tracing a lost flow", flow_trace),
)
