"""What questions cost: whether they send packets, and how long they take at most."""

from __future__ import annotations

from ...records.inquiry import Echo, FindWay, LookAtMachine, LookAtSockets, SearchMtu

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...records.inquiry import Question

APART_NS, PATIENCE_NS = 50_000_000, 1_000_000_000  # between echo requests, and for the answer of the last one
LONGEST_NS, SEARCH_NS = 4_000_000_000, 8_000_000_000


def sends(question: Question) -> bool:
    """Whether it takes packets."""
    return not isinstance(question, (LookAtMachine, FindWay, LookAtSockets))


def takes_ns(question: Question) -> int:
    """How long it takes where nobody answers."""
    if isinstance(question, Echo):
        return question.count * APART_NS + PATIENCE_NS
    if isinstance(question, SearchMtu):
        return SEARCH_NS
    return LONGEST_NS if sends(question) else 0
