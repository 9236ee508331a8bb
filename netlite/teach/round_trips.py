"""The story of probes that all went to the end: ping's."""

from __future__ import annotations

from .exchanges import Answer, Exchange
from .icmp_kinds import icmp_kind
from .notes import Notes
from .places import Reach, reach, reach_sentence
from .sentences import (
    NOISE_NS,
    changed_on_the_way,
    count,
    extension_sentences,
    hop_word,
    how_known,
    large_sentence,
    milliseconds,
    mtu_sentences,
    protocol_name,
    way_back,
)
from .verdicts import Verdict, verdict, what_it_means

BROADCASTS = (" Linux answers no broadcast unless it is told to "
              "(net.ipv4.icmp_echo_ignore_broadcasts).")


def tell_round_trips(found: list[Exchange], notes: Notes) -> list[str]:
    """Sentences about all probes: the first answered one in full, of the others what is different."""
    first = found[0]
    version = first.header.version
    word = hop_word(version)
    which = "It" if len(found) == 1 else "The first"
    said = (f"You sent {count(len(found), 'probe')} to {notes.called(first.header.destination)}. {which} was "
            f"{protocol_name(first)}: {first.header.size_bytes} bytes with {word} {first.header.ttl}.")
    if reach(first) == Reach.FAR:
        said += f" Every router takes 1 off the {word} before it passes a packet on."
    told = [said]
    told += reach_sentence(first, found, notes)
    if first.pieces > 1:
        told.append("It was too large for your device, or for what is known of the path, so your kernel cut it "
                    f"into {first.pieces} fragments, each with an IP header of its own; the bytes above are "
                    "those of the first. If one is lost, all are.")
    answered = [exchange for exchange in found if _first(exchange, notes) is not None]
    if answered:
        told += _answers(answered, notes)
    told += _errors(found, notes)
    told += _duplicates(answered, notes)
    silent = [exchange for exchange in found if not exchange.answers and exchange not in answered]
    if silent:
        told.append(f"{count(len(silent), 'probe')} of {len(found)} got no answer while the program waited: "
                    f"{_numbers(silent)}. {_why_some_are(first) if answered else _why_silent(first)}")
        told += large_sentence(silent)
    return told


def _why_some_are(first: Exchange) -> str:
    """Why some get no answer where others do."""
    told = "Others did: these or their answers were lost, or who answers, or a filter, lets not so many pass. " \
           "From here that cannot be told."
    return told if reach(first) != Reach.FAR else \
        f"{told} Next: ping -n -c 100 -i 0.2 {first.header.destination} shows how many get lost."


def _why_silent(first: Exchange) -> str:
    if reach(first) == Reach.GROUP:
        told = "Nobody in the group answers, or the answers were lost; hosts need not answer a group."
        return told + BROADCASTS * (first.is_broadcast or first.header.destination == "255.255.255.255")
    told = ("Either the probe or its answer was lost, on the way there or on the way back, or somebody filters "
            "them, or nobody is there; from here that cannot be told.")
    if first.network and reach(first) == Reach.FAR:
        words = "-n" if first.header.version == 4 else "--inet6 -n"
        told += (f" {first.header.destination} is in a network of this host ({first.network}), so probably no "
                 f"router is on the way. Next: arp {words} shows whether anybody there says that it is his.")
    elif reach(first) == Reach.FAR:
        told += f" Next: traceroute -n {first.header.destination} shows how far probes get."
    return told


def _is_ours(address: str, exchange: Exchange) -> bool:
    """Whether it is this host that answers, which hears a group it asks too."""
    return exchange.is_own or address.partition("%")[0] == exchange.header.source


def _answers(answered: list[Exchange], notes: Notes) -> list[str]:
    first = answered[0]
    firsts = [each for exchange in answered if (each := _first(exchange, notes)) is not None]
    times = [time_ns for _, time_ns in firsts]
    told = [f"{notes.called(firsts[0][0])} answered probe {first.number} after "
            f"{milliseconds(times[0])}. "
            + ("That is the time your own kernel and program took." if _is_ours(firsts[0][0], first) else
               "That round trip is the way there, the way back, and the time the other host took; how much "
               "each took cannot be told.")]
    if reach(first) == Reach.GROUP:
        return told + _spread(times)
    answer = next(each for each in first.answers if not each.is_error)
    told += way_back(first, answer)
    if answer.header.source != first.header.destination:
        told.append(f"The answer came from {answer.header.source}, not from {first.header.destination} itself.")
    ttls = sorted({each.ttl for exchange in answered for each in exchange.answers
                   if not each.is_error and each.ttl is not None})
    if len(ttls) > 1:
        told.append(f"Answers arrived with different values of {hop_word(first.header.version)} "
                    f"({', '.join(map(str, ttls))}): they probably came back by different ways, or from "
                    "different hosts.")
    return told + _spread(times)


def _first(exchange: Exchange, notes: Notes) -> tuple[str, int] | None:
    """Who answered first, and after what time.  A capture need not see what this host answers itself."""
    printed = notes.first_answer(exchange.number) if reach(exchange) == Reach.GROUP else None
    captured = ((answer.header.source, answer.after_ns) for answer in exchange.answers if not answer.is_error)
    return printed or next(captured, None)


def _spread(times: list[int]) -> list[str]:
    """What several times say: below the noise nothing, and never why."""
    if len(times) < 2:
        return []
    low, high = min(times), max(times)
    if milliseconds(low) == milliseconds(high):
        return [f"All {len(times)} answers took {milliseconds(low)}."]
    if high - low <= max(NOISE_NS, low // 10):
        return [f"All {len(times)} answers took about as long, {milliseconds(low)} to {milliseconds(high)}: "
                "differences as small as these say nothing of the way."]
    return [f"{len(times)} probes were answered, the quickest after {milliseconds(low)}, the slowest after "
            f"{milliseconds(high)}. The quickest is nearest to what the way itself needs; what others took "
            "more, they waited somewhere: in a queue, at a busy host, for a radio or a neighbour's address, or "
            "they took another way. Which, cannot be told from here."]


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
        who = "Your own host" if verdict(exchange, answer) == Verdict.OWN else notes.called(source)
        sentence = (f"{who} reported ICMP type {kind_number} code {code}, {kind.name}, about "
                    f"{_numbers([case[0] for case in cases])}. {what_it_means(exchange, answer)}")
        if known:
            sentence += f" It quotes the start of your packet: {known} is how netlite knows which probe it is about."
        told.append(sentence)
        told += mtu_sentences(exchange, answer, notes) + changed_on_the_way(exchange, answer)
        told += extension_sentences(answer) + way_back(exchange, answer)
    return told


def _duplicates(answered: list[Exchange], notes: Notes) -> list[str]:
    several = [exchange for exchange in answered if sum(not answer.is_error for answer in exchange.answers) > 1]
    if not several or reach(several[0]) == Reach.GROUP:
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
