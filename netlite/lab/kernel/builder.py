"""The process that builds a lab: started, builds, hands the namespaces over, ends.

A process of its own because making namespaces changes the one who makes them: without root it
must enter a user namespace, which only a single-threaded process can, and for good.  What it
leaves are open descriptors of namespaces, sent to the caller over a Unix socket (unix(7),
SCM_RIGHTS).  They are the only thing that keeps the lab alive: when the caller ends, however it
ends, the kernel takes the lab down.
"""

from __future__ import annotations

import os
import pickle
import resource
import signal
import socket
import sys

from ...system.netlink import compiled
from ...system.netlink.channel import ROUTE, Channel
from ..scene.parts import Interface, Route, Wire
from ..scene.topology import Topology
from . import syscalls
from .filters import install, rules_of, unplayed
from .handover import give
from .private_world import enter_private_world, lay_name_files
from .rtnetlink import load_no_more_than_asked
from .settings import EVERYWHERE, FORWARDING, settings_of, write_setting
from .wires import inner_ends

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .settings import Settings

BRIDGE = "br0"  # the device of a switch
INNER = ""  # no node is called so
MOST_BYTES = 65535
IFA_F_NODAD = 0x02  # <linux/if_addr.h>
CPU_S, DATA_BYTES = 120, 2 << 30  # a lab of a thousand nodes takes a tenth; pyroute2 may wait busily for answers


class Builder:
    """Builds one topology; `namespaces` are the descriptors by node name.

    `inner` is the namespace where the inner ends of the wires `played` (numbers from 0) are; none where there are none.
    """

    def __init__(self, topology: Topology, settings: Settings, played: tuple[int, ...] = ()):
        self.topology = topology
        self.played = played
        self.inner: list[int] = []
        self.settings: Settings = {**EVERYWHERE, **settings}
        self.namespaces: dict[str, int] = {}
        self.warnings: list[str] = []
        self._kernel: dict[str, Any] = {}  # pyroute2's IPRoute, which has no types

    def build(self) -> None:
        for name in self.topology.nodes:
            self._make_node(name)
        if self.played:
            self._make_inner()
        for number, wire in enumerate(self.topology.wires):
            self._lay_wire(number, wire)
        filtered = unplayed(self.topology, self.played)
        for name, node in self.topology.nodes.items():
            self._add_routes(name)
            if any(rules_of(filtered, node)):
                syscalls.setns(self.namespaces[name], syscalls.CLONE_NEWNET)
                install(filtered, node)

    def _make_node(self, name: str) -> None:
        from pyroute2.iproute import IPRoute

        syscalls.unshare(syscalls.CLONE_NEWNET)
        self.namespaces[name] = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self._kernel[name] = IPRoute()  # its socket stays in this namespace
        self._kernel[name].link("set", index=1, state="up")
        if self.topology.nodes[name].forwards:
            for key in FORWARDING:  # without it there is no lab, so a refusal ends it
                write_setting(key, "1")
        for key, value in {**self.settings, **settings_of(self.topology.nodes[name])}.items():
            if value is not None:
                self._set(key, value)
        if self.topology.nodes[name].switch:
            self._kernel[name].link("add", ifname=BRIDGE, kind="bridge", state="up")

    def _set(self, key: str, value: str) -> None:
        try:
            write_setting(key, value)
        except FileNotFoundError:
            pass  # this kernel does not have it
        except OSError as refusal:
            if not self.warnings:
                self.warnings.append(f"/proc/sys/{key}: {refusal.strerror}; the kernel's defaults stay")

    def _make_inner(self) -> None:
        """The namespace of the inner ends: nobody has an address there."""
        from pyroute2.iproute import IPRoute

        syscalls.unshare(syscalls.CLONE_NEWNET)
        self.inner = [os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)]
        self._kernel[INNER] = IPRoute()
        self._set("net/ipv6/conf/default/disable_ipv6", "1")

    def _lay_wire(self, number: int, wire: Wire) -> None:
        here, there = (next(port for port in self.topology.interfaces(end) if port.wire is wire)
                       for end in wire.ends)
        peer = {"ifname": there.device, "net_ns_fd": self.namespaces[there.node], "mtu": wire.mtu_bytes,
                "address": there.hardware}
        if number in self.played:  # what is too big for it the outer ends know
            inner = [{"ifname": name, "net_ns_fd": self.inner[0], "mtu": MOST_BYTES} for name in inner_ends(number)]
            self._add_pair(there, inner[1])
            peer = inner[0]
        self._add_pair(here, peer)
        for name in inner_ends(number) if number in self.played else ():
            self._kernel[INNER].link("set", index=self._kernel[INNER].link_lookup(ifname=name)[0], state="up")
        for port in (here, there):
            kernel = self._kernel[port.node]
            index = kernel.link_lookup(ifname=port.device)[0]
            kernel.link("set", index=index, state="up")
            if self.topology.nodes[port.peer].bare or number in self.played:
                syscalls.setns(self.namespaces[port.node], syscalls.CLONE_NEWNET)
                syscalls.finish_checksums(port.device)
            if self.topology.nodes[port.node].switch:
                kernel.link("set", index=index, master=kernel.link_lookup(ifname=BRIDGE)[0])
            if self.topology.nodes[port.node].bare or self.topology.nodes[port.node].switch:
                continue
            if not port.dhcp:
                kernel.addr("add", index=index, address=port.ipv4, prefixlen=port.ipv4_prefix,
                            broadcast=str(port.network(4).broadcast_address))
            kernel.addr("add", index=index, address=port.ipv6, prefixlen=port.ipv6_prefix, flags=IFA_F_NODAD)

    def _add_pair(self, port: Interface, peer: dict[str, Any]) -> None:
        """An interface of a node, and what is at the other end of its cable."""
        self._kernel[port.node].link("add", kind="veth", ifname=port.device, mtu=port.wire.mtu_bytes,
                                     address=port.hardware, state="up", peer=peer)

    def _add_routes(self, name: str) -> None:
        if self.topology.nodes[name].bare or self.topology.nodes[name].switch:
            return
        for version in (4, 6):
            for route in self.topology.table(name, version):
                if route.gateway is not None:
                    self._kernel[name].route("add", **route_request(route))


def route_request(route: Route) -> dict[str, Any]:
    """The row of a forwarding table as pyroute2 wants it."""
    if route.others:
        return {"dst": route.prefix, "multipath": [{"gateway": each.gateway} for each in (route, *route.others)]}
    return {"dst": route.prefix, "gateway": route.gateway}


def need_netlink() -> None:
    """Raises OSError where rtnetlink is refused; pyroute2 would wait for an answer for ever."""
    with Channel(ROUTE) as channel:
        for _ in channel.dump(compiled.RTM_GETLINK, compiled.LINKS_REQUEST):
            pass


def end_in_any_case(parent_id: int, cpu_s: int = CPU_S, data_bytes: int = DATA_BYTES) -> None:
    """Have this process end with its parent, and when it has used more than any lab needs."""
    syscalls.die_with_parent(parent_id, signal.SIGKILL)
    for kind, most in ((resource.RLIMIT_CPU, cpu_s), (resource.RLIMIT_DATA, data_bytes)):
        soft, hard = resource.getrlimit(kind)
        if soft == resource.RLIM_INFINITY or soft > most:
            resource.setrlimit(kind, (most, hard))


def main() -> None:
    """Read a pickled topology, its settings and its names from stdin, answer on the Unix socket given as argument."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    try:
        end_in_any_case(int(sys.argv[3]))
        load_no_more_than_asked()
        answer, descriptors = _build(*pickle.load(sys.stdin.buffer))
    except Exception as problem:
        answer, descriptors = {"problem": f"{type(problem).__name__}: {problem}"}, []
        if isinstance(problem, OSError):
            answer = {"problem": f"{problem.filename or 'netlink'}: {problem.strerror}"}
        if isinstance(problem, ImportError):
            answer["missing"] = problem.name
    give(channel, answer, descriptors)
    channel.close()
    os._exit(0)  # sockets of the lab need no orderly farewell


def _build(topology: Topology, settings: Settings, hosts: str,
           played: tuple[int, ...]) -> tuple[dict[str, Any], list[int]]:
    enter_private_world()
    syscalls.die_with_parent(int(sys.argv[3]), signal.SIGKILL)  # forgotten in a user namespace
    need_netlink()
    kinds = [*(["user"] if os.readlink("/proc/self/ns/user") != sys.argv[2] else []), "mnt", "uts"]
    builder = Builder(topology, settings, played)
    builder.build()
    lay_name_files(hosts, topology.name_servers(), not any(wire.dhcp for wire in topology.wires))
    shared = [os.open(f"/proc/self/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC) for kind in kinds]
    answer = {"kinds": kinds, "nodes": list(builder.namespaces), "warnings": builder.warnings}
    return answer, shared + list(builder.namespaces.values()) + builder.inner
