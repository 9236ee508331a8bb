"""Drawings of a path, in characters."""

from __future__ import annotations

from .exchanges import Exchange, Notes
from .path import Hop, died
from .sentences import first_ttl, hop_word, milliseconds

WIDTH = 100


def draw_path(hops: list[Hop], notes: Notes) -> str:
    """The hops one below the other, with names and the shortest time of each."""
    first = next(exchange for hop in hops for exchange in hop.exchanges)
    lines = [f"you {first.header.source}"]
    for hop in hops:
        narrow = [f" |  the wire takes no more than {error.info} bytes" for _, _, error in hop.sizes[:1]]
        lines += narrow or [" |"]
        if hop.answered:
            names = " or ".join(notes.called(source) for source in hop.sources)
            end = "  the end of the path" if hop.is_end else ""
            label = "…" if hop.routers is None else hop.ttl
            lines.append(f"[{label}] {names}  {milliseconds(hop.quickest_ns)}{end}")
        elif hop.cases:
            lines.append(f"[{hop.ttl}] ?  no answer")
    return _indented(lines)


def draw_probe(hops: list[Hop], notes: Notes) -> str:
    """The farthest probe that ran out of TTL on its way, and its report; "" where that is too wide."""
    dead = [hop for hop in hops if hop.answered and died(hop.answered[0][1])]
    if not dead:
        return ""
    last = dead[-1]
    word = hop_word(last.answered[0][0].header.version)
    there = "you"
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
    if answer is None:
        return ""
    word = hop_word(exchange.header.version)
    there = f"you --{word} {exchange.header.ttl}--> … --> {notes.called(answer.header.source)}"
    back = " the answer "
    if answer.ttl is not None:
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
