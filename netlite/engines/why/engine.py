"""`Why`: the diagnosis.  It asks what the steps of `questions` name, and tells what the rules of `rules` see.

    Started -> Ask(questions) -> Learned(facts) -> Ask ... -> Report(Diagnosis), Finish

Its contract is that of all engines; its questions are put by `api.diagnosis_questions`, not by a link.
"""

from __future__ import annotations

from ...records.diagnosis import Asked, Diagnosis, Verdict
from ..actions import Finish, Report
from ..engine import Engine
from ..events import Interrupted, Started
from ..inquiries import Ask, Learned
from .case import Case
from .cases import tried
from .causes import ORDER, told
from .chance import LEAST, most
from .costs import sends, takes_ns
from .facts import Facts, Found, WhyConfig
from .notes import notes
from .questions import STEPS
from .rules import NAME_RULES, found_for

MAX_HOPS = 255  # of an IP header

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...records.questions import Question
    from ..actions import Action
    from ..events import Event

COSTLY = 30                           # packets that a trace or a count may take
INTERRUPTED = "it was interrupted"
NET = "the net"
OF_A_NAME = "name-unknown", "name-no-server"  # which nobody asked for without a host


class Why(Engine):
    """Reports Asked as it goes, and one Diagnosis at the end."""

    def __init__(self, config: WhyConfig):
        self._config = config
        self.facts = Facts(config)
        self._started_ns = 0
        self._step = 0
        self.finished = False

    def feed(self, event: Event) -> list[Action]:
        if self.finished:
            return []
        if type(event) is Started:
            self._started_ns = event.at_ns
        elif type(event) is Learned:
            self.facts.learn(event.facts)
            self.facts.packets += event.packets
        elif type(event) is Interrupted:
            return self._end(event.at_ns, INTERRUPTED)
        else:
            return []
        return self._next(event.at_ns)

    def _next(self, now_ns: int) -> list[Action]:
        while self._step < len(STEPS):
            step = STEPS[self._step]
            questions = tuple([each for each in step.ask(self.facts) if each not in self.facts.known])
            if questions:
                spent = self._spent(now_ns, questions)
                if spent:
                    return self._end(now_ns, spent)
                self._step += 1
                return [Report(Asked(step.words)), Ask(questions)]
            self._step += 1
        return self._end(now_ns)

    def _spent(self, now_ns: int, questions: tuple[Question, ...]) -> str:
        """What does not suffice for these questions, "" where all does."""
        config = self._config
        if any(map(sends, questions)) and self.facts.packets + COSTLY > config.most_packets:
            return f"no more than {config.most_packets} packets were allowed"
        if now_ns + max(map(takes_ns, questions)) > self._started_ns + config.limit_ns:
            return f"the time ({config.limit_ns / 1e9:g} s) was over"
        return ""

    def _end(self, now_ns: int, early: str = "") -> list[Action]:
        self.finished = self.facts.done = True
        step = STEPS[min(self._step, len(STEPS) - 1)].words if early else ""
        return [Report(diagnosis(self.facts, now_ns - self._started_ns, early, step)), Finish()]


def diagnosis(facts: Facts, duration_ns: int, early: str = "",
              step: str = STEPS[0].words) -> Diagnosis:
    """What the facts say; `early`: why it ended before `step`."""
    config = facts.config
    verdicts = _names(facts) + _merged([verdict for case in tried(facts) for verdict in _of_case(facts, case)])
    if any(each.cause == "name-split" for each in verdicts):  # what fails then fails for the wrong address
        verdicts = [each for each in verdicts if each.cause in ("name-split", "name-server-silent") or not each.hop]
    verdicts.sort(key=_nearness)
    told = list(notes(facts))
    if not verdicts:
        verdicts = [_unfinished(facts, f"{early} before {step}") if early else _unknown(facts) or _well(facts)]
    elif early:
        told.append(f"There may be more: {early} before {step}.")
    addresses = facts.names.addresses if facts.names and config.host else ()
    return Diagnosis(config.host, config.port, addresses, tuple(verdicts), tuple(told), facts.packets, duration_ns)


def _names(facts: Facts) -> list[Verdict]:
    for rule in NAME_RULES:
        found = rule.find(facts)
        if found is not None and (facts.config.host is not None or rule.cause not in OF_A_NAME):
            return [_verdict(facts, None, rule.cause, rule.sure, found.replace(hop=None))]
    return []


def _of_case(facts: Facts, case: Case) -> list[Verdict]:
    return [_verdict(facts, case, rule.cause, rule.sure, found) for rule, found in found_for(case)]


def _verdict(facts: Facts, case: Case | None, cause: str, sure: int, found: Found) -> Verdict:
    config = facts.config
    host = config.host or (found.place if case is None else None) or NET
    words = {"host": host, "place": found.place or host, "hop": str(found.hop), "device": found.device,
             "gateway": found.gateway, "detail": found.detail, "port": str(config.port),
             "count": str(found.count),
             "ip": f"IPv{case.version}" if case else "IP"}
    if case is not None and found.place == case.address:
        words["place"] = host if config.host else case.address
    sentence, doubts, step, who = told(cause, words)
    return Verdict(cause, sentence, found.hop, found.place, case.version if case else None, found.evidence,
                   max(1, sure - found.less_sure), doubts, step, who)


def _nearness(verdict: Verdict) -> tuple[int, int]:
    """The order of verdicts; what is of the host is at the end of a path that nobody knows the length of."""
    of_names = any(rule.cause == verdict.cause for rule in NAME_RULES)
    return verdict.hop if verdict.hop is not None else 0 if of_names else MAX_HOPS, ORDER[verdict.cause]


def _merged(verdicts: list[Verdict]) -> list[Verdict]:
    """The same cause at the same hop over both versions of IP is one verdict; also where but one knows the hop."""
    merged: list[Verdict] = []
    for each in sorted(verdicts, key=lambda each: each.hop is None):
        place = next((place for place, other in enumerate(merged)
                      if other.cause == each.cause and each.hop in (other.hop, None)), None)
        if place is None:
            merged.append(each)
        else:
            evidence = tuple(dict.fromkeys(merged[place].evidence + each.evidence))
            merged[place] = merged[place].replace(version=None, evidence=evidence)
    return merged


def _well(facts: Facts) -> Verdict:
    return _verdict(facts, None, "well", 95, Found(_seen(facts), None))


def _unfinished(facts: Facts, detail: str) -> Verdict:
    return _verdict(facts, None, "not-finished", 50, Found(_seen(facts) or ("nothing was asked",), None, detail=detail))


def _seen(facts: Facts) -> tuple[str, ...]:
    """What came back from each address."""
    evidence = []
    for case in tried(facts):
        sent, received = case.many
        if sent:
            time = f", {min(case.rtts_ns) / 1e6:.1f} ms" if case.rtts_ns else ""
            bound = f", less than {100 * most(sent):.0f} % lost" if received == sent >= LEAST else ""
            evidence.append(f"{case.address}: {received} of {sent} echo requests answered{time}{bound}")
        if case.connected is not None and case.connected.outcome == "open":
            said = f", {case.connected.said} bytes" if case.connected.said else ""
            evidence.append(f"{case.address}:{facts.config.port}: connected{said}")
    return tuple(evidence)


def _unknown(facts: Facts) -> Verdict | None:
    """Not well, and no rule fits."""
    cases = tried(facts)
    if not cases and facts.config.host is None and not facts.machine.gateways:
        devices = ", ".join(each.name for each in facts.machine.devices) or "none but lo"
        return _verdict(facts, None, "cannot-tell", 50, Found((f"interfaces: {devices}",), 0, detail="ifconfig -a"))
    dumb = [case for case in cases if not case.is_there]
    if cases and not dumb:
        return None
    counts = [(case.address, *case.many) for case in dumb]
    evidence = tuple([f"{address}: {received} of {sent} echo requests answered" for address, sent, received in counts])
    missing = "the same as root" if not facts.machine.raw else "a capture on the way"
    found = Found(evidence or ("nothing could be asked",), None, detail=missing)
    return _verdict(facts, None, "cannot-tell", 50, found)
