"""The story of a diagnosis: each question, why it was asked, and what came back; told from the facts alone."""

from __future__ import annotations

import textwrap

from ..engines.events import Learned
from ..records import inquiry
from ..render.visible import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..engines.actions import Action
    from ..engines.events import Event
    from ..engines.transcript import Listener
    from ..records.inquiry import Fact, Question

WIDTH = 100
RULES = ("Then the rules are read from top to bottom, what is near before what is far; the first that fits is the "
         "sentence above.")
WHY = {  # question: why it is asked at its place
    "LookAtMachine": "What is nearest is looked at first, and it costs no packet: interfaces, addresses, routes.",
    "LookUp": "A name is only as good as who answers for it; every name server is asked for itself.",
    "FindWay": "Where would this machine send a packet? The kernel knows, and nothing is sent for that.",
    "LookAtSockets": "Connections that stand already may tell more than any probe.",
    "Echo": "Echo requests split the world in two: whoever answers is there, and so is all between.",
    "Connect": "A port answers for itself: yes, no, or not at all.",
    "Trace": "Packets that die on their way make routers speak: the last who does is where to look.",
    "SearchMtu": "Small packets arrive; which is the first size that does not?",
    "TryFlows": "Several equal ways look like one: flows with other ports may take others.",
}


class Reasons:
    """Hears what a diagnosis learns; `before` goes on hearing, too."""

    def __init__(self, before: Listener | None):
        self._before = before
        self.learned: list[Learned] = []

    def record(self, event: Event, caused: Iterable[Action]) -> None:
        """As engines.transcript.Listener."""
        if self._before is not None:
            self._before.record(event, caused)
        if type(event) is Learned:
            self.learned.append(event)


def explain_diagnosis(learned: list[Learned]) -> str:
    """A paragraph a step."""
    texts = ["\n=== Explained ===\n"]
    told: set[str] = set()
    for number, event in enumerate(learned, 1):
        words = []
        for question, fact in event.facts:
            kind = type(question).__name__
            if kind not in told:
                words.append(WHY[kind])
                told.add(kind)
            words.append(answer_of(question, fact))
        texts.append(textwrap.fill(visible(" ".join(dict.fromkeys(words))), WIDTH, initial_indent=f"{number:2}. ",
                                   subsequent_indent="    "))
    texts.append(textwrap.fill(RULES, WIDTH, initial_indent="    ", subsequent_indent="    "))
    return "\n".join(texts) + "\n"


def answer_of(question: Question, fact: Fact) -> str:
    """What came back, in a sentence."""
    if isinstance(fact, inquiry.Machine):
        return _machine(fact)
    if isinstance(fact, inquiry.Names):
        return f"The name stands for {', '.join(fact.addresses) or 'nothing'} ({fact.origin})."
    if isinstance(fact, inquiry.Way) and isinstance(question, inquiry.FindWay):
        if fact.errno is not None:
            return f"To {question.address} there is no way: errno {fact.errno}."
        where = f"to {fact.gateway}." if fact.gateway else "on its own wire."
        return f"To {question.address}: by {fact.device}, {where}"
    if isinstance(fact, inquiry.EchoFact):
        return " ".join([f"{each.address} answered {each.received} of {each.sent}." for each in fact.each])
    if isinstance(fact, inquiry.Connected):
        return f"The connection: {fact.outcome}" + ("." if fact.said is None else f", and {fact.said} bytes.")
    if isinstance(fact, inquiry.Path) and isinstance(question, inquiry.Trace):
        hops = " ".join([hop.source or "*" for hop in fact.hops]) or "nobody"
        return f"By {fact.method} to {question.address}: {hops}" + ("." if fact.reached else ", and no further.")
    if isinstance(fact, inquiry.MtuFact):
        return f"The largest that arrives has {fact.mtu_bytes or 'no'} bytes" + (
            ", and bigger ones vanish unreported." if fact.black_hole else ".")
    if isinstance(fact, inquiry.Flows):
        return f"{len(fact.well)} flows were answered, {len(fact.lost)} were not."
    if isinstance(fact, inquiry.Sockets):
        return f"There are {len(fact.each)} of them." if fact.each else "There is none."
    return ""


def _machine(fact: inquiry.Machine) -> str:
    devices = [f"{each.name} ({'up' if each.is_up else 'down'}{'' if each.has_carrier else ', no carrier'}, "
               f"{', '.join(each.addresses) or 'no address'})" for each in fact.devices]
    gateways = [each.address or "the wire itself" for each in fact.gateways]
    return f"There is {'; '.join(devices) or 'no interface but lo'}; gateways: {', '.join(gateways) or 'none'}."
