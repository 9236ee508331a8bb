"""``--explain``: the whole text about a run, made from its packets and its notes."""

from __future__ import annotations

import textwrap
from errno import EMSGSIZE

from ..packets.quote import ICMP_PROTOCOLS
from ..records.seen import SeenPacket
from .beginnings import why_refused
from .diagrams import draw_path, draw_probe, draw_round_trip
from .exchanges import exchanges
from .hops import hops_of
from .notes import Notes
from .path import tell_path
from .round_trips import tell_round_trips
from .sentences import answer_sentence, count, sent_sentence

WIDTH, NARROW = 100, 80
TITLE = "\n=== Explained ===\n\n"
REBUILT = ("The kernel shows whole packets to root alone. What follows was put together from what it told this "
           "program; fields that it did not tell are not spoken of.")
NOTHING = "No packet was sent, so there is nothing to explain.\n"
MOST_TARGETS = 8  # that are told of
MOST_PACKETS = 40  # that are shown field by field


def explain(packets: list[SeenPacket], notes: Notes, unseen: int = 0, beginning: list[str] | None = None) -> str:
    """The story of a run as text: see `story`."""
    drawing, sentences = story(packets, notes, unseen, beginning)
    return TITLE + (drawing + "\n" if drawing else "") + _numbered(sentences) + ("" if sentences else NOTHING)


def story(packets: list[SeenPacket], notes: Notes, unseen: int = 0,
          beginning: list[str] | None = None) -> tuple[str, list[str]]:
    """The story of a run: a drawing, "" for none, and sentences.

    `unseen` probes were taken by the kernel and never left;
    `beginning` is what is to be said of the time before the first packet.
    """
    found = notes.placed(notes.with_times(exchanges(packets)))
    lines = [*(beginning or ()), *_refusals(notes)]
    if unseen:
        lines.append(f"{count(unseen, 'probe')} never left this host. Probably your kernel could not find the hardware "
                     "address of the next hop (nobody answers its ARP or neighbour requests), or a rule of this host "
                     "drops them. Next: arp -n shows whom it asks in vain.")
    if not found:
        return "", lines
    before = [REBUILT] if any(packet.rebuilt for packet in packets) else []
    if len({exchange.header.ttl for exchange in found}) > 1 or found[0].header.protocol not in ICMP_PROTOCOLS:
        hops = hops_of(found)
        drawing = draw_path(hops, notes)
        probe = draw_probe(hops, notes)
        drawing += f"\n{probe}" if probe else ""
        told = tell_path(hops, notes, found[-1].header.ttl)
    else:
        answered = [exchange for exchange in found if any(not answer.is_error for answer in exchange.answers)]
        drawing = draw_round_trip(answered[0], notes) if answered else ""
        told = []
        for destination in list(dict.fromkeys(exchange.header.destination for exchange in found))[:MOST_TARGETS]:
            told += tell_round_trips([each for each in found if each.header.destination == destination], notes)
    return drawing, before + lines + told


def explain_fields(packets: list[SeenPacket], notes: Notes) -> str:
    """Every packet field by field."""
    from .tables import field_table, hex_map

    sentences = packet_sentences(packets, notes)
    parts = []
    for packet, sentence in list(zip(packets, sentences))[:MOST_PACKETS]:
        arrow = "==>" if packet.sent else "<=="
        rebuilt = "\nThis packet was rebuilt from what the kernel told of it." if packet.rebuilt else ""
        told = textwrap.fill(f"{arrow} {sentence}", NARROW, subsequent_indent="    ", break_long_words=False)
        parts += [f"{told}{rebuilt}", field_table(packet.data, packet.rebuilt), hex_map(packet.data)]
    if len(packets) > MOST_PACKETS:
        parts.append(f"{len(packets) - MOST_PACKETS} more packets are not shown; --pcap FILE keeps all of them.")
    return TITLE + ("\n\n".join(parts) + "\n" if packets else NOTHING)


def packet_sentences(packets: list[SeenPacket], notes: Notes) -> list[str]:
    """One sentence a packet, in their order."""
    found = notes.with_times(exchanges(packets))
    about = {id(exchange.packet): sent_sentence(exchange) for exchange in found}
    for exchange in found:
        about.update((id(answer.packet), answer_sentence(exchange, answer, notes)) for answer in exchange.answers)
    return [about.get(id(packet), f"A later fragment of what probe {packet.number} is, or of its answer.")
            for packet in packets]


def _refusals(notes: Notes) -> list[str]:
    """What our own kernel did not send."""
    told = []
    if notes.local_mtus:
        sizes = [size for size in notes.local_mtus if size]
        told.append("Your own kernel did not send some packets, as they were larger than what it knows the path to "
                    f"take: {', '.join(map(str, sizes))} bytes. That is the MTU of your device, or a size "
                    "that was reported before.")
    others = sorted(notes.refused - {EMSGSIZE})
    if others:
        from posix import strerror

        for errno in others:
            why = why_refused(errno)
            told.append(f"Your own kernel refused to send some packets: {strerror(errno)}{f': {why}' if why else '.'}")
    return told


def _numbered(sentences: list[str]) -> str:
    lines = []
    for number, sentence in enumerate(sentences, 1):
        lead = f"{number:>2}. "
        lines.append(textwrap.fill(sentence, WIDTH, initial_indent=lead, subsequent_indent="    ",
                                   break_long_words=False, break_on_hyphens=False))
    return "".join(f"{line}\n" for line in lines)


