"""DHCP servers of a scene: the ``[[dhcp]]`` of scene files.

    [[dhcp]]
    node = "r1"
    pool = ["198.18.1.100", "198.18.1.199"]
    lease_s = 3600
"""

from __future__ import annotations

from ipaddress import IPv4Address

from ...engines.dhcp.server import Pool
from ...records.dhcp import FOREVER_S
from .scene_table import Table
from .topology import Topology

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .parts import Interface

LEASE_S = 3600
MOST_ADDRESSES = 65536


def read_pools(table: Table, topology: Topology) -> list[tuple[str, dict[str, Any]]]:
    """The pools of each node that serves, as alterations of nodes.  Raises SceneError."""
    pools: dict[str, tuple[Pool, ...]] = {}
    for row in table.tables("dhcp"):
        node: str = row.take("node", str, required=True)
        if node not in topology.nodes:
            raise row.wrong(f"{row.place}: there is no node {node!r}; nodes: {', '.join(topology.nodes)}", "node")
        pools[node] = (*pools.get(node, ()), _pool(row, topology))
        row.finish()
    return [(node, {"dhcp": found}) for node, found in pools.items()]


def _pool(row: Table, topology: Topology) -> Pool:
    ends = row.texts("pool", required=True)
    if len(ends) != 2:
        raise row.wrong(f"{row.place}: a pool is a first and a last address, not {len(ends)}", "pool")
    first, last = (_address(row, "pool", end) for end in ends)
    ports = [port for node in topology.nodes for port in topology.interfaces(node)
             if IPv4Address(first) in port.network(4)]
    if not ports or IPv4Address(last) not in ports[0].network(4):
        raise row.wrong(f"{row.place}: no wire has a prefix with both {first} and {last}", "pool")
    if not 0 <= int(IPv4Address(last)) - int(IPv4Address(first)) < MOST_ADDRESSES:
        raise row.wrong(f"{row.place}: from {first} to {last} there are no addresses, or too many", "pool")
    lease_s = row.take("lease_s", int, LEASE_S)
    if not 0 < lease_s <= FOREVER_S:
        raise row.wrong(f"{row.place}: a lease is from 1 to {FOREVER_S} seconds", "lease_s")
    routers = [port.ipv4 for port in ports if topology.nodes[port.node].forwards]
    return Pool(str(ports[0].network(4)), first, last, lease_s, _told(row, "router", topology, routers[:1], ports),
                _told(row, "name_server", topology, list(topology.name_servers()), ports))


def _told(row: Table, key: str, topology: Topology, usual: list[str], ports: list[Interface]) -> tuple[str, ...]:
    """The addresses that clients are told: `usual` ones unless there is a node or an address, or "" for none."""
    word = row.take(key, str)
    if word is None:
        return tuple(usual)
    if word in topology.nodes:
        near = [port.ipv4 for port in ports if port.node == word and not port.dhcp]
        found = near or topology.addresses(word, 4)
        if not found:
            raise row.wrong(f"{row.place}: {word} has no IPv4 address of its own", key)
        return (found[0],)
    return (_address(row, key, word),) if word else ()


def _address(row: Table, key: str, text: str) -> str:
    try:
        return str(IPv4Address(text))
    except ValueError:
        raise row.wrong(f"{row.place}: {text!r} is neither a node nor an IPv4 address" if key != "pool" else
                        f"{row.place}: {text!r} is no IPv4 address", key) from None
