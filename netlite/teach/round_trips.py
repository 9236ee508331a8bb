"""The story of probes that all went to the end: ping's."""

from __future__ import annotations

from .exchanges import Answer, Exchange, Notes
from .icmp_kinds import icmp_kind
from .sentences import (
    changed_on_the_way,
    count,
    extension_sentences,
    hop_word,
    how_known,
    milliseconds,
    mtu_sentences,
    protocol_name,
    way_back,
)


def tell_round_trips(found: list[Exchange], notes: Notes) -> list[str]:
    """Sentences about all probes: the first answered one in full, of the others what is different."""
    first = found[0]
    version = first.header.version
    word = hop_word(version)
    which = "It" if len(found) == 1 else "The first"
    told = [f"You sent {count(len(found), 'probe')} to {notes.called(first.header.destination)}. {which} was "
            f"{protocol_name(first)}: {first.header.size_bytes} bytes with {word} {first.header.ttl}. Every router "
            f"takes 1 off the {word} before it passes a packet on."]
    if first.pieces > 1:
        told.append(f"It was too large for your device, so your kernel cut it into {first.pieces} fragments, each "
                    "with an IP header of its own; the bytes above are those of the first. If one is lost, all are.")
    answered = [exchange for exchange in found if any(not answer.is_error for answer in exchange.answers)]
    if answered:
        told += _answers(answered, notes)
    told += _errors(found, notes)
    told += _duplicates(answered, notes)
    silent = [exchange for exchange in found if not exchange.answers]
    if silent:
        told.append(f"{count(len(silent), 'probe')} of {len(found)} got no answer while the program waited: "
                    f"{_numbers(silent)}. Either the probe or its answer was lost, on the way there or on the way "
                    "back, or somebody filters them; from here that cannot be told.")
    return told


def _answers(answered: list[Exchange], notes: Notes) -> list[str]:
    first = answered[0]
    answer = next(each for each in first.answers if not each.is_error)
    times = [next(each for each in exchange.answers if not each.is_error).after_ns for exchange in answered]
    told = [f"{notes.called(answer.header.source)} answered probe {first.number} after {milliseconds(times[0])}. "
            "That round trip is the way there, the way back, and the time the other host took; how much each took "
            "cannot be told."]
    told += way_back(answer)
    if answer.header.source != first.header.destination:
        told.append(f"The answer came from {answer.header.source}, not from {first.header.destination} itself.")
    ttls = sorted({each.ttl for exchange in answered for each in exchange.answers
                   if not each.is_error and each.ttl is not None})
    if len(ttls) > 1:
        told.append(f"Answers arrived with different values ({', '.join(map(str, ttls))}): they probably came back by "
                    "different ways, or from different hosts.")
    if len(times) > 1 and max(times) <= min(times) * 1.1:
        told.append(f"All {len(times)} answers took about as long: probably nothing had to wait in a queue.")
    elif len(times) > 1:
        told.append(f"{len(times)} probes were answered, the quickest after {milliseconds(min(times))}, the slowest "
                    f"after {milliseconds(max(times))}. The quickest is next to what the wires need; what others took "
                    "more, they probably spent waiting in queues.")
    return told


def _errors(found: list[Exchange], notes: Notes) -> list[str]:
    """Each kind of error once, with how often it came."""
    kinds: dict[tuple[str, int, int], list[tuple[Exchange, Answer]]] = {}
    for exchange in found:
        for answer in exchange.answers:
            if answer.error is not None:
                key = answer.header.source, answer.error.type, answer.error.code
                kinds.setdefault(key, []).append((exchange, answer))
    told = []
    for (source, kind_number, code), cases in kinds.items():
        exchange, answer = cases[0]
        version = answer.header.version
        kind = icmp_kind(version, kind_number, code)
        known = how_known(answer)
        sentence = (f"{notes.called(source)} reported ICMP type {kind_number} code {code}, {kind.name}, about "
                    f"{_numbers([case[0] for case in cases])}. {kind.sentence}")
        if known:
            sentence += f" It quotes the start of your packet: {known} is how netlite knows which probe it is about."
        told.append(sentence)
        told += mtu_sentences(exchange, answer, notes) + changed_on_the_way(exchange, answer)
        told += extension_sentences(answer) + way_back(answer)
    return told


def _duplicates(answered: list[Exchange], notes: Notes) -> list[str]:
    several = [exchange for exchange in answered if sum(not answer.is_error for answer in exchange.answers) > 1]
    if not several:
        return []
    sources = {answer.header.source for exchange in several for answer in exchange.answers}
    why = "several hosts answered" if len(sources) > 1 else "somewhere on the way a packet was doubled"
    return [f"{_numbers(several)} got more than one answer: probably {why}."]


def _numbers(found: list[Exchange]) -> str:
    """
    >>> class E: number = 7
    >>> _numbers([E])
    'probe 7'
    """
    numbers = [str(exchange.number) for exchange in found]
    if len(numbers) > 8:
        numbers = numbers[:8] + ["…"]
    return f"probe{'s' if len(found) > 1 else ''} {', '.join(numbers)}"
