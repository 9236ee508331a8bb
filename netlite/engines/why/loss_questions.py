"""What is asked about loss and delay: is all of it there, and from which router on is something lost, or slow?"""

from __future__ import annotations

from ...records.questions import Echo, LookAtMachine, Trace
from .cases import tried
from .chance import LEAST, needed
from .facts import MANY, Facts
from .loss_rules import LEAST_LOST, doubtful, is_lossy, is_poor, rate, undecided
from .path_questions import hops
from .rules import open_cases
from .socket_rules import suspicious

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...records.questions import Question

MANY_SHARE = 10                       # of all packets, to count losses of each address


def many(facts: Facts) -> Iterator[Question]:
    """Is all of it there?"""
    there = [case.address for case in tried(facts) if case.echo is not None and case.is_there and not case.is_own
             and (case.answers or facts.config.port is None) and not case.is_split]
    if there and facts.config.host is not None:
        yield Echo(tuple(there), many_of(facts))


def many_of(facts: Facts) -> int:
    """How many echo requests: more where more are allowed."""
    return max(MANY, facts.config.most_packets // MANY_SHARE)


def again(facts: Facts) -> Iterator[Question]:
    """One or two lost are few to judge by."""
    few_lost = [case.address for case in tried(facts) if 0 < case.many[0] - case.many[1] <= LEAST_LOST and case.answers]
    if few_lost:
        yield Echo(tuple(few_lost), many_of(facts), round=1)


def look_after_loss(facts: Facts) -> Iterator[Question]:
    """Did it go down meanwhile?"""
    if any(is_lossy(case) for case in open_cases(facts)):
        yield LookAtMachine(2)


def sockets_again(facts: Facts) -> Iterator[Question]:
    """Queues that were full, a second later."""
    yield from dict.fromkeys([case.sockets_question(True) for case in open_cases(facts) if suspicious(case)])


def poor_trace(facts: Facts) -> Iterator[Question]:
    """Which routers are on the way of what gets lost, or is slow?"""
    poor = [case for case in tried(facts) if is_poor(case)]
    yield from [Trace(case.address, facts.echo_method, None, None, hops(case)) for case in poor[:1]
                if case.path is None]


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
