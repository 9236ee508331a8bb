"""`UserspaceLab`: the Internet of a topology played by a process, for the real programs of one host.

    with UserspaceLab(topology) as lab:
        lab.run("client", ["mtr", "-r", "server.lab"])

The first host (or `listener`) is a network namespace with its devices and addresses; the other ends of its
wires are veth devices in namespaces of their own, where a process reads and writes frames with a packet
socket (packet(7)) and hands them to `forwarding.Internet`.  So real programs meet what the kernel
cannot play: MPLS, thousands of routers.
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
from contextlib import suppress

from ...feature_errors import LabRefused
from ..kernel import syscalls
from ..kernel.namespaces import Lab
from ..memory.forwarding import Internet
from ..scene.parts import Node, StaticRoute, Wire
from ..scene.topology import Topology
from .frames import Port
from .packet_loop import run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

OUTSIDE = "internet"
SOL_PACKET, PACKET_IGNORE_OUTGOING, PACKET_QDISC_BYPASS = 263, 23, 20  # <linux/if_packet.h>
ETH_P_ALL = 3  # <linux/if_ether.h>
BUFFER_BYTES = 4 << 20


class UserspaceLab(Lab):
    """As `Lab`, but only `listener` can run programs; all other nodes are played.

    `open_ports` are (node, TCP port) that accept connections; chance follows `seed`.  Raises as `Lab` does.
    """

    def __init__(self, topology: Topology, listener: str | None = None, seed: int = 0,
                 open_ports: Iterable[tuple[str, int]] = ()):
        self._player = 0  # the process that plays the Internet
        self.listener = listener or next(iter(topology.nodes))
        self._ports = topology.interfaces(self.listener)
        self._outsides = [f"{OUTSIDE}-{port.device}" for port in self._ports]
        super().__init__(topology)
        self._control, theirs = socket.socketpair()
        internet = Internet(topology, self.listener, seed=seed, open_ports=open_ports)
        devices = [self._open(number) for number in range(len(self._ports))]
        ports = [Port(interface, number) for number, interface in enumerate(self._ports, 1)]
        parent = os.getpid()
        self._player = os.fork()
        if not self._player:
            self._control.close()  # it may be number 2, which is kept as stderr
            _play(parent, theirs, internet, devices, ports)
        theirs.close()
        for device in devices:
            device.close()
        for outside in self._outsides:
            os.close(self._nodes.pop(outside))

    def change(self, topology: Topology) -> None:
        """Have the Internet be that of `topology`, which has the same nodes and wires.  Raises LabRefused."""
        data = pickle.dumps(topology)
        heard = b""
        with suppress(OSError):
            self._control.sendall(len(data).to_bytes(4, "big") + data, socket.MSG_NOSIGNAL)
            heard = self._control.recv(1)
        if heard != b".":
            raise LabRefused("the process that plays the Internet has ended")
        self.topology = topology

    def close(self) -> None:
        """As `Lab.close`; the Internet ends too."""
        if self._player:
            self._control.close()
            with suppress(ChildProcessError):
                os.waitpid(self._player, 0)
            self._player = 0
        super().close()

    __del__ = close

    def build(self, topology: Topology) -> None:
        """Of the topology only the listener is built, and the far ends of its wires."""
        wires, routes = [], []
        for port, outside in zip(self._ports, self._outsides):
            ends = (self.listener, outside) if port.wire.ends[0] == self.listener else (outside, self.listener)
            wires.append(Wire(ends, port.wire.mtu_bytes, ipv4=str(port.network(4)), ipv6=str(port.network(6))))
            routes += [StaticRoute(route.prefix, outside) for version in (4, 6)
                       for first in topology.table(self.listener, version) for route in (first, *first.others)
                       if route.gateway is not None and route.device == port.device]
        nodes = [Node(self.listener, routes=tuple(routes)), *(Node(name, bare=True) for name in self._outsides)]
        super().build(Topology(nodes, wires, topology.name))

    def _open(self, number: int) -> socket.socket:
        """A packet socket on the far end of wire `number` (from 0)."""
        opened = self.socket(self._outsides[number], socket.AF_PACKET, socket.SOCK_RAW, 0)
        for option in (PACKET_IGNORE_OUTGOING, PACKET_QDISC_BYPASS):
            opened.setsockopt(SOL_PACKET, option, 1)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        opened.bind(("eth0", ETH_P_ALL))
        opened.setblocking(False)
        return opened


def _play(parent: int, control: socket.socket, internet: Internet, devices: list[socket.socket],
          ports: list[Port]) -> None:
    """The life of the child: plays until its parent closes the other end.  Does not return."""
    try:
        syscalls.die_with_parent(parent, signal.SIGKILL)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        kept = {2, control.fileno(), *(device.fileno() for device in devices)}
        for name in os.listdir("/proc/self/fd"):
            if int(name) not in kept:
                with suppress(OSError):
                    os.close(int(name))
        run(control, internet, list(zip(devices, ports)))
    finally:
        os._exit(0)
