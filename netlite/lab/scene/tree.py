"""A big Internet: a tree of routers with a client at its root and servers at its leaves."""

from __future__ import annotations

from .parts import Node, Wire
from .topology import Topology

SERVERS = 8
DELAYS_NS = (100_000, 300_000, 700_000, 1_500_000)  # by depth, over and over


def tree(routers: int = 1000, name: str = "tree") -> Topology:
    """client - r1, whose children are r2 and r3, theirs r4 to r7 and so on; server, server2, ... at the last ones.

    A kernel would need minutes for so many route tables; here only those on a packet's way are computed.

    >>> tree(7).route("r3", tree(7).address("server")).via
    'r7'
    """
    leaves = range(routers, max(routers // 2, routers - SERVERS), -1)  # those without children
    servers = {"server" if leaf == routers else f"server{routers - leaf + 1}": leaf for leaf in leaves}
    nodes = [Node("client"), *(Node(each) for each in servers)]
    nodes += [Node(f"r{number}", forwards=True) for number in range(1, routers + 1)]
    wires = [Wire(("client", "r1"))]
    wires += [Wire((f"r{number // 2}", f"r{number}"), delay_ns=DELAYS_NS[number.bit_length() % len(DELAYS_NS)])
              for number in range(2, routers + 1)]
    wires += [Wire((f"r{leaf}", server)) for server, leaf in servers.items()]
    return Topology(nodes, wires, name)
