"""What this machine's own TCP sockets tell; each rule gives what it saw, or None.

A queue may be full for a moment, so it counts when it is so a second later, too.
"""

from __future__ import annotations

from .facts import Found
from .loss_rules import is_lossy
from .path_rules import black_hole, is_lost

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...records.facts import OwnSocket
    from .case import Case

UNREAD_BYTES = 64 * 1024
LEAST_AGAIN = 2                       # times that something was sent again: once is nothing
PROBING = 4                           # of a socket's timer: the other end takes nothing
NOT_READ = ("LISTEN", "CLOSE_WAIT")   # states in which a queue means something else


def suspicious(case: Case) -> list[OwnSocket]:
    """Sockets that are worth a second look."""
    return [each for each in case.sockets if is_full(each) or holds_unread(each) or is_waiting(each)]


def is_full(each: OwnSocket) -> bool:
    """Whether as many connections wait as may, and more come."""
    return each.state == "LISTEN" and each.receive_queue > each.send_queue >= 0


def holds_unread(each: OwnSocket) -> bool:
    """Whether much of what came was not read."""
    return each.state not in NOT_READ and each.receive_queue >= UNREAD_BYTES


def is_waiting(each: OwnSocket) -> bool:
    """Whether something that was sent is not acknowledged, or not taken."""
    return each.state != "LISTEN" and each.send_queue > 0 and (each.retransmits > 0 or each.timer == PROBING)


def stuck(case: Case) -> Iterator[tuple[OwnSocket, OwnSocket]]:
    """Each suspicious socket at the first look and at the second."""
    later = {(each.state, each.local_port, each.remote, each.remote_port): each for each in case.sockets_again or ()}
    for each in suspicious(case):
        again = later.get((each.state, each.local_port, each.remote, each.remote_port))
        if again is not None:
            yield each, again


def backlog_full(case: Case) -> Found | None:
    """As many connections wait here as may, and one more is not accepted."""
    port = case.config.port
    if case.config.host is None:
        found = next((again for each, again in stuck(case) if is_full(each) and is_full(again)), None)
    elif not case.is_own or case.connected is None or case.connected.outcome != "silent":
        return None
    else:
        found = next((each for each in case.sockets if each.state == "LISTEN" and each.local_port == port
                      and (is_full(each) or each.send_queue < 0 and each.receive_queue)), None)
    if found is None:
        return None
    limit = f" of {found.send_queue}" if found.send_queue >= 0 else ""
    return Found((f"LISTEN :{found.local_port} Recv-Q {found.receive_queue}{limit}",), detail=str(found.local_port))


def receive_queue_full(case: Case) -> Found | None:
    """What came from the host is not read."""
    for each, again in stuck(case) if case.config.host is not None else ():
        if holds_unread(each) and again.receive_queue >= each.receive_queue:
            return Found((f":{each.local_port} {each.state} Recv-Q {again.receive_queue}, no less a second later",),
                         detail=str(each.local_port))
    return None


def retransmissions(case: Case) -> Found | None:
    """What was sent to the host was sent again, and is still there; and no loss on the way explains it."""
    if case.config.host is None or is_lossy(case) or black_hole(case) or is_lost(case):
        return None
    for each, again in stuck(case):
        if again.timer != PROBING and again.send_queue >= each.send_queue > 0 and again.retransmits >= LEAST_AGAIN:
            return Found((f":{each.local_port} {each.state} to :{each.remote_port} Send-Q {again.send_queue}",),
                         hop=None, detail=str(again.retransmits))
    return None


def send_queue_full(case: Case) -> Found | None:
    """The other end acknowledges, and has no room."""
    for each, again in stuck(case) if case.config.host is not None else ():
        if each.timer == again.timer == PROBING and again.send_queue >= each.send_queue:
            return Found((f":{each.local_port} {each.state} Send-Q {again.send_queue}, window 0",),
                         case.distance, case.address, str(each.remote_port))
    return None
