"""Changing a running lab of namespaces to another topology: what a fault breaks, and its mending.

Runs in a process of its own inside the lab, started by `namespaces.Lab.change`; see `builder` why.
Nodes, wires and addresses stay; rules, routes, settings and MTUs become those of the new topology.
"""

from __future__ import annotations

import pickle
import sys

from ..scene.topology import Topology
from . import syscalls
from .builder import route_request
from .filters import install, rules_of, unplayed
from .rtnetlink import load_no_more_than_asked
from .settings import EVERYWHERE, settings_of, write_setting


def change(old: Topology, new: Topology, namespaces: dict[str, int], played: tuple[int, ...]) -> None:
    """Make of the lab of `old` one of `new`; `namespaces` are descriptors by node name, `played` as in `unplayed`."""
    filtered, filtering = unplayed(old, played), unplayed(new, played)
    for name in new.nodes:
        syscalls.setns(namespaces[name], syscalls.CLONE_NEWNET)
        before, after = old.nodes[name], new.nodes[name]
        if rules_of(filtered, before) != rules_of(filtering, after):
            install(filtering, after)
        settings, others = settings_of(before), settings_of(after)
        for key in {*settings, *others}:
            if settings.get(key) != others.get(key):
                write_setting(key, others.get(key, EVERYWHERE.get(key, "0")))
        _change_kernel(old, new, name)


def _change_kernel(old: Topology, new: Topology, name: str) -> None:
    """Routes and MTUs of one node, in whose namespace we are."""
    from pyroute2.iproute import IPRoute

    gone, come = [], []
    for version in (4, 6):
        before, after = old.table(name, version), new.table(name, version)
        gone += [route for route in before if route.gateway is not None and route not in after]
        come += [route for route in after if route.gateway is not None and route not in before]
    mtus = [(port.device, port.wire.mtu_bytes) for port, was in zip(new.interfaces(name), old.interfaces(name))
            if port.wire.mtu_bytes != was.wire.mtu_bytes]
    if not (gone or come or mtus):
        return
    with IPRoute() as kernel:
        for route in gone:
            kernel.route("del", **route_request(route))
        for route in come:
            kernel.route("add", **route_request(route))
        for device, mtu_bytes in mtus:
            kernel.link("set", index=kernel.link_lookup(ifname=device)[0], mtu=mtu_bytes)


def main() -> None:
    """Read the arguments of `change` pickled from stdin."""
    load_no_more_than_asked()
    change(*pickle.load(sys.stdin.buffer))
