"""Questions to be answered side by side: the action that asks them and the event that answers."""

from __future__ import annotations

from ..records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.facts import Fact
    from ..records.questions import Question


class Ask(Record):
    """Find the answers to these questions (`records.questions`), side by side; answered by Learned.  It is asked of
    `api.diagnosis_questions`: links cannot tell."""

    questions: tuple[Question, ...]


class Learned(Record):
    """The answers to questions that were asked, and how many packets they took."""

    at_ns: int
    facts: tuple[tuple[Question, Fact], ...]
    packets: int
