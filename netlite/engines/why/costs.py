"""What questions cost: whether they send packets, and how long they take at most."""

from __future__ import annotations

from ...records.family import IPV4, IPV6
from ...records.questions import Echo, FindWay, LookAtMachine, LookAtSockets, LookUp, SearchMtu, WhoHas

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...records.questions import Question

APART_NS, PATIENCE_NS = 50_000_000, 1_000_000_000  # between echo requests, and for the answer of the last one
USUAL_PACKETS, USUAL_NS = 200, 15_000_000_000
LONGEST_NS, SEARCH_NS = 4_000_000_000, 8_000_000_000


def limit_ns(packets: int) -> int:
    """The time that a diagnosis with so many packets may take."""
    return USUAL_NS + max(0, packets - USUAL_PACKETS) * APART_NS


def sends(question: Question) -> bool:
    """Whether it takes packets."""
    return not isinstance(question, (LookAtMachine, FindWay, LookAtSockets))


def takes_ns(question: Question) -> int:
    """How long it takes where nobody answers."""
    if isinstance(question, Echo):
        return question.count * APART_NS + PATIENCE_NS
    if isinstance(question, LookUp) and is_number(question.host):
        return 0
    if isinstance(question, WhoHas):
        return PATIENCE_NS
    if isinstance(question, SearchMtu):
        return SEARCH_NS
    return LONGEST_NS if sends(question) else 0


def is_number(host: str) -> bool:
    """Whether it is an address: nobody is asked for it."""
    from _socket import inet_pton

    try:
        inet_pton(IPV6.af if ":" in host else IPV4.af, host.partition("%")[0] if ":" in host else host)
        return True
    except (OSError, ValueError):
        return False
