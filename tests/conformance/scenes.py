"""The scenes of the conformance tests: small labs, the same at every run.

    chain   h1 -1500- r1 -1500- r2 -1400- r3 -1300- h2: wire N is 10.77.N.0/24 and fd77:N::/64, its left
            end .1, its right end .2; devices eth0 (left), eth1 (right), h1 has only eth0.  r2 refuses
            what goes to the addresses of REFUSED.  Names: h1.lab, r1.lab, ...  No TCP or UDP server.
    detours h1 - r1 - r2 - r3 - h2 as above (all wires 1500), where r3 - r1 (wire 5) shortens the way back;
            r1 - s1 (wire 6) - h3 (wire 7): s1 is silent.  r1 and r2 send each other what goes to LOOPING.
    host    h1 and h2 on one wire, for cases that change h1's interfaces.
    alone   h1 and its loopback.
    sockets h1 and h2 on one wire; h1 holds sockets of every kind and state (socket_furniture.py), some of
            another user.
    odd     h1 and r1 on one wire, behind r1 a network of odd_routers.py: 198.51.100.N and 2001:db8:77::N.
    interfaces h1 with interfaces, aliases and link types of every kind (interface_furniture.py), and h2.

To add one, add a `Topology` to SCENES.  What a case needs inside a node beyond that (sockets,
interfaces, processes) it makes with its `before`, or a scene has it made once by `FURNISH`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from capture import Capture
from node_shell import NodeShell
from precedence import NETWORK, promptly
from quick_lab import Lab

from netlite.lab.scene.parts import REJECT_CODES, Action, Node, Rule, StaticRoute, Wire
from netlite.lab.scene.topology import Topology

MTUS = (1500, 1500, 1400, 1300)
FAR = ("203.0.113.0/24", "2001:db8:113::/48")
ODD = ("198.51.100.0/24", "2001:db8:77::/64")
LOOPING = ("203.0.113.64/26", "2001:db8:113::40/122")
REFUSED = {  # last part of the address in FAR: what r2 answers; the kernel's own
    # unreachable routes answer only once a second, a packet filter answers always
    1: "host-unreachable",
    2: "admin-prohibited",
    3: None,
    4: "net-unreachable",
    5: "port-unreachable",
    6: "protocol-unreachable",
    7: "host-prohibited",
    8: "net-prohibited",
}


def _rules() -> tuple[Rule, ...]:
    rules = []
    for number, name in REFUSED.items():
        action = Rule(Action.DROP) if name is None else Rule(Action.REJECT, codes=REJECT_CODES[name])
        rules += [action.replace(destination=f"203.0.113.{number}/32"),
                  action.replace(destination=f"2001:db8:113::{number}/128")]
    return tuple(rules)


def _wire(number: int, left: str, right: str, mtu: int = 1500) -> Wire:
    return Wire((left, right), mtu, ipv4=f"10.77.{number}.0/24", ipv6=f"fd77:{number}::/64")


def _router(name: str, following: str, rules: tuple = ()) -> Node:
    return Node(name, True, rules=rules, routes=tuple(StaticRoute(prefix, following) for prefix in FAR))


def _chain() -> Topology:
    nodes = [Node("h1"), _router("r1", "r2"), _router("r2", "r3", _rules()), Node("r3", True), Node("h2")]
    wires = [_wire(number, nodes[number - 1].name, nodes[number].name, mtu) for number, mtu in enumerate(MTUS, 1)]
    return Topology(nodes, wires, "chain")


def _detours() -> Topology:
    to_r2, to_r1 = ([StaticRoute(prefix, via) for prefix in LOOPING] for via in ("r2", "r1"))
    nodes = [Node("h1"), Node("r1", True, routes=(StaticRoute("h2", "r2"), *to_r2)),
             Node("r2", True, routes=(*to_r1,)), Node("r3", True), Node("h2"),
             Node("s1", True, silent=True), Node("h3")]
    pairs = ("h1 r1", "r1 r2", "r2 r3", "r3 h2", "r3 r1", "r1 s1", "s1 h3")
    return Topology(nodes, [_wire(number, *pair.split()) for number, pair in enumerate(pairs, 1)], "detours")


SCENES = {
    "chain": _chain(),
    "detours": _detours(),
    "host": Topology([Node("h1"), Node("h2")], [_wire(1, "h1", "h2")], "host"),
    "alone": Topology([Node("h1")], [], "alone"),
    "interfaces": Topology([Node("h1"), Node("h2")], [_wire(1, "h1", "h2")], "interfaces"),
    "odd": Topology([Node("h1", routes=tuple(StaticRoute(prefix, "r1") for prefix in ODD)), Node("r1")],
                    [_wire(1, "h1", "r1")], "odd"),
    "sockets": Topology([Node("h1"), Node("h2")], [_wire(1, "h1", "h2")], "sockets"),
}


def _open_sockets(lab) -> None:
    script = Path(__file__).with_name("socket_furniture.py").read_text("utf-8")
    everyones = shutil.which("python3", path="/usr/bin:/bin") or sys.executable  # one that nobody may run
    lab.setting("h1", "net/ipv4/tcp_synack_retries", "100")
    for node, python, words, unprivileged in (("h1", sys.executable, [], False), ("h1", everyones, ["few"], True),
                                              ("h2", sys.executable, ["call"], False)):
        process = lab.popen(node, [python, "-I", "-c", script, *words], stdout=subprocess.PIPE, cwd="/",
                            unprivileged=unprivileged)
        if process.stdout.readline() != b"ready\n":
            raise RuntimeError("the sockets of the scene could not be opened")


def _add_interfaces(lab) -> None:
    script = Path(__file__).with_name("interface_furniture.py").read_text("utf-8")
    lab.run("h1", [sys.executable, "-I", "-c", script], timeout=300)


def _start_odd_routers(lab) -> None:
    script = Path(__file__).with_name("odd_routers.py")
    with promptly(NETWORK):
        process = lab.popen("r1", [sys.executable, "-I", "-S", "-c", script.read_text("utf-8")], stdout=subprocess.PIPE,
                            cwd="/")
    if process.stdout.readline() != b"ready\n":
        raise RuntimeError("the odd routers did not start")


FURNISH = {"sockets": _open_sockets, "interfaces": _add_interfaces, "odd": _start_odd_routers}
"""Scene -> function(lab), called once it is built; may return what to close with the scene."""

ICMP_ECHO_FOR_ALL = {"net/ipv4/ping_group_range": "0 2147483647"}


class World:
    """A scene as it runs."""

    def __init__(self, name: str):
        self.lab = Lab(SCENES[name])
        self._captures: dict[str, Capture] = {}
        self._shells: dict[str, NodeShell] = {}
        self._furniture = FURNISH[name](self.lab) if name in FURNISH else None

    def capture(self, node: str) -> Capture:
        """What listens to the packets leaving a node; one for all cases."""
        if node not in self._captures:
            self._captures[node] = Capture(self.lab, node)
        return self._captures[node]

    def shell(self, node: str) -> NodeShell:
        """What runs the commands around a case in a node; one for all cases."""
        if node not in self._shells:
            self._shells[node] = NodeShell(self.lab, node)
        return self._shells[node]

    def close(self) -> None:
        for capture in self._captures.values():
            capture.close()
        if self._furniture is not None:
            self._furniture.close()
        self.lab.close()
