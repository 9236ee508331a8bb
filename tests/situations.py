"""Situations on the network in memory in which the cause of everything is known, made by chance from a seed (`truth.Situation`)."""

from __future__ import annotations

from random import Random

from truth import MILLISECOND_NS, Situation, Twists

from netlite.lab.scene.parts import REJECT_CODES, Action, Node, Rule, StaticRoute, Wire
from netlite.lab.scene.topology import Topology

USUAL_TTLS = (64, 128, 255)
NOBODY = {4: "198.18.{}.77", 6: "2001:db8:{}::77"}


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
