"""The story of a diagnosis: each question, why it was asked, and what came back; told from the facts alone."""

from __future__ import annotations

import textwrap

from ..engines.actions import Report
from ..engines.inquiries import Learned
from ..records import facts, questions
from ..records.diagnosis import Asked, Diagnosis
from ..records.record import Record
from ..render.visible import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..engines.actions import Action
    from ..engines.events import Event
    from ..engines.transcript import Listener
    from ..records.facts import Fact
    from ..records.questions import Question

WIDTH = 100
RULES = ("Then the rules are read from top to bottom, what is near before what is far. What fits is said above; where "
         "nothing does, that is said.")
WHY = {  # question: why it is asked at its place
    "LookAtMachine": "What is nearest is looked at first, and it costs no packet: interfaces, addresses, routes.",
    "LookUp": "A name is only as good as who answers for it; every name server is asked for itself.",
    "FindWay": "Where would this machine send a packet? The kernel knows, and nothing is sent for that.",
    "LookAtSockets": "Connections that stand already may tell more than any probe.",
    "Echo": "Echo requests split the world in two: whoever answers is there, and so is all between.",
    "WhoHas": "Two hosts with one address take each other's answers: who else says that ours is his?",
    "Connect": "A port answers for itself: yes, no, or not at all.",
    "Trace": "Packets that die on their way make routers speak: the last who does is where to look.",
    "SearchMtu": "Small packets arrive; which is the first size that does not?",
    "TryFlows": "Several equal ways look like one: flows with other ports may take others.",
}


class Told(Record):
    """A step as it is told: its name, the reasons that were not told before, and what came back."""

    words: str
    reasons: tuple[str, ...]
    answers: tuple[str, ...]


class Reasons:
    """Hears what a diagnosis asks, learns and finds; `before` goes on hearing, too."""

    def __init__(self, before: Listener | None):
        self._before, self._words = before, ""
        self.steps: list[tuple[str, Learned]] = []
        self.diagnosis: Diagnosis | None = None

    def record(self, event: Event, caused: Iterable[Action]) -> None:
        """As engines.transcript.Listener."""
        if self._before is not None:
            self._before.record(event, caused)
        if type(event) is Learned:
            self.steps.append((self._words, event))
        for action in caused:
            if type(action) is Report and isinstance(action.record, Asked):
                self._words = action.record.step
            elif type(action) is Report and isinstance(action.record, Diagnosis):
                self.diagnosis = action.record


def nothing_asked() -> Diagnosis:
    """That of who was interrupted before the first question."""
    from ..engines.why.engine import INTERRUPTED, diagnosis
    from ..engines.why.facts import Facts, WhyConfig

    return diagnosis(Facts(WhyConfig()), 0, INTERRUPTED)


def told_steps(steps: list[tuple[str, Learned]]) -> Iterator[Told]:
    """Each step in the order of asking."""
    told: set[str] = set()
    for words, event in steps:
        kinds = dict.fromkeys([type(question).__name__ for question, _ in event.facts])
        reasons = tuple([WHY[kind] for kind in kinds if kind not in told])
        told.update(kinds)
        answers = [answer_of(question, fact) for question, fact in event.facts]
        yield Told(words, reasons, tuple(dict.fromkeys(answers)))


def explain_diagnosis(steps: list[tuple[str, Learned]]) -> str:
    """A paragraph a step."""
    texts = ["\n=== Explained ===\n"]
    for number, step in enumerate(told_steps(steps), 1):
        story = visible(" ".join(step.reasons + step.answers))
        texts.append(textwrap.fill(story, WIDTH, initial_indent=f"{number:2}. ", subsequent_indent="    "))
    texts.append(textwrap.fill(RULES, WIDTH, initial_indent="    ", subsequent_indent="    "))
    return "\n".join(texts) + "\n"


def answer_of(question: Question, fact: Fact) -> str:
    """What came back, in a sentence."""
    if isinstance(fact, facts.Machine):
        return _machine(fact)
    if isinstance(fact, facts.Names):
        return f"The name stands for {', '.join(fact.addresses) or 'nothing'} ({fact.origin})."
    if isinstance(fact, facts.Way) and isinstance(question, questions.FindWay):
        if fact.errno is not None:
            return f"To {question.address} there is no way: errno {fact.errno}."
        where = f"to {fact.gateway}." if fact.gateway else "on its own wire."
        return f"To {question.address}: by {fact.device}, {where}"
    if isinstance(fact, facts.EchoFact):
        return " ".join([_echoes(each) for each in fact.each])
    if isinstance(fact, facts.Holders) and isinstance(question, questions.WhoHas):
        if fact.errno is not None:
            return f"On {question.device} nobody could be asked who has {question.address}."
        return f"{question.address} is claimed by {' and '.join(fact.hardware) or 'nobody else'} on {question.device}."
    if isinstance(fact, facts.Connected):
        return f"The connection: {fact.outcome}" + ("." if fact.said is None else f", and {fact.said} bytes.")
    if isinstance(fact, facts.Path) and isinstance(question, questions.Trace):
        hops = " ".join([hop.source or "*" for hop in fact.hops]) or "nobody"
        last = fact.hops[-1] if fact.hops else None
        refuses = last is not None and (last.refusal is not None or last.source == question.address)
        end = "." if fact.reached else ", which refuses them." if refuses else ", then nobody."
        return f"By {fact.method} to {question.address}: {hops}{end}"
    if isinstance(fact, facts.MtuFact):
        return f"The largest that arrives has {fact.mtu_bytes or 'no'} bytes" + (
            ", and bigger ones vanish unreported." if fact.black_hole else ".")
    if isinstance(fact, facts.Flows) and isinstance(question, questions.TryFlows):
        refused = question.count - len(fact.well) - len(fact.lost)
        return f"{len(fact.well)} flows were answered, {len(fact.lost)} were not" + \
            (f", {refused} were refused." if refused else ".")
    if isinstance(fact, facts.Sockets):
        return f"There are {len(fact.each)} of them." if fact.each else "There is none."
    return ""


def _echoes(each: facts.Echoes) -> str:
    if each.errno is not None and not each.received:
        return f"To {each.address} nothing could be sent: errno {each.errno}."
    return f"{each.address} answered {each.received} of {each.sent}."


def _machine(fact: facts.Machine) -> str:
    devices = [f"{each.name} ({'up' if each.is_up else 'down'}{'' if each.has_carrier else ', no carrier'}, "
               f"{', '.join(each.addresses) or 'no address'})" for each in fact.devices]
    gateways = [each.address or "the wire itself" for each in fact.gateways]
    return f"There is {'; '.join(devices) or 'no interface but lo'}; gateways: {', '.join(gateways) or 'none'}."
