"""The scenes of the conformance tests: small networks of namespaces, the same at every run.

    chain   h1 -1500- r1 -1500- r2 -1400- r3 -1300- h2: link N is 10.77.N.0/24 and fd77:N::/64, the left
            end .1, the right end .2; interfaces e0 (left), e1 (right); h1 has only e0.  r2 refuses what
            goes to the addresses of REFUSED.  h2 has no TCP or UDP server.
    alone   h1 with lo only.
    host    h1 and h2 on one link, for cases that change h1's interfaces.

A scene is a function that takes a `World` and calls `node`, `link` and `ip`.  `World.keep` keeps
what a function opened inside a node (sockets, processes) for as long as the scene lives.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from contextlib import contextmanager

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
SYSCTLS = {"net/ipv4/ip_forward": 1, "net/ipv6/conf/all/forwarding": 1, "net/ipv4/icmp_ratelimit": 0,
           "net/ipv6/icmp/ratelimit": 0, "net/ipv4/icmp_msgs_per_sec": 100000, "net/ipv4/icmp_msgs_burst": 10000,
           "net/ipv4/conf/all/rp_filter": 0, "net/ipv4/conf/default/rp_filter": 0,
           "net/ipv4/conf/all/accept_source_route": 1, "net/ipv4/conf/default/accept_source_route": 1,
           "net/ipv6/conf/default/accept_dad": 0, "net/ipv6/conf/default/dad_transmits": 0,
           "net/ipv6/conf/default/router_solicitations": 0}
REFUSED = {  # by a packet filter: the kernel's unreachable routes answer only once a second
    "ip daddr 203.0.113.1": "reject with icmp host-unreachable",
    "ip daddr 203.0.113.2": "reject with icmp admin-prohibited",
    "ip daddr 203.0.113.3": "drop",
    "ip daddr 203.0.113.4": "reject with icmp net-unreachable",
    "ip daddr 203.0.113.5": "reject with icmp port-unreachable",
    "ip daddr 203.0.113.6": "reject with icmp prot-unreachable",
    "ip daddr 203.0.113.7": "reject with icmp host-prohibited",
    "ip daddr 203.0.113.8": "reject with icmp net-prohibited",
    "ip6 daddr 2001:db8:113::1": "reject with icmpv6 no-route",
    "ip6 daddr 2001:db8:113::2": "reject with icmpv6 admin-prohibited",
    "ip6 daddr 2001:db8:113::3": "drop",
    "ip6 daddr 2001:db8:113::4": "reject with icmpv6 addr-unreachable",
    "ip6 daddr 2001:db8:113::5": "reject with icmpv6 port-unreachable",
}


def checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


class World:
    """Network namespaces held by descriptor: when the process ends, they are gone."""

    def __init__(self):
        self._home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self._nodes: dict[str, int] = {}
        self._routes: dict[str, list[str]] = {}
        self.kept: list = []

    @contextmanager
    def inside(self, node: str):
        """The calling thread acts in the namespace of `node`."""
        checked(LIBC.setns(self._nodes[node], CLONE_NEWNET), "setns")
        try:
            yield
        finally:
            checked(LIBC.setns(self._home, CLONE_NEWNET), "setns")

    def node(self, name: str) -> None:
        checked(LIBC.unshare(CLONE_NEWNET), "unshare")
        try:
            self._nodes[name] = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
            for key, value in SYSCTLS.items():
                self._set(key, value)
        finally:
            checked(LIBC.setns(self._home, CLONE_NEWNET), "setns")
        self.ip(name, "link set lo up")

    @staticmethod
    def _set(key: str, value: int) -> None:
        try:
            with open("/proc/sys/" + key, "w") as file:
                file.write(str(value))
        except OSError:
            pass  # older kernels lack some, containers may mount /proc/sys read-only

    def ip(self, node: str, *lines: str) -> None:
        """Run lines of ip(8) in a node."""
        with self.inside(node):
            subprocess.run(["ip", "-batch", "-"], input="\n".join(lines), text=True, check=True)

    def nft(self, node: str, *lines: str) -> None:
        """Run lines of nft(8) in a node."""
        with self.inside(node):
            subprocess.run(["nft", "-f", "-"], input="\n".join(lines), text=True, check=True)

    def link(self, left: str, left_device: str, right: str, right_device: str, number: int, mtu: int = 1500) -> None:
        peer = f"/proc/{os.getpid()}/fd/{self._nodes[right]}"
        self.ip(left, f"link add {left_device} mtu {mtu} address 02:00:00:00:0{number}:01 type veth "
                      f"peer name {right_device} mtu {mtu} address 02:00:00:00:0{number}:02 netns {peer}")
        for node, device, end in ((left, left_device, 1), (right, right_device, 2)):
            self.ip(node, f"link set {device} up",
                    f"addr add 10.77.{number}.{end}/24 brd + dev {device}",
                    f"addr add fd77:{number}::{end}/64 dev {device} nodad")

    def routes(self, node: str, *lines: str) -> None:
        """Run lines of ip(8) that add routes."""
        self._routes.setdefault(node, []).extend(lines)
        self.ip(node, *lines)

    def forget_paths(self, node: str) -> None:
        """Empty the node's cache of redirects and path MTUs, which outlives a program.

        IPv4 has a switch for it; an IPv6 route loses what was learned when it is replaced.
        """
        with self.inside(node):
            self._set("net/ipv4/route/flush", 1)
        if self._routes.get(node):
            self.ip(node, *(line.replace("add", "replace", 1) for line in self._routes[node] if "::" in line))

    def keep(self, node: str, function):
        """Call `function` inside a node and hold on to what it returns."""
        with self.inside(node):
            self.kept.append(function())

    def close(self) -> None:
        for thing in self.kept:
            thing.close()
        for fd in [*self._nodes.values(), self._home]:
            os.close(fd)
        self._nodes.clear()


def alone(world: World) -> None:
    world.node("h1")


def host(world: World) -> None:
    world.node("h1")
    world.node("h2")
    world.link("h1", "e0", "h2", "e0", 1)


def chain(world: World) -> None:
    names = ["h1", "r1", "r2", "r3", "h2"]
    for name in names:
        world.node(name)
    for number, mtu in enumerate((1500, 1500, 1400, 1300), 1):
        left, right = names[number - 1], names[number]
        world.link(left, "e0" if left == "h1" else "e1", right, "e0", number, mtu)
    for place, name in enumerate(names):
        for number in range(1, 5):
            if number > place + 1:
                world.routes(name, f"route add 10.77.{number}.0/24 via 10.77.{place + 1}.2",
                         f"route add fd77:{number}::/64 via fd77:{place + 1}::2")
            elif number < place:
                world.routes(name, f"route add 10.77.{number}.0/24 via 10.77.{place}.1",
                         f"route add fd77:{number}::/64 via fd77:{place}::1")
    for place, name in enumerate(names[:3], 1):
        world.routes(name, f"route add 203.0.113.0/24 via 10.77.{place}.2",
                 f"route add 2001:db8:113::/48 via fd77:{place}::2")
    world.nft("r2", "add table inet filter",
              "add chain inet filter forward { type filter hook forward priority 0; }",
              *(f"add rule inet filter forward {match} {verdict}" for match, verdict in REFUSED.items()))


SCENES = {"alone": alone, "host": host, "chain": chain}


def build(name: str) -> World:
    world = World()
    try:
        SCENES[name](world)
    except BaseException:
        world.close()
        raise
    return world
