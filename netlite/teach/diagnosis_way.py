"""The way to a host as a row of boxes, from what a diagnosis learned, with its faults where they are."""

from __future__ import annotations

from ..engines.why.cases import tried
from ..engines.why.facts import Facts, WhyConfig
from ..records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..engines.inquiries import Learned
    from ..engines.why.case import Case
    from ..records.diagnosis import Diagnosis, Verdict

BEHIND = {"host-unreachable", "lost-behind", "one-way-broken", "loss", "delay", "black-hole", "echo-filtered",
          "port-filtered"}            # causes on the wire behind the hop that they name
AT_PORT = {"port-refused", "port-silent", "service-silent", "backlog-full"}
OF_NAMES = "name-"
NO_ANSWER, NOT_ASKED = "no answer", "not asked"
OUTCOMES = {"open": "open", "refused": "refuses", "silent": NO_ANSWER, "error": "an error"}


class Box(Record):
    """A place, or the hops `first` to `last` at once; `kind` is "host" or "router".

    `at` and `behind` are the numbers of verdicts, from 1: those of this place, and of the wire behind it.
    """

    title: str
    lines: tuple[str, ...]
    kind: str = "router"
    answers: bool = True
    first: int | None = None
    last: int | None = None
    at: tuple[int, ...] = ()
    behind: tuple[int, ...] = ()


class Way(Record):
    """A row of boxes, from this machine on."""

    title: str
    boxes: tuple[Box, ...]


def ways(diagnosis: Diagnosis, steps: list[tuple[str, Learned]]) -> list[Way]:
    """A row for the name, where something is wrong with it, and one for each address that was tried."""
    facts = Facts(WhyConfig(diagnosis.host, diagnosis.port))
    facts.done = True
    for _, learned in steps:
        facts.learn(learned.facts)
    numbered = list(enumerate(diagnosis.verdicts, 1))
    names = tuple([number for number, each in numbered if each.cause.startswith(OF_NAMES)])
    rows = [_of_names(facts, names)] if names else []
    for case in tried(facts):
        boxes = _boxes(case)
        for number, verdict in numbered:
            if verdict.version in (None, case.version):
                _mark(boxes, case, number, verdict)
        rows.append(Way(f"IPv{case.version}, {case.address}", tuple(boxes)))
    if not rows:
        here = tuple([number for number, each in numbered if each.hop == 0])
        rows.append(Way("This machine", (Box("this machine", (), "host", at=here),)))
    return rows


def _of_names(facts: Facts, numbers: tuple[int, ...]) -> Way:
    servers = facts.machine.name_servers or ("none known",)
    return Way("The name", (Box("this machine", (), "host"), Box("name servers", servers, "host", at=numbers)))


def _boxes(case: Case) -> list[Box]:
    way = case.way
    own = tuple([each for each in (way.device, way.source) if each]) if way is not None else ()
    boxes = [Box("this machine", own, "host", True, 0, 0)]
    if not case.is_own:
        boxes += _routers(case)
    if case.config.host is not None:
        boxes.append(_host(case))
    if case.config.port is not None:
        found = case.connected
        said = NOT_ASKED if found is None else OUTCOMES[found.outcome]
        if found is not None and found.said is not None:
            said += f", says {found.said} bytes"
        boxes.append(Box(f"port {case.config.port}", (said,), "host",
                         found is not None and found.outcome in ("open", "refused")))
    return boxes


def _host(case: Case) -> Box:
    sent, received = case.many
    said = f"answered {received} of {sent}" if sent else "answers" if case.is_there else NOT_ASKED
    rtts = case.rtts_ns
    times = (f"{min(rtts) / 1e6:.1f} ms",) if rtts else ()
    return Box(case.config.host or case.address, tuple(dict.fromkeys((case.address, said, *times))), "host",
               case.is_there, case.distance, case.distance)


def _routers(case: Case) -> list[Box]:
    """A box a hop; those that nobody asked for are one."""
    seen = _seen(case)
    gateway = case.way.gateway if case.way is not None else None
    if gateway and seen.get(1) is None:
        seen[1] = gateway
    traced = any(case.paths("icmp", "udp", "tcp"))
    last = max((case.distance or 1) - 1, max(seen, default=0))
    boxes: list[Box] = []
    passed: set[str] = set()
    for number in range(1, last + 1):
        source = seen.get(number)
        if source is None:
            said = NO_ANSWER if number in seen or traced else NOT_ASKED
            if boxes and boxes[-1].lines == (said,):
                boxes[-1] = boxes[-1].replace(title=f"hops {boxes[-1].first} to {number}", last=number)
            else:
                boxes.append(Box(f"hop {number}", (said,), answers=False, first=number, last=number))
        elif source in passed and number < last:
            return [*boxes, Box(f"hop {number}", (source, "and so on, in a circle"), first=number, last=last)]
        else:
            title = "gateway" if number == 1 and gateway else f"hop {number}"
            boxes.append(Box(title, (source,), first=number, last=number))
            passed.add(source)
    if case.distance is None and seen and case.config.host is not None:
        boxes.append(Box("…", ("nobody seen" if traced else NOT_ASKED,), answers=False))
    return boxes


def _seen(case: Case) -> dict[int, str | None]:
    """Who answered at each hop, of all traces; None where nobody did."""
    seen: dict[int, str | None] = {}
    for path in (*case.paths("icmp", "udp", "tcp"), *([case.lost_flow] if case.lost_flow else [])):
        for hop in path.hops:
            if not hop.reached and hop.source != case.address and not (hop.refusal and hop.source in seen.values()):
                seen[hop.number] = seen.get(hop.number) or hop.source
    return seen


def _mark(boxes: list[Box], case: Case, number: int, verdict: Verdict) -> None:
    """Put a verdict where it belongs."""
    if verdict.hop is None or verdict.cause.startswith(OF_NAMES):
        return
    routers = [place for place, box in enumerate(boxes) if box.kind == "router"]
    host = len(boxes) - 1 - (case.config.port is not None)
    if verdict.cause in AT_PORT and case.config.port is not None:
        place = len(boxes) - 1
    elif verdict.place == case.address and case.config.host is not None:
        place = host
    else:
        fitting = [place for place, box in enumerate(boxes) if box.first is not None and box.last is not None
                   and box.first <= verdict.hop <= box.last]
        place = (fitting or routers[-1:] or [host])[0]
    box = boxes[place]
    boxes[place] = box.replace(behind=(*box.behind, number)) if verdict.cause in BEHIND \
        else box.replace(at=(*box.at, number))
