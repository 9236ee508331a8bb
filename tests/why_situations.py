"""Situations for `netlite why`: something is broken on the network in memory, by chance from a seed, and known.

`play` runs the diagnosis with --explain, and gives what it said with what every packet did (`Truth`).
"""

from __future__ import annotations

import json
from functools import partial
from random import Random

from situations import changed, path
from truth import MILLISECOND_NS, TwistedInternet, Twists, Walk, items_of

from netlite.lab.memory.lab import MemoryLab
from netlite.lab.memory.stuck import hold
from netlite.lab.scene.labels import STUCK, Stuck
from netlite.lab.scene.manners import MANNERS, NAME_MANNERS, Service
from netlite.lab.scene.parts import REJECT_CODES, Action, Node, Rule, StaticRoute, Wire
from netlite.lab.scene.topology import Topology
from netlite.programs.simulate import simulate
from netlite.records.record import Record


class Situation(Record):
    """What there is, what was done to nodes before, which connections stood, and what is asked; `kind` says why it was
    made."""

    kind: str
    topology: Topology
    ask: str
    twists: Twists = Twists()
    done: tuple[tuple[str, str], ...] = ()
    connections: tuple[Stuck, ...] = ()


class Truth:
    """A diagnosis that was made: its text, paragraphs and document, and the walks of all packets."""

    def __init__(self, situation: Situation, lab: MemoryLab, played, document, passages):
        self.situation, self.topology, self.lab, self.twists = situation, lab.topology, lab, situation.twists
        self.text, _, story = played.stdout.partition("\n=== Explained ===\n")
        self.items, self.document, self.status = items_of(story), document, played.status
        words = situation.ask.split()[-1].split(":") if situation.ask else []
        self.host = words[0] if words and not words[0].startswith("-") else None
        self.port = int(words[1]) if len(words) == 2 else None
        journeys: dict[int, dict[int, list]] = {}
        for passage in passages:
            journeys.setdefault(passage.probe, {}).setdefault(passage.journey, []).append(passage)
        self.walks = {probe: [Walk(way) for way in ways.values()] for probe, ways in journeys.items()}

    def owner(self, address: str) -> str | None:
        return self.topology.owner(address)

    def owner_of_name(self, name: str) -> str | None:
        """The node that a name stands for."""
        return name if name in self.topology.nodes else next((each for each in self.topology.nodes if f"{each}.lab" == name), None)

    def probes(self, address: str | None = None, protocol: tuple[int, ...] = ()) -> list[list[Walk]]:
        """What left for an address (None: for any) by these protocols, each with what came of it."""
        return [ways for ways in self.walks.values() if address in (None, ways[0].header.destination)
                and (not protocol or ways[0].header.protocol in protocol)]


def play(situation: Situation, seed: int = 0) -> Truth:
    """Run it as text, and in a lab of its own as JSON."""
    passages: list = []
    found = []
    for words, tell in ((f"why --explain {situation.ask}", passages.append), (f"why --json {situation.ask}", lambda each: None)):
        lab = MemoryLab(situation.topology)
        for connection in situation.connections:
            hold(connection, lab)
        for node, command in situation.done:
            done = simulate(command, situation.topology, node, lab=lab)
            assert not done.status, (command, done.stderr)
        found.append((lab, simulate(words.strip(), situation.topology, "client", lab=lab, seed=seed,
                                    internet=partial(TwistedInternet, situation.twists, tell))))
    (lab, text), (_, document) = found
    return Truth(situation, lab, text, json.loads(document.stdout), passages)


def situations(count: int, seed: int = 0):
    """So many of them, each kind in turn."""
    chance = Random(seed)
    for number in range(count):
        yield KINDS[number % len(KINDS)](chance)


def asking(chance: Random, host: str = "server", port: int | None = None) -> str:
    version = chance.choice(("", "", "-4 ", "-6 "))
    port = chance.choice((None, None, 80, 81)) if port is None else port
    return f"{version}{host}{f':{port}' if port else ''}"


def way(chance: Random, least: int = 1) -> tuple[list[Node], list[Wire]]:
    """A path to a server with a service; some routers are shy, which is no fault."""
    nodes, wires = path(chance, least)
    wires = [wire.replace(delay_ns=min(wire.delay_ns, MILLISECOND_NS)) for wire in wires]
    nodes = changed(nodes, "server", services=(Service(80),))
    if chance.random() < 0.3:
        shy = chance.choice(({"silent": True}, {"icmp_interval_ns": 1000 * MILLISECOND_NS}))
        nodes = changed(nodes, chance.choice(nodes[1:-1]).name, **shy)
    return nodes, wires


def made(kind: str, chance: Random, nodes, wires, **more) -> Situation:
    return Situation(kind, Topology(nodes, wires), more.pop("ask", asking(chance)), **more)


def well(chance: Random) -> Situation:
    nodes, wires = way(chance)
    place = chance.randrange(len(wires))
    wires[place] = wires[place].replace(**chance.choice((
        {}, {"mtu_bytes": 1400}, {"duplicates": 0.5}, {"reordering": 0.3}, {"jitter_ns": 20 * MILLISECOND_NS})))
    return made("well", chance, nodes, wires)


def filtered(chance: Random) -> Situation:
    nodes, wires = way(chance)
    who = chance.choice(nodes[1:]).name
    rule = Rule(chance.choice((Action.DROP, Action.REJECT)), chance.choice((None, None, 1, 6, 17)), chance.choice((None, 80, None)),
                chance.choice(("server", f"198.18.{len(wires)}.2/32", f"2001:db8:{len(wires)}::2/128", None)),
                chance.choice(list(REJECT_CODES.values())))
    if rule.port is not None:
        rule = rule.replace(protocol=6)
    return made("filtered", chance, changed(nodes, who, rules=(rule,)), wires)


def twice_filtered(chance: Random) -> Situation:
    first, nodes = filtered(chance), []
    for node in first.topology.nodes.values():
        other = Rule(chance.choice((Action.DROP, Action.REJECT)), chance.choice((1, 6, 17)), None, "server")
        nodes.append(node.replace(rules=(*node.rules, other)) if node.name != "client" and chance.random() < 0.5 else node)
    return first.replace(kind="twice filtered", topology=Topology(nodes, first.topology.wires))


def lossy(chance: Random) -> Situation:
    nodes, wires = way(chance)
    for _ in range(chance.choice((1, 1, 2))):
        place = chance.randrange(len(wires))
        wires[place] = wires[place].replace(loss=chance.choice((0.01, 0.05, 0.15, 0.3, 0.6, 1.0)))
    return made("lossy", chance, nodes, wires)


def slow(chance: Random) -> Situation:
    nodes, wires = way(chance)
    place = chance.randrange(len(wires))
    wires[place] = wires[place].replace(delay_ns=chance.choice((90, 120, 400)) * MILLISECOND_NS)
    return made("slow", chance, nodes, wires)


def hole(chance: Random) -> Situation:
    nodes, wires = way(chance)
    place = chance.randint(1, len(wires) - 1)
    wires[place] = wires[place].replace(mtu_bytes=chance.choice((1280, 1400, 1492)))
    return made("hole", chance, changed(nodes, nodes[place].name, black_hole=True), wires)


def loop(chance: Random) -> Situation:
    nodes, wires = way(chance, 2)
    place = chance.randint(2, len(nodes) - 2)
    back = changed(nodes, nodes[place].name, routes=(StaticRoute("server", nodes[place - 1].name),))
    return made("loop", chance, back, wires)


def no_way_back(chance: Random) -> Situation:
    nodes, wires = way(chance, 2)
    place = chance.randint(2, len(nodes) - 2)
    routes = tuple([StaticRoute(prefix, nodes[place + 1].name) for prefix in ("198.18.1.0/24", "2001:db8:1::/64")])
    return made("no way back", chance, changed(nodes, nodes[place].name, routes=routes), wires)


def asymmetric(chance: Random) -> Situation:
    nodes, wires = way(chance, 2)
    last = nodes[-2].name
    nodes = [*changed(nodes, last, routes=(StaticRoute("client", "b1"),)), Node("b1", True, routes=(StaticRoute("client", "r1"),))]
    back = Wire(("b1", "r1"), loss=chance.choice((0, 0.2, 1.0)))
    return made("asymmetric", chance, nodes, [*wires, Wire((last, "b1")), back])


def equal_ways(chance: Random) -> Situation:
    nodes = [Node("client"), Node("r1", True, routes=(StaticRoute("server", "a"), StaticRoute("server", "b"))), Node("a", True),
             Node("b", True), Node("r2", True), Node("server", services=(Service(80),))]
    broken = chance.choice((None, "a", "b"))
    wires = [Wire(pair, loss=1.0 if broken in pair and "r2" in pair else 0.0) for pair in (
        ("client", "r1"), ("r1", "a"), ("r1", "b"), ("a", "r2"), ("b", "r2"), ("r2", "server"))]
    return made("equal ways", chance, nodes, wires)


def nobody(chance: Random) -> Situation:
    nodes, wires = way(chance)
    place = chance.choice((1, len(wires)))
    host = chance.choice((f"198.18.{place}.77", f"2001:db8:{place}::77", "203.0.113.9", "2001:db8:ffff::9"))
    return made("nobody", chance, nodes, wires, ask=host)


def at_home(chance: Random) -> Situation:
    """Something is done to the client, or to its gateway."""
    nodes, wires = way(chance)
    done = chance.choice((
        "client: ifconfig eth0 down", "r1: ifconfig eth0 down", "client: ifconfig eth0 0.0.0.0", "client: route del default",
        "client: route -A inet6 del ::/0 metric 1024", "client: ifconfig eth0 mtu 1000", "r1: ifconfig eth0 198.18.1.9",
        f"client: route add -host 198.18.{len(wires)}.2 reject", f"client: route add -host 198.18.{len(wires)}.2 gw 198.18.1.77",
        "client: arp -s 198.18.1.2 02:00:00:00:99:99", "r1: ifconfig eth0:1 198.18.1.1 netmask 255.255.255.0"))
    ask = chance.choice((asking(chance), asking(chance), ""))
    return made("at home", chance, nodes, wires, ask=ask, done=(tuple(done.split(": ", 1)),))


def own_filter(chance: Random) -> Situation:
    nodes, wires = way(chance)
    rule = Rule(Action.DROP, chance.choice((None, 1, 6)), outgoing=chance.random() < 0.5,
                destination=None if chance.random() < 0.6 else "198.18.1.1/32")
    if rule.outgoing:
        rule = rule.replace(destination=None)
    return made("own filter", chance, changed(nodes, "client", rules=(rule,)), wires)


def services(chance: Random) -> Situation:
    nodes, wires = way(chance)
    nodes = changed(nodes, "server", services=(Service(8080, chance.choice(MANNERS)),))
    return made("services", chance, nodes, wires, ask=asking(chance, port=chance.choice((8080, 8080, 81))))


def reset(chance: Random) -> Situation:
    """Somebody resets in the place of a host that may be behind a filter."""
    nodes, wires = way(chance, 2)
    if chance.random() < 0.6:
        nodes = changed(nodes, nodes[-2].name, rules=(Rule(Action.DROP, destination="server"),))
    return made("reset", chance, nodes, wires, ask=asking(chance, port=80), twists=Twists(resets="r1"))


def names(chance: Random) -> Situation:
    manners = [chance.choice((*NAME_MANNERS, "answers", "answers")) for _ in range(2)]
    nodes = [Node("client"), Node("r1", True), Node("server", services=(Service(80),)),
             *[Node(f"ns{number}", names=manner) for number, manner in enumerate(manners, 1)]]
    wires = [Wire(pair, loss=chance.choice((0, 0, 0.4, 1.0)) if "ns" in pair[1] else 0.0) for pair in (
        ("client", "r1"), ("r1", "server"), ("r1", "ns1"), ("r1", "ns2"))]
    ask = chance.choice((asking(chance, "server.lab"), asking(chance, "server.lab"), "nobody.lab", ""))
    return made("names", chance, nodes, wires, ask=ask)


def translated(chance: Random) -> Situation:
    nodes, wires = way(chance, 2)
    place = chance.randint(1, len(nodes) - 2)
    return made("masquerade", chance, changed(nodes, nodes[place].name, masquerades=(nodes[place + 1].name,)), wires)


def queues(chance: Random) -> Situation:
    nodes, wires = way(chance)
    if chance.random() < 0.5:
        nodes = changed(nodes, nodes[-2].name, rules=(Rule(Action.DROP, 6, 9),))
    return made("queues", chance, nodes, wires, connections=(Stuck("client", "server", 9, chance.choice(STUCK)),))


def odd_ttls(chance: Random) -> Situation:
    first = chance.choice((filtered, lossy, well, services))(chance)
    ttls = {name: chance.choice((30, 60, 64, 100, 128, 255)) for name in first.topology.nodes}
    return first.replace(kind=f"{first.kind}, odd TTLs", twists=Twists(first_ttls=ttls))


def some_refused(chance: Random) -> Situation:
    """One of two equal ways refuses."""
    nodes = equal_ways(chance).topology.nodes
    rule = Rule(Action.REJECT, chance.choice((None, 6, 17, 6, 17)), codes=chance.choice(list(REJECT_CODES.values())))
    nodes = changed(list(nodes.values()), chance.choice(("a", "b", "a", "r2")), rules=(rule,))
    wires = [Wire(pair) for pair in (("client", "r1"), ("r1", "a"), ("r1", "b"), ("a", "r2"), ("b", "r2"), ("r2", "server"))]
    return made("some refused", chance, nodes, wires)


def far_refusal(chance: Random) -> Situation:
    """Nearer somebody drops what is no connection, farther somebody refuses connections."""
    nodes, wires = way(chance, 2)
    near = chance.randint(1, len(nodes) - 3)
    drops = tuple([Rule(Action.DROP, protocol, destination="server") for protocol in chance.choice(((1, 17), (1,), (1, 17)))])
    rule = Rule(Action.REJECT, 6, None, "server", chance.choice(list(REJECT_CODES.values())))
    nodes = changed(changed(nodes, nodes[near].name, rules=drops), nodes[chance.randint(near + 1, len(nodes) - 1)].name, rules=(rule,))
    return made("far refusal", chance, nodes, wires)


KINDS = (well, filtered, twice_filtered, filtered, lossy, slow, hole, loop, no_way_back, asymmetric, equal_ways, nobody, at_home,
         own_filter, services, reset, names, translated, queues, odd_ttls, some_refused, far_refusal)
