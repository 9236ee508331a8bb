"""Runs on the network in memory of which all is known: what every packet did, beside what the program said.

A situation is a topology, what its nodes do beyond what a topology can say (`Twists`), and a command.  `play` runs the
command with --explain and gives what it printed with what every packet did (`Truth`).
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from itertools import count as numbers
from unittest.mock import patch

from netlite.lab.memory.services import RST, SYN
from netlite.lab.memory.transit import Transit
from netlite.lab.memory.virtual_clock import HOUR_NS, VirtualClock
from netlite.lab.memory.witness import WitnessedInternet
from netlite.lab.scene.topology import Topology
from netlite.packets.ip import read_header
from netlite.packets.templates import make_echo
from netlite.packets.transport import make_tcp
from netlite.packets.wire_format import icmp_packet, ip_packet, packed
from netlite.programs.simulate import simulate
from netlite.records.family import IpProtocol
from netlite.records.record import Record

MILLISECOND_NS = 1_000_000
MARK = "\n=== Explained ===\n"


class Twists(Record):
    """What topologies do not say.

    `first_ttls`: node -> the TTL of what it sends.  `resets`: the node that answers SYNs in the place of their
    destination.  `redirects`: (node, the better router).  `members`: a group or neighbour -> (source, delay in ns,
    TTL) of those who answer.
    """

    first_ttls: dict[str, int] = {}
    resets: str | None = None
    redirects: tuple[str, str] | None = None
    members: dict[str, tuple[tuple[str, int, int], ...]] = {}


class TwistedInternet(WitnessedInternet):
    """The network in memory with those who behave oddly."""

    def __init__(self, twists: Twists, tell, *circumstances):
        self._twists = twists
        super().__init__(tell, *circumstances)

    def carry(self, transit: Transit):
        header, behind = transit.header, transit.data
        members = self._twists.members.get(header.destination)
        if members is None:
            return super().carry(transit)
        self._probes += 1
        sequence = int.from_bytes(behind[6:8], "big")
        identifier = int.from_bytes(behind[4:6], "big")
        return [Transit(self.listener, ip_packet(source, header.source, header.protocol, make_echo(
            header.version, identifier, sequence, behind[8:], source, header.source, "reply"), ttl),
            transit.at_ns + delay_ns, 0) for source, delay_ns, ttl in members]

    def _forward(self, transit: Transit) -> list[Transit]:
        twists, node = self._twists, transit.node
        if node == twists.resets and transit.header.protocol == IpProtocol.TCP and transit.data[13] & SYN:
            return self._reset(transit)
        onward = super()._forward(transit)
        if twists.redirects and twists.redirects[0] == node and any(each.node != node for each in onward) and \
                transit.arrived_by is not None and self.places()[self.listener].is_own[transit.header.source]:
            onward += self._redirect(transit, twists.redirects[1])
        return onward

    def _reset(self, transit: Transit) -> list[Transit]:
        header, data = transit.header, transit.data
        segment = make_tcp(header.version, header.destination, header.source, int.from_bytes(data[2:4], "big"),
                           int.from_bytes(data[:2], "big"), flags=RST | 0x10,
                           acknowledgement=int.from_bytes(data[4:8], "big") + 1 & 0xFFFFFFFF, window=0)
        answer = ip_packet(header.destination, header.source, IpProtocol.TCP, segment)
        self._end(transit, "reset in the place of the destination")
        return self._first(transit.node, [Transit(transit.node, answer, transit.at_ns, len(answer))])

    def _redirect(self, transit: Transit, better: str) -> list[Transit]:
        source = self._error_source(transit)
        message = icmp_packet(source, transit.header.source, 5, 1, packed(better) + transit.packet[:28])
        return [Transit(transit.node, message, transit.at_ns, len(message))]

    def _refuse(self, transit: Transit, *why) -> list[Transit]:
        return self._first(transit.node, super()._refuse(transit, *why))

    def _receive(self, transit: Transit) -> list[Transit]:
        return self._first(transit.node, super()._receive(transit))

    def _first(self, node: str, made: list[Transit]) -> list[Transit]:
        for each in made:
            each.ttl = self._twists.first_ttls.get(node, each.ttl)
        return made


class Situation(Record):
    """What there is, and what is tried; `kind` says why it was made."""

    kind: str
    topology: Topology
    twists: Twists
    command: str
    open_ports: tuple = ()
    is_stepped: bool = False


class Walk:
    """One packet: the nodes it visited, where it ended and why."""

    def __init__(self, passages):
        self.first = passages[0]
        self.ended_ns = passages[-1].arrives_ns
        self.nodes = [each.node for each in passages if each.to is not None]
        self.nodes += [passages[-1].to if passages[-1].to is not None else passages[-1].node]
        self.nodes = [node for node, before in zip(self.nodes, [None, *self.nodes]) if node != before]
        self.why = passages[-1].end
        self.header = read_header(passages[0].packet)

    @property
    def routers(self) -> int:
        """How many it crossed: those between its maker and its end."""
        return max(0, len(self.nodes) - 2)


class Truth:
    """A situation that was played: `text` is what the program printed itself, `story` the explanation on one line."""

    def __init__(self, situation: Situation, played, passages):
        self.situation, self.topology, self.twists = situation, situation.topology, situation.twists
        self.text, _, story = played.stdout.partition(MARK)
        self.text += played.stderr
        self.drawing = story.partition("\n 1. ")[0]
        self.items = items_of(story)
        self.story = " ".join(story.split())
        self.packets = [packet for packet in played.packets if not is_name_question(packet)]
        self.sent = [read_header(packet) for packet in self.packets]
        self.destination = self.sent[0].destination if self.sent else ""
        journeys: dict[int, dict[int, list]] = {}
        for passage in passages:
            journeys.setdefault(passage.probe, {}).setdefault(passage.journey, []).append(passage)
        self.walks = {probe: [Walk(way) for way in ways.values()] for probe, ways in journeys.items()}

    def owner(self, address: str) -> str | None:
        return self.topology.owner(address)

    def probes(self, ttl: int | None = None) -> list[Walk]:
        """The walks of the probes with this TTL (None: of all)."""
        return [walks[0] for walks in self.walks.values() if ttl in (None, walks[0].header.ttl)]

    def answers(self, address: str, ttl: int | None = None) -> list[Walk]:
        """The walks of what `address` sent about probes with this TTL."""
        return [walk for walks in self.walks.values() if ttl in (None, walks[0].header.ttl)
                for walk in walks[1:] if walk.header.source == address]


def is_name_question(packet: bytes) -> bool:
    """Whether it asks a name server for an address, before the program begins."""
    header = read_header(packet)
    behind = packet[header.header_bytes:]
    return header.protocol == IpProtocol.UDP and behind[2:4] == b"\0\x35"


def stepped_clock():
    """Somebody sets the wall clock, an hour on and back, at each look."""
    looks, wall_ns = numbers(), VirtualClock.wall_ns
    return patch.object(VirtualClock, "wall_ns", lambda clock: wall_ns(clock) + HOUR_NS * (next(looks) % 2))


def items_of(story: str) -> list[str]:
    """The numbered paragraphs of an explanation."""
    items: list[str] = []
    for line in story.splitlines():
        number, dot, rest = line.strip().partition(". ")
        if dot and number.isdigit() and line.startswith(f"{number:>2}. "):
            items.append(rest)
        elif items:
            items[-1] += " " + line.strip()
    return items


def play(situation: Situation, seed: int = 0) -> Truth:
    """Run the command on the first node."""
    passages: list = []
    with stepped_clock() if situation.is_stepped else nullcontext():
        played = simulate(situation.command, situation.topology, seed=seed, open_ports=situation.open_ports,
                          internet=partial(TwistedInternet, situation.twists, passages.append))
    return Truth(situation, played, passages)
