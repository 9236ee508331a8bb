"""Situations on the network in memory in which the cause of everything is known, made by chance from a seed.

A situation is a topology, what its nodes do beyond what a topology can say (`Twists`), and a command.  `play` runs the
command with --explain and gives what it printed with what every packet did (`Truth`).
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from itertools import count as numbers
from random import Random
from unittest.mock import patch

from netlite.lab.memory.services import RST, SYN
from netlite.lab.memory.transit import Transit
from netlite.lab.memory.virtual_clock import HOUR_NS, VirtualClock
from netlite.lab.memory.witness import WitnessedInternet
from netlite.lab.scene.parts import REJECT_CODES, Action, Node, Rule, StaticRoute, Wire
from netlite.lab.scene.topology import Topology
from netlite.packets.ip import read_header
from netlite.packets.templates import make_echo
from netlite.packets.transport import make_tcp
from netlite.packets.wire_format import icmp_packet, ip_packet, packed
from netlite.programs.simulate import simulate
from netlite.records.family import IpProtocol
from netlite.records.record import Record

MILLISECOND_NS = 1_000_000
USUAL_TTLS = (64, 128, 255)
MARK = "\n=== Explained ===\n"
NOBODY = {4: "198.18.{}.77", 6: "2001:db8:{}::77"}


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


def situations(count: int, seed: int = 0, kinds=None):
    """So many of them, each kind in turn."""
    chance, kinds = Random(seed), kinds or KINDS
    for number in range(count):
        yield kinds[number % len(kinds)](chance)


def path(chance: Random, least: int = 1, most: int = 4, delays: bool = True, **nodes) -> tuple[list[Node], list[Wire]]:
    """A chain of routers between client and server."""
    names = ["client", *(f"r{number}" for number in range(1, chance.randint(least, most) + 1)), "server"]
    made = [Node(name, forwards=name.startswith("r"), **nodes.get(name, {})) for name in names]
    wires = [Wire(pair, delay_ns=chance.choice((0, 20_000, 3, 200, 5000)) * 1000 if delays else 0)
             for pair in zip(names, names[1:])]
    return made, wires


def changed(nodes: list[Node], name: str, **what) -> list[Node]:
    return [node.replace(**what) if node.name == name else node for node in nodes]


def probing(chance: Random, target: str = "server", versions=(4, 6)) -> str:
    """A command that goes there."""
    version = chance.choice(versions)
    return chance.choice((
        f"ping -{version} -n -c{chance.randint(1, 3)} -W1 --explain {target}",
        f"traceroute -{version} -n -q{chance.randint(1, 3)} -w1 -m8 --explain {target}",
        f"traceroute -{version} -n -I -q2 -w1 -m8 --explain {target}",
        f"traceroute -{version} -n --paris {chance.choice(('', '-I '))}-N{chance.choice((1, 4, 16))} -q2 -w1 -m8 --explain {target}",
        f"traceroute -{version} -n -T -q1 -w1 -m8 --explain {target}",
        f"traceroute -{version} -n -f{chance.randint(2, 4)} -q1 -w1 -m8 --explain {target}",
        f"tracepath -{version} -n -m8 --explain {target}"))


def rejected(chance: Random) -> Situation:
    nodes, wires = path(chance)
    who = chance.choice(nodes[1:]).name
    code = chance.choice(list(REJECT_CODES.values()))
    rule = Rule(Action.REJECT, chance.choice((None, 1, 17)), destination="server", codes=code)
    return Situation("rejected", Topology(changed(nodes, who, rules=(rule,)), wires), Twists(), probing(chance))


def dropped(chance: Random) -> Situation:
    nodes, wires = path(chance)
    rule = Rule(Action.DROP, chance.choice((None, 1, 6, 17)))
    nodes = changed(nodes, chance.choice(nodes[1:]).name, rules=(rule,))
    return Situation("dropped", Topology(nodes, wires), Twists(), probing(chance))


def plain(chance: Random) -> Situation:
    nodes, wires = path(chance)
    return Situation("plain", Topology(nodes, wires), Twists(), probing(chance), (("server", 80),) * chance.randint(0, 1))


def nobody(chance: Random) -> Situation:
    nodes, wires = path(chance)
    version = chance.choice((4, 6))
    target = NOBODY[version].format(chance.choice((len(wires), len(wires), 1)))
    return Situation("nobody there", Topology(nodes, wires), Twists(), probing(chance, target, (version,)))


def no_route(chance: Random) -> Situation:
    nodes, wires = path(chance, 2)
    version = chance.choice((4, 6))
    target = "203.0.113.9" if version == 4 else "2001:db8:ffff::9"
    return Situation("no route", Topology(nodes, wires), Twists(), probing(chance, target, (version,)))


def odd_ttls(chance: Random) -> Situation:
    nodes, wires = path(chance)
    ttls = {node.name: chance.choice((30, 32, 60, 64, 100, 128, 200, 255)) for node in nodes}
    return Situation("first TTLs", Topology(nodes, wires), Twists(first_ttls=ttls), probing(chance),
                     (("server", 80),) * chance.randint(0, 1))


def reset_on_the_way(chance: Random) -> Situation:
    nodes, wires = path(chance)
    who = chance.choice(nodes[1:-1]).name
    command = f"traceroute -{chance.choice((4, 6))} -n -T -q{chance.randint(1, 2)} -w1 -m8 --explain server"
    return Situation("reset", Topology(nodes, wires), Twists(resets=who), command)


def redirected(chance: Random) -> Situation:
    nodes, wires = path(chance, 2)
    nodes = changed(nodes, "r1", routes=(StaticRoute("server", "r2"),))
    return Situation("redirect", Topology(nodes, wires), Twists(redirects=("r1", "198.18.1.9")),
                     probing(chance, versions=(4,)))


def silent(chance: Random) -> Situation:
    nodes, wires = path(chance, 2)
    return Situation("silent", Topology(changed(nodes, chance.choice(nodes[1:]).name, silent=True), wires), Twists(),
                     probing(chance))


def limited(chance: Random) -> Situation:
    nodes, wires = path(chance)
    who = chance.choice(nodes[1:-1]).name
    nodes = changed(nodes, who, icmp_interval_ns=chance.choice((1, 10)) * 1000 * MILLISECOND_NS)
    return Situation("rate limit", Topology(nodes, wires), Twists(), "traceroute -n -q9 -w1 -m6 --explain server")


def asymmetric(chance: Random) -> Situation:
    nodes, wires = path(chance, 2, 3)
    last, more = nodes[-2].name, [Node(f"b{number}", True) for number in range(1, chance.randint(2, 4))]
    names = [last, *(node.name for node in more), "r1"]
    nodes = changed(nodes, last, routes=(StaticRoute("client", more[0].name),))
    more = [node.replace(routes=(StaticRoute("client", after),)) for node, after in zip(more, names[2:])]
    wires += [Wire(pair, delay_ns=chance.choice((0, 3, 30)) * MILLISECOND_NS) for pair in zip(names, names[1:])]
    return Situation("asymmetric", Topology([*nodes, *more], wires), Twists(), probing(chance))


def loop(chance: Random) -> Situation:
    nodes, wires = path(chance, 2)
    place = chance.randint(2, len(nodes) - 2)
    back = changed(nodes, nodes[place].name, routes=(StaticRoute("server", nodes[place - 1].name),))
    return Situation("loop", Topology(back, wires), Twists(), probing(chance))


def narrow(chance: Random) -> Situation:
    nodes, wires = path(chance, 1)
    place = chance.randint(1, len(wires) - 1)
    wires[place] = wires[place].replace(mtu_bytes=chance.choice((1280, 1400, 1492)))
    if chance.random() < 0.4:
        nodes = changed(nodes, nodes[place].name, black_hole=True)
    version = chance.choice((4, 6))
    command = chance.choice((f"tracepath -{version} -n -m6 --explain server",
                             f"ping -{version} -n -c2 -W1 -M do -s{chance.choice((1300, 1400, 1452))} --explain server"))
    return Situation("narrow", Topology(nodes, wires), Twists(), command)


def shaky(chance: Random) -> Situation:
    nodes, wires = path(chance)
    jitter_ns = chance.choice((50_000, 500_000, 5 * MILLISECOND_NS, 60 * MILLISECOND_NS))
    place = chance.randrange(len(wires))
    wires[place] = wires[place].replace(jitter_ns=jitter_ns, loss=chance.choice((0, 0, 0.3)))
    return Situation("jitter", Topology(nodes, wires), Twists(), probing(chance))


def doubled(chance: Random) -> Situation:
    nodes, wires = path(chance)
    place = chance.randrange(len(wires))
    wires[place] = wires[place].replace(duplicates=0.7)
    return Situation("duplicates", Topology(nodes, wires), Twists(), f"ping -{chance.choice((4, 6))} -n -c3 --explain server")


def cut(chance: Random) -> Situation:
    nodes, wires = path(chance)
    command = f"ping -{chance.choice((4, 6))} -n -c2 -i0.2 -s{chance.choice((2000, 3000, 4433))} --explain server"
    return Situation("fragments", Topology(nodes, wires), Twists(), command)


def own(chance: Random) -> Situation:
    nodes, wires = path(chance)
    target = chance.choice(("127.0.0.1", "127.0.0.1", "::1", "client", "198.18.1.1", "2001:db8:1::1"))
    version = 6 if ":" in target else 4
    return Situation("own", Topology(nodes, wires), Twists(), probing(chance, target, (version,)))


def group(chance: Random) -> Situation:
    nodes, wires = path(chance)
    target, version, here, there = chance.choice((
        ("ff02::1%eth0", 6, "2001:db8:1::1", "2001:db8:1::{}"), ("224.0.0.1", 4, "198.18.1.1", "198.18.1.{}"),
        ("255.255.255.255", 4, "198.18.1.1", "198.18.1.{}"), ("198.18.1.255", 4, "198.18.1.1", "198.18.1.{}")))
    broadcast = target.endswith("255")
    members = [(there.format(2 + number), chance.randint(1, 900) * 1000, 64) for number in range(chance.randint(2, 4))]
    members += [] if broadcast else [(here, 1000, 64)]
    chance.shuffle(members)
    command = f"ping -{version} {'-b ' * broadcast}-n -c2 -i0.2 --explain {target}"
    return Situation("group", Topology(nodes, wires), Twists(members={target.partition("%")[0]: tuple(members)}), command)


def neighbour(chance: Random) -> Situation:
    nodes, wires = path(chance)
    twists = Twists(members={"fe80::2": (("fe80::2", 40_000, 64),)})
    return Situation("link-local", Topology(nodes, wires), twists, "ping -6 -n -c2 -i0.2 --explain fe80::2%eth0")


def translated(chance: Random) -> Situation:
    nodes, wires = path(chance, 2)
    place = chance.randint(1, len(nodes) - 2)
    nodes = changed(nodes, nodes[place].name, masquerades=(nodes[place + 1].name,))
    return Situation("masquerade", Topology(nodes, wires), Twists(), probing(chance))


def stepped(chance: Random) -> Situation:
    nodes, wires = path(chance)
    return Situation("stepped clock", Topology(nodes, wires), Twists(), probing(chance), is_stepped=True)


def overtaken(chance: Random) -> Situation:
    nodes, wires = path(chance)
    place = chance.randrange(len(wires))
    wires[place] = wires[place].replace(delay_ns=chance.choice((1, 30)) * MILLISECOND_NS, reordering=0.4)
    command = f"ping -{chance.choice((4, 6))} -n -c5 -i{chance.choice((0.01, 0.2))} --explain server"
    return Situation("reordering", Topology(nodes, wires), Twists(), chance.choice((command, probing(chance))))


def sized(chance: Random) -> Situation:
    """Packets of many sizes, on ways with narrow wires and holes."""
    nodes, wires = path(chance, 1)
    for place in range(1, len(wires)):
        wires[place] = wires[place].replace(mtu_bytes=chance.choice((1500, 1500, 1492, 1400, 1280)))
    if chance.random() < 0.4:
        nodes = changed(nodes, chance.choice(nodes[1:-1]).name, black_hole=True)
    if chance.random() < 0.2:
        wires[0] = wires[0].replace(loss=0.2)
    return Situation("sizes", Topology(nodes, wires), Twists(), f"mtu -{chance.choice((4, 6))} -n --explain server")


def watched(chance: Random) -> Situation:
    """Round after round to all hops, on ways that vary, lose, refuse or stay silent."""
    situation = chance.choice((plain, dropped, rejected, silent, shaky, asymmetric, loop, odd_ttls))(chance)
    command = f"watch -{chance.choice((4, 6))} -n -c{chance.randint(1, 3)} -i0.2 -Z1 -m6 --explain server"
    return situation.replace(command=command)


KINDS = (rejected, dropped, rejected, nobody, plain, no_route, odd_ttls, reset_on_the_way, redirected, silent, limited,
         asymmetric, loop, narrow, shaky, doubled, cut, own, group, neighbour, translated,
         stepped, overtaken, sized, watched)
