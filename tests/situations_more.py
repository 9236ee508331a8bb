"""More situations, made as those of `situations.py`: several ways, what the own kernel refuses, names, groups that are silent."""

from __future__ import annotations

from random import Random

from situations import changed, group, path, probing
from truth import Situation, Twists

from netlite.lab.scene.manners import NAME_MANNERS
from netlite.lab.scene.parts import Action, Node, Rule, StaticRoute, Wire
from netlite.lab.scene.topology import Topology


def equal_ways(chance: Random) -> Situation:
    """Two ways to the same router, of the same length or one longer; back the packets go by one or by both."""
    longer = chance.random() < 0.4
    back = () if longer or chance.random() < 0.5 else (StaticRoute("client", "a"), StaticRoute("client", "b"))
    nodes = [Node("client"), Node("r1", True, routes=(StaticRoute("server", "a"), StaticRoute("server", "b"))), Node("a", True),
             Node("b", True), *([Node("c", True)] if longer else []), Node("r2", True, routes=back), Node("server")]
    pairs = [("client", "r1"), ("r1", "a"), ("r1", "b"), *((("a", "c"), ("c", "r2")) if longer else (("a", "r2"),)), ("b", "r2"), ("r2", "server")]
    return Situation("equal ways", Topology(nodes, [Wire(pair) for pair in pairs]), Twists(), probing(chance))


def kept_in(chance: Random) -> Situation:
    """A filter of the client keeps packets from leaving."""
    nodes, wires = path(chance)
    rule = Rule(Action.DROP, chance.choice((None, 1, 6, 17)), outgoing=True)
    return Situation("kept in", Topology(changed(nodes, "client", rules=(rule,)), wires), Twists(), probing(chance))


def names(chance: Random) -> Situation:
    """Names are in no file, and name servers are as they are."""
    manners = [chance.choice(tuple(NAME_MANNERS)) for _ in range(chance.choice((1, 2)))]
    servers = [f"ns{number}" for number in range(1, len(manners) + 1)]
    nodes = [Node("client"), Node("r1", True), Node("server"), *[Node(name, names=manner) for name, manner in zip(servers, manners)]]
    wires = [Wire(("client", "r1")), Wire(("r1", "server")), *[Wire(("r1", name)) for name in servers]]
    return Situation("names", Topology(nodes, wires), Twists(), probing(chance, chance.choice(("server.lab", "server.lab", "nobody.lab"))))


def nobody_in_group(chance: Random) -> Situation:
    situation = group(chance)
    return situation.replace(kind="nobody in the group", twists=Twists(members=dict.fromkeys(situation.twists.members, ())))


MORE_KINDS = (equal_ways, kept_in, names, nobody_in_group)
