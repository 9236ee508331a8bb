"""Drawings of a path, in characters."""

from __future__ import annotations

from ..records.raw_links import TcpReply
from .exchanges import Answer, Exchange
from .hops import Hop
from .notes import Notes
from .places import Reach, reach
from .sentences import MOST_ROUTERS, first_ttl, hop_word, milliseconds, routers_back
from .verdicts import Verdict

WIDTH = 100
END, IN_ITS_PLACE = "  the end of the path", ", or somebody in its place"
REFUSALS = {Verdict.REFUSED: "  says: no further", Verdict.UNCLEAR: "  says: no further, or is the target",
            Verdict.OWN: "  your own host: no further"}


def draw_path(hops: list[Hop], notes: Notes) -> str:
    """The hops one below the other, with names and the shortest time of each."""
    first = next(exchange for hop in hops for exchange in hop.exchanges)
    lines = [f"you {first.header.source}"]
    narrow: set[tuple[str, int]] = set()
    for hop in hops:
        said = {(answer.header.source, error.info) for _, answer, error in hop.sizes[:1]} - narrow
        lines += [f" |  the wire takes no more than {mtu_bytes} bytes" for _, mtu_bytes in said] or [" |"]
        narrow |= said
        if hop.answered:
            names = " or ".join(notes.called(source) for source in hop.sources)
            label = "X" if hop.verdict in REFUSALS else "…" if hop.routers is None else hop.ttl
            end = END if hop.is_arrival else REFUSALS.get(hop.verdict or "", "")
            end += IN_ITS_PLACE if end == END and _anybody_answers(*hop.answered[0]) else ""
            lines.append(f"[{label}] {names}  {milliseconds(hop.quickest_ns)}{end}")
        elif hop.cases:
            lines.append(f"[{hop.ttl}] ?  no answer")
    return _indented(lines)


def _anybody_answers(exchange: Exchange, answer: Answer) -> bool:
    """Whether who answers may be somebody between: TCP's answers are not signed, and our own go nowhere."""
    return isinstance(answer.reply, TcpReply) and not exchange.is_own


def draw_probe(hops: list[Hop], notes: Notes) -> str:
    """The farthest probe that ran out of TTL on its way, and its report; "" where that is too wide."""
    dead = [hop for hop in hops if hop.verdict == Verdict.DIED]
    if not dead:
        return ""
    last = dead[-1]
    word = hop_word(last.answered[0][0].header.version)
    there = "you"
    if hops[0].ttl > 1:
        there += f" --{word} {last.ttl}--> …"
    for hop in hops:
        if hop.ttl > last.ttl:
            break
        name = notes.short(hop.sources[0]) if hop.sources else "?"
        there += f" --{word} {last.ttl - hop.ttl + 1}--> [{hop.ttl}] {name}"
    answer = last.answered[0][1]
    ttl = "" if answer.ttl is None else f", arrives with {word} {answer.ttl}"
    return _loop(there, f" ICMP time exceeded{ttl} ", "  1 - 1 = 0: dropped")


def draw_round_trip(exchange: Exchange, notes: Notes) -> str:
    """A probe to the end and its answer."""
    answer = next((each for each in exchange.answers if not each.is_error), None)
    if answer is None or reach(exchange) == Reach.GROUP:
        return ""
    word, far = hop_word(exchange.header.version), "… --> " if reach(exchange) == Reach.FAR else ""
    if exchange.is_own:
        return _loop(f"you --loopback--> yourself, {notes.called(answer.header.source)}", " the answer ",
                     f"  {milliseconds(answer.after_ns)}, without leaving this host")
    there = f"you --{word} {exchange.header.ttl}--> {far}{notes.called(answer.header.source)}"
    back = " the answer "
    if answer.ttl is not None and far and routers_back(answer.ttl) <= MOST_ROUTERS:
        back = f" {word} {answer.ttl} <-- … <-- probably {first_ttl(answer.ttl)} "
    return _loop(there, back, f"  {milliseconds(answer.after_ns)} there and back")


def _loop(there: str, back: str, after: str) -> str:
    """A way there, and a way back below it."""
    corner = max(len(there) - 4, len(back) + 6)
    if corner + len(after) + 8 > WIDTH:
        return ""
    bottom = back.center(corner - 2, "-")
    return _indented([there + after, " ^" + " " * (corner - 2) + "|", " '" + bottom + "'"])


def _indented(lines: list[str]) -> str:
    return "".join(f"    {line}\n" for line in lines)
