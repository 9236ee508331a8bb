"""The story of probes with growing TTLs: traceroute's and tracepath's."""

from __future__ import annotations

from ..records.icmp_errors import TTL_EXCEEDED
from ..records.raw_links import TcpReply
from ..records.replies import IcmpError
from .hops import Hop
from .icmp_kinds import icmp_kind
from .notes import Notes
from .places import Reach, reach, reach_sentence
from .sentences import (
    changed_on_the_way,
    count,
    extension_sentences,
    hop_word,
    how_known,
    large_sentence,
    milliseconds,
    mtu_sentences,
    way_back,
    what_it_says,
)
from .verdicts import Verdict
from .whole_path import tell_whole


def tell_path(hops: list[Hop], notes: Notes, last_ttl: int) -> list[str]:
    """Sentences about each hop, then about the path as a whole; `last_ttl` is the highest that was tried."""
    first = next(exchange for hop in hops for exchange in hop.exchanges)
    word = hop_word(first.header.version)
    ttls = f"{hops[0].ttl}, {hops[0].ttl + 1}, …" if last_ttl > hops[0].ttl else f"{hops[0].ttl}."
    if hops[-1].routers is None and len(hops) > 1 and hops[-1].ttl > hops[-2].ttl + 1:
        ttls = f"{', '.join(str(hop.ttl) for hop in hops)}."
    told = [f"You sent probes to {notes.called(first.header.destination)} with {word} {ttls}"]
    if reach(first) == Reach.FAR:
        told[0] += (f" Every router takes 1 off the {word} before it passes a packet on; the one that gets to "
                    "0 drops it and reports that.")
    told += reach_sentence(first, [exchange for hop in hops for exchange in hop.exchanges], notes)
    seen: dict[str, int] = {}
    narrow, hinted = set(), set()
    for index, hop in enumerate(hops):
        again = next((source for source in hop.sources if source in seen and not hop.is_end), None)
        for exchange, answer, error in hop.sizes[:1]:
            if (answer.header.source, error.info) not in narrow:
                told += mtu_sentences(exchange, answer, notes)
                narrow.add((answer.header.source, error.info))
        for exchange, answer, hint in hop.hints[:1]:
            if (answer.header.source, hint.gateway) not in hinted:
                told.append(f"{notes.called(answer.header.source)} {what_it_says(exchange, answer)}")
                hinted.add((answer.header.source, hint.gateway))
        if again and again not in hops[index - 1].sources:
            told.append(f"Hop {hop.ttl}: {notes.called(again)} again, as at hop {seen[again]}.")
        elif again:
            told.append(f"Hop {hop.ttl}: {notes.called(again)} again, as at the hop before: a router that "
                        f"passes packets on with {word} 0, an address translator that lends its address to "
                        "what is behind it, or the probes went different ways.")
        elif hop.answered:
            told += _tell_hop(hop, hops[index - 1] if index else None, notes, word, seen)
        elif hop.cases:
            told.append(_silence(hop, hops[index + 1:], word, last_ttl))
            passed = [exchange.header.size_bytes for later in hops[index + 1:] for exchange, _ in later.answered]
            least = min(exchange.header.size_bytes for exchange in hop.exchanges)
            if max(passed, default=0) < least:  # as large ones got through to later hops
                told += large_sentence(hop.exchanges)
        for source in hop.sources:
            seen.setdefault(source, hop.ttl)
    return told + tell_whole(hops, notes)


def _tell_hop(hop: Hop, before: Hop | None, notes: Notes, word: str, seen: dict[str, int]) -> list[str]:
    """A paragraph about who answered, and one each about what is unusual; `seen` has the hop of each before it."""
    exchange, answer = hop.answered[0]
    error = answer.error
    dropped = error is not None and error.says(TTL_EXCEEDED)
    if error is not None and dropped:
        who = _who_dropped(hop, error, notes, word, full=not seen)
    else:
        waited_ns = hop.quickest_ns - before.quickest_ns if before is not None and before.answered else None
        who = _who_ended(hop, notes, word, waited_ns) if hop.verdict == Verdict.ARRIVED else \
            _who_refused(hop, notes, seen, waited_ns)
    told = [" ".join([who, *way_back(exchange, answer, hop.routers if hop.certain else None)])]
    quote = error.quote if error is not None and not answer.packet.rebuilt else None
    if dropped and quote is not None and quote.ttl not in (None, 1):
        told.append(f"The quote shows {word} {quote.ttl} where 1 was to be expected: probably the router "
                    "quotes what it made of the probe, or a tunnel or an address translator on the way counts "
                    "otherwise.")
    if error is not None:
        told += changed_on_the_way(exchange, answer) + extension_sentences(answer)
    if len(hop.sources) > 1:
        told.append(f"{len(hop.sources)} addresses answered at hop {hop.ttl} ({', '.join(hop.sources)}): "
                    "probably the probes or the reports were shared out over several ways, or the way changed "
                    "between them.")
    return told + _lost(hop, word)


def _lost(hop: Hop, word: str) -> list[str]:
    """That some of its probes got no answer; a hole for large ones is named as one."""
    lost = [exchange for exchange, answer in hop.cases if answer is None]
    if not lost:
        return []
    told = f"{len(lost)} of {count(len(hop.cases), 'probe')} with {word} {hop.ttl} got no answer"
    largest = max(exchange.header.size_bytes for exchange, _ in hop.answered)
    if large_sentence(lost) and min(exchange.header.size_bytes for exchange in lost) > largest:
        return [f"{told}: all those of more than {largest} bytes, which may not be cut. Probably a wire takes "
                "less, and the report about that gets lost or is not made (a black hole)."]
    limits = "the router limits how many reports it makes" if hop.verdict == Verdict.DIED else \
        "who answers limits how often it does"
    return [f"{told}: probably {limits}, a packet was lost, or the answer came too late."]


def _when(hop: Hop) -> str:
    """After what time its answer came, and whether the program still waited."""
    time = milliseconds(hop.quickest_ns)
    if any(answer.counted for _, answer in hop.answered):
        return f"You knew after {time}."
    return f"It came after {time}, when the program did not wait any more."


def _who_dropped(hop: Hop, report: IcmpError, notes: Notes, word: str, full: bool) -> str:
    """Who took the TTL to 0; `full` tells the rule with it, which holds for all other hops too."""
    _, answer = hop.answered[0]
    before = f"{count(hop.ttl - 1, 'router')} passed the probe on; then " if hop.ttl > 1 else ""
    told = (f"Hop {hop.ttl}: {before}router {hop.ttl}, {notes.called(answer.header.source)}, took the probe's "
            f"{word} from 1 to 0")
    after = _when(hop)
    if not full:
        return f"{told} and reported that. {after}"
    kind = icmp_kind(answer.header.version, report.type, report.code)
    told += f", dropped the probe and reported that: ICMP type {report.type} code {report.code}, {kind.name}."
    known = how_known(answer)
    if known:
        told += f" The report quotes the start of your packet: {known} is how netlite knows which probe died."
    return f"{told} {after}"


def _who_ended(hop: Hop, notes: Notes, word: str, waited_ns: int | None) -> str:
    exchange, answer = hop.answered[0]
    told = f"{'The end' if hop.routers is None else f'Hop {hop.ttl}'}: {notes.called(answer.header.source)} " \
           f"{what_it_says(exchange, answer, waited_ns)} {_when(hop)}"
    if exchange.is_own:
        return told
    if isinstance(answer.reply, TcpReply):
        return told + (f" With {word} {hop.ttl} probes got to the target, or to somebody before it who answers "
                       "in its place; segments cannot tell which.")
    told += f" Probes with {word} {hop.ttl} got to the end of the path"
    if hop.routers is None:
        return f"{told}; how many routers passed them on cannot be told from that."
    return f"{told}: {'' if hop.certain else 'at most '}{count(hop.routers, 'router')} passed them on."


def _who_refused(hop: Hop, notes: Notes, seen: dict[str, int], waited_ns: int | None) -> str:
    """Who says that probes get no further, without being the target."""
    exchange, answer = hop.answered[0]
    source = answer.header.source
    who = "your own host" if hop.verdict == Verdict.OWN else notes.called(source)
    said = what_it_says(exchange, answer, waited_ns)
    told = f"The end: {who} {said} {_when(hop)}"
    if hop.verdict == Verdict.OWN:
        return told + (" The probe never left this host. Next: route get and arp -n show by which way it was to "
                       "leave.")
    if source in seen:
        return told + (f" It is the router of hop {seen[source]}: the probe got no further, and how far the "
                       "target is cannot be told.")
    if hop.verdict == Verdict.UNCLEAR:
        return told + (" It is another address than the one you sent to: another one of the target, somebody "
                       "who answers in its place (a NAT), or a filter on the way.")
    return told + " That ends the path before the target; the target itself said nothing."


def _silence(hop: Hop, later: list[Hop], word: str, last_ttl: int) -> str:
    said = f"Hop {hop.ttl}: nobody answered {count(len(hop.cases), 'probe')} with {word} {hop.ttl}."
    answered = [each for each in later if each.answered]
    if answered and all(each.is_arrival for each in answered):
        return said + (f" Probes with more {word} were answered by the target: this router makes no reports, "
                       "or they are lost or filtered on their way back, or these probes had got to the target "
                       "already and were lost there.")
    if answered:
        return said + (" Later hops did, so packets are passed on here; probably this router makes no reports, "
                       "or not as many, or they are lost or filtered on their way back.")
    more = f" Nor did anybody answer from there to {word} {last_ttl}." if last_ttl > hop.ttl else ""
    return said + more + (" A packet filter drops the probes or the answers, they are lost, or the way ends "
                          "there; from here that cannot be told.")
