"""What passed a network in memory, put in order for a reader: probes, and the way of each packet they caused."""

from __future__ import annotations

from ..records.passage import Passage
from ..records.record import Record
from ..records.seen import SeenPacket
from .dissection import dissect
from .exchanges import Answer, Exchange, exchanges
from .notes import Notes
from .sentences import answer_sentence, sent_sentence, what_it_says

Kind = tuple[str, tuple[str, ...]]
"""The node that made a packet, and the titles of its layers."""
ARRIVED = "arrived"


class Journey(Record):
    """A packet from its birth to its end, and a sentence about it."""

    passages: tuple[Passage, ...]
    sentence: str

    @property
    def packet(self) -> bytes:
        """As it was when it set out."""
        return self.passages[0].packet

    @property
    def kind(self) -> Kind:
        """What packets have in common that differ in numbers alone: who made them, and their layers."""
        return self.passages[0].node, tuple(layer.title for layer in dissect(self.packet))

    @property
    def version(self) -> int:
        return self.packet[0] >> 4


def ttl_of(passage: Passage) -> int:
    """The TTL or hop limit of what is on the wire."""
    place = 8 if passage.packet[0] >> 4 == 4 else 7
    return int.from_bytes(passage.packet[place:place + 1], "big")


def journeys(passages: list[Passage], names: dict[str, str]) -> list[list[Journey]]:
    """A list a probe, in the order of sending: its own journey first, then those of what it caused.

    `names` are the host names of addresses.
    """
    probes: dict[int, dict[int, list[Passage]]] = {}
    for passage in passages:
        probes.setdefault(passage.probe, {}).setdefault(passage.journey, []).append(passage)
    notes = Notes()
    notes.names.update(names)
    return [_told(list(ways.values()), notes) for ways in probes.values()]


def _told(ways: list[list[Passage]], notes: Notes) -> list[Journey]:
    first, *others = ways
    packets = [SeenPacket(first[0].at_ns, 0, True, first[0].packet, first[0].probe)]
    packets += [SeenPacket(way[-1].at_ns, 0, False, way[-1].packet, way[-1].probe) for way in others]
    found = exchanges(packets)
    told = {id(packet): "A packet." for packet in packets}
    for exchange in found:
        told[id(exchange.packet)] = sent_sentence(exchange)
        for answer in exchange.answers:
            way = others[[id(packet) for packet in packets[1:]].index(id(answer.packet))]
            told[id(answer.packet)] = _answer(exchange, answer, way, first[0].node, notes)
    return [Journey(tuple(way), told[id(packet)]) for way, packet in zip(ways, packets)]


def _answer(exchange: Exchange, answer: Answer, way: list[Passage], listener: str, notes: Notes) -> str:
    if answer.header.source == exchange.header.source and way[0].to:
        return f"A copy of probe {exchange.number}: a wire doubled it."
    if way[-1].node == listener and way[-1].end == ARRIVED:
        return answer_sentence(exchange, answer, notes)
    return (f"About probe {exchange.number}, though it never arrives: {notes.called(answer.header.source)} "
            f"{what_it_says(exchange, answer)}")
