"""Situations of DHCP on the network in memory in which everything is known, made by chance from a seed.

A situation is a topology, how its servers misbehave, and the commands of a host, one after the other.  `play` runs them
with --explain and gives, of each, what it printed with what servers heard and said, and what the host had before and after.
"""

from __future__ import annotations

import json
from random import Random
from types import SimpleNamespace

from netlite.engines.dhcp.server import DhcpServer, Pool
from netlite.lab.memory.dhcp_servers import DhcpServers
from netlite.lab.memory.lab import MemoryLab
from netlite.lab.scene.parts import Node, Wire
from netlite.lab.scene.topology import Topology
from netlite.programs.simulate import simulate
from netlite.records.dhcp import FOREVER_S, DhcpKind, DhcpMessage
from netlite.records.record import Record

S = 1_000_000_000
MOVED = "198.18.1.200", "198.18.1.205"
ODD = ({"lease_s": None}, {"lease_s": 0}, {"server": None}, {"netmask": "255.0.255.0"}, {"yours": "224.0.0.1"},
       {"netmask": None}, {"renew_s": 7, "rebind_s": 9}, {"routers": ("198.18.1.7", "198.18.1.8")}, {"transaction": 5},
       {"said": "go away"}, {"renew_s": 9000, "rebind_s": 9})
"""What a server may say otherwise than it should."""


class Twists(Record):
    """How the servers `nodes` misbehave: `forget_s`: then they lose their bindings; `moves_s`: from then on they give
    other addresses; `gone_s`: from then on they are silent, until `back_s`; `denies`: each REQUEST gets a NAK;
    `changes`: what they say otherwise."""

    nodes: tuple[str, ...] = ("r1", "r2", "server")
    forget_s: int | None = None
    moves_s: int | None = None
    gone_s: int | None = None
    back_s: int | None = None
    denies: bool = False
    changes: dict[str, object] = {}


class Situation(Record):
    """What there is, and what the host does; `kind` says why it was made."""

    kind: str
    topology: Topology
    twists: Twists
    commands: tuple[str, ...]


class Heard(Record):
    """A message that a server heard, and what it said."""

    node: str
    at_ns: int
    own: str
    message: DhcpMessage
    said: DhcpMessage | None
    bindings: dict[str, object]


class WatchedServers(DhcpServers):
    """The servers of a lab, whose work is written down."""

    def __init__(self, twists: Twists):
        super().__init__()
        self._twists, self.heard = twists, []
        self._forgot: set[str] = set()

    def hear(self, topology, node, at_ns, message, own):
        twists, now_ns = self._twists, self.before_ns + at_ns
        odd = node in twists.nodes
        if odd and twists.forget_s is not None and now_ns >= twists.forget_s * S and node not in self._forgot:
            self._servers.pop(node, None)
            self._forgot.add(node)
        here = topology.nodes[node]
        if odd and twists.moves_s is not None and now_ns >= twists.moves_s * S:
            here = here.replace(dhcp=tuple([each.replace(first=MOVED[0], last=MOVED[1]) for each in here.dhcp]))
        before = dict(self._servers[node].bindings) if node in self._servers else {}
        is_gone = odd and twists.gone_s is not None and twists.gone_s * S <= now_ns < (twists.back_s or 1 << 40) * S
        said = None if is_gone else super().hear(SimpleNamespace(nodes={node: here}), node, at_ns, message, own)
        if odd and said is not None and twists.denies and message.kind == DhcpKind.REQUEST:
            said = DhcpServer._deny(message, own, "not today")
        if odd and said is not None and said.kind != DhcpKind.NAK:
            said = said.replace(**twists.changes)
        if topology.nodes[node].dhcp:
            self.heard.append(Heard(node, now_ns, own, message, said, before))
        return said


class Truth:
    """A command that was run: its text, and what servers heard meanwhile; addresses of the host before and after."""

    def __init__(self, situation: Situation, command: str, played, heard, before, after, document):
        self.situation, self.topology, self.command = situation, situation.topology, command
        self.text, self.errors, self.status, self.packets = played.stdout, played.stderr, played.status, played.packets
        self.heard, self.before, self.after, self.document = heard, before, after, document

    def said(self, kind: int, **fields) -> list[DhcpMessage]:
        """What servers said of this kind, with these fields."""
        return [each.said for each in self.heard if each.said is not None and each.said.kind == kind
                and all(getattr(each.said, name) == value for name, value in fields.items())]


def settings_of(lab: MemoryLab, node: str):
    """(address, netmask, default route, name servers) of a host."""
    topology = lab.topology
    rows = json.loads(simulate("ifconfig eth0 --json", topology, node, lab=lab).stdout)
    routes = simulate("route -n", topology, node, lab=lab).stdout
    default = next((line.split()[1] for line in routes.splitlines() if line.startswith("0.0.0.0")), None)
    names = [line.split()[1] for line in (lab.kernel(node).resolver_text or "").splitlines()]
    return rows[0].get("ipv4_addr"), rows[0].get("ipv4_mask"), default, tuple(names)


def play(situation: Situation, seed: int = 0) -> list[Truth]:
    """Run the commands; those of dhcp are told, and once more as JSON in a lab of its own."""
    told = []
    labs = MemoryLab(situation.topology), MemoryLab(situation.topology)
    for lab in labs:
        lab.dhcp = WatchedServers(situation.twists)
    for number, command in enumerate(situation.commands):
        lab, count, before = labs[0], len(labs[0].dhcp.heard), settings_of(labs[0], "client")
        played = simulate(command, situation.topology, "client", lab=lab, seed=seed + number)
        twin = command.replace("--explain", "--json")
        document = simulate(twin, situation.topology, "client", lab=labs[1], seed=seed + number)
        if command.startswith("dhcp"):
            told.append(Truth(situation, command, played, lab.dhcp.heard[count:], before,
                              settings_of(lab, "client"), json.loads(document.stdout)))
    return told


def situations(count: int, seed: int = 0):
    """So many of them, each kind in turn."""
    chance = Random(seed)
    for number in range(count):
        yield KINDS[number % len(KINDS)](chance)


def asking(chance: Random) -> str:
    keep = chance.choice(("", "", f"--keep {chance.choice((5, 100, 700, 2000))} "))
    return f"dhcp --explain {chance.choice(('', '-t 1 '))}{keep}{chance.choice(('', '', '--release '))}eth0"


def wire(chance: Random, ends: tuple[str, str], loss: float = 0.25) -> Wire:
    """One that delays, loses, doubles, or does nothing."""
    made = Wire(ends, delay_ns=chance.choice((0, 1, 40, 700)) * 1_000_000, dhcp=("client",) if "client" in ends else ())
    return made.replace(**chance.choice(({}, {}, {}, {"loss": loss}, {"duplicates": 0.6}, {"jitter_ns": 900_000_000},
                                         {"reordering": 0.5})))


def pool(chance: Random, first: int = 100, last: int = 110, **more) -> Pool:
    lease_s = chance.choice((61, 300, 500, 600, 3600, FOREVER_S))
    given = {"routers": chance.choice((("198.18.1.1",), ())), "name_servers": chance.choice(((), ("198.18.9.9",))), **more}
    return Pool("198.18.1.0/24", f"198.18.1.{first}", f"198.18.1.{last}", lease_s, **given)


def direct(chance: Random, pools=None) -> Topology:
    """One server on the wire."""
    return Topology([Node("client"), Node("r1", True, dhcp=(pool(chance),) if pools is None else pools)],
                    [wire(chance, ("r1", "client"))])


def usual(chance: Random) -> Situation:
    return Situation("usual", direct(chance), Twists(), tuple(asking(chance) for _ in range(chance.randint(1, 3))))


def short(chance: Random) -> Situation:
    """Leases of seconds."""
    lease_s = chance.choice((1, 2, 3, 5, 9))
    return Situation("short", direct(chance, (pool(chance).replace(lease_s=lease_s),)), Twists(),
                     (f"dhcp --explain --keep {chance.choice((4, 12))} eth0",))


def set_by_hand(chance: Random) -> Situation:
    address = chance.choice(("198.18.1.105", "198.18.1.77", "192.168.7.7", "198.18.1.1", "0.0.0.0"))
    first = (asking(chance),) if chance.random() < 0.4 else ()
    return Situation("set by hand", direct(chance), Twists(), (*first, f"ifconfig eth0 {address}", asking(chance)))


def nobody(chance: Random) -> Situation:
    first = chance.choice(((), ("ifconfig eth0 198.18.1.77",), ("ifconfig eth0 192.168.7.7 netmask 255.255.0.0",)))
    return Situation("nobody", direct(chance, ()), Twists(), (*first, asking(chance)))


def full(chance: Random) -> Situation:
    """The pool is the server's own address, and so nothing."""
    return Situation("full", direct(chance, (pool(chance, 1, 1),)), Twists(), (asking(chance),))


def two(chance: Random) -> Situation:
    near, far = pool(chance, 100, chance.choice((110, 160))), pool(chance, 150, 160)
    nodes = [Node("client"), Node("r1", True, dhcp=(near,)), Node("r2", True, dhcp=(far,)), Node("sw", switch=True)]
    topology = Topology(nodes, [wire(chance, (name, "sw")) for name in ("r1", "r2", "client")])
    twists = Twists(("r2",), *chance.choice(((), (), (20,), (None, 9), (None, 9, 400))))
    hand = chance.choice(((), (), ("ifconfig eth0 198.18.1.155",)))
    return Situation("two servers", topology, twists, (asking(chance), *hand, asking(chance)))


def rogue(chance: Random) -> Situation:
    """Two servers, one of which denies."""
    made = two(chance)
    return made.replace(kind="rogue", twists=Twists((chance.choice(("r1", "r2")),), denies=True))


def relay(chance: Random) -> Situation:
    nodes = [Node("client"), Node("r1", True, relay="server"), Node("r2", True), Node("server", dhcp=(pool(chance),))]
    wires = [wire(chance, pair) for pair in (("r1", "client"), ("r1", "r2"), ("r2", "server"))]
    twists = chance.choice((Twists(), Twists(forget_s=50), Twists(gone_s=9), Twists(gone_s=9, back_s=500)))
    return Situation("relay", Topology(nodes, wires), twists, (asking(chance), asking(chance)))


def forgetful(chance: Random) -> Situation:
    at_s = chance.choice((3, 40, 400))
    return Situation("forgetful", direct(chance), chance.choice((Twists(forget_s=at_s), Twists(moves_s=at_s))),
                     (f"dhcp --explain --keep {chance.choice((100, 900, 2900))} eth0", asking(chance)))


def gone(chance: Random) -> Situation:
    back_s = chance.choice((None, 300, 540))
    return Situation("gone", direct(chance), Twists(gone_s=chance.choice((0, 5, 100)), back_s=back_s),
                     (f"dhcp --explain --keep {chance.choice((100, 900, 2900))} eth0",))


def denied(chance: Random) -> Situation:
    return Situation("denied", direct(chance), Twists(denies=True), (asking(chance),))


def odd(chance: Random) -> Situation:
    return Situation("odd", direct(chance), Twists(changes=chance.choice(ODD)), (asking(chance), asking(chance)))


KINDS = (usual, short, set_by_hand, nobody, full, two, rogue, relay, forgetful, gone, denied, odd)
