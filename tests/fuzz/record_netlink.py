"""Writes tests/fixtures/fuzz/netlink.txt: what the kernel answers about random nodes, the corpus of the netlink targets.

``unshare -n .venv/bin/python tests/fuzz/record_netlink.py`` as root: changes the namespace that it runs in.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import players  # noqa: F401 - the search path
import stage
from random_nodes import random_node

from netlite.errors import KernelRefused
from netlite.lab.kernel import syscalls
from netlite.system.netlink import compiled
from netlite.system.netlink.channel import ROUTE, SOCK_DIAG, Channel, DumpInterrupted
from netlite.system.sockets import sock_diag

FILE = Path(__file__).resolve().parents[1] / "fixtures" / "fuzz" / "netlink.txt"
ROUTE_DUMPS = {
    "links": (compiled.RTM_GETLINK, compiled.LINKS_REQUEST), "addresses4": (compiled.RTM_GETADDR, compiled.ADDRESSES4_REQUEST),
    "routes4": (compiled.RTM_GETROUTE, compiled.ROUTES4_REQUEST), "neighbours4": (compiled.RTM_GETNEIGH, compiled.NEIGHBOURS4_REQUEST),
    "neighbours6": (compiled.RTM_GETNEIGH, compiled.NEIGHBOURS6_REQUEST), "proxies4": (compiled.RTM_GETNEIGH, compiled.PROXIES4_REQUEST),
    "addresses": (compiled.RTM_GETADDR, compiled.ADDRESS.pack(0, 0, 0, 0, 0)),
    "all4": (compiled.RTM_GETROUTE, compiled.ROUTE.pack(2, 0, 0, 0, 0, 0, 0, 0, 0)),
    "all6": (compiled.RTM_GETROUTE, compiled.ROUTE.pack(10, 0, 0, 0, 0, 0, 0, 0, 0)),
}
NODES, LARGEST_BYTES = 4, 6000


def dumped(protocol: int, kind: int, body: bytes) -> list[bytes]:
    """The chunks of a dump."""
    chunks = []
    with Channel(protocol) as channel:
        try:
            chunks += [bytes(chunk) for chunk in channel.dump(kind, body)]
        except (DumpInterrupted, KernelRefused):
            pass
    return chunks


def node_tables(seed: int) -> list[str]:
    """The lines of a node."""
    stage.set_up(random_node(Random(seed)).lines)
    lines = []
    for name, (kind, body) in ROUTE_DUMPS.items():
        lines += [f"{name} {chunk[:LARGEST_BYTES].hex()}" for chunk in dumped(ROUTE, kind, body)[:1]]
    for name, af, protocol in (("sockets4", 2, 6), ("sockets6", 10, 6), ("sockets4", 2, 17)):
        body = sock_diag.INET_DIAG_REQUEST.pack(af, protocol, 0xFF if name else 0, sock_diag.ALL_STATES, *sock_diag.NO_IDENTITY)
        lines += [f"{name} {chunk[:LARGEST_BYTES].hex()}" for chunk in dumped(SOCK_DIAG, sock_diag.SOCK_DIAG_BY_FAMILY, body)[:1]]
    return lines


def main() -> None:
    """Record each node in a namespace of its own."""
    lines = []
    for seed in range(NODES):
        ours, theirs = os.pipe()
        if not os.fork():
            syscalls.unshare(stage.NEWNET)
            with open(theirs, "w") as stream:
                stream.write("\n".join(node_tables(seed)))
            os._exit(0)
        os.close(theirs)
        with open(ours) as stream:
            lines += stream.read().splitlines()
        os.wait()
    FILE.write_text("\n".join(dict.fromkeys(lines)) + "\n")


if __name__ == "__main__":
    main()
