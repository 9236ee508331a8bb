"""`Kernel`: one node in memory: its devices, addresses, routes, neighbours, names and sockets.

It begins as the topology says, and takes the changes that the ioctls of `requests` make.  `lab.memory` asks it
where packets go, once it is no longer what the topology says.
"""

from __future__ import annotations

from errno import EADDRNOTAVAIL

from ...errors import KernelRefused
from ...records.connections import TcpState
from ...records.interfaces import InterfaceFlags
from ...records.record import Record
from ..scene.parts import Interface, Route
from ..scene.topology import Topology
from .addresses import as_number, as_text, common_bits
from .counts import Counts
from .devices import GLOBAL6, IPV6_MTU_BYTES, LINK6, Address6, Device, Devices, Traffic
from .ipv4_addresses import Addresses4
from .ipv4_routes import LINK, STATIC, Hop, Route4, Routes4
from .ipv6_addresses import Addresses6, link_local
from .ipv6_routes import USER_METRIC, Route6, Routes6
from .neighbours import Neighbours
from .refusal import refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

HOST_NAME_BYTES = 64
NO_DOMAIN = "(none)"
FIRST_INODE = 20000
LINK_GROUPS = 0xFF02  # how groups of the link begin


class Socket(Record):
    """A TCP socket of the node.

    `received` bytes (of who listens: connections) wait for its program, `unsent` ones for the other end; `timer` and
    `retransmits` as `records.connections.Timer` has them.
    """

    state: int
    local: str
    local_port: int
    remote: str
    remote_port: int
    inode: int
    received: int = 0
    unsent: int = 0
    timer: int = 0
    retransmits: int = 0


class Exit(Record):
    """A way out: the device, the next hop in text, and the source that the route prefers, "" for any."""

    device: Device
    next_hop: str
    source: str = ""


class Kernel:
    """The node `name` of a topology.

    `traffic` gives what passed a device of that name, `neighbours` and `counts` are what traffic fills, `carrier`
    tells whether the other end of a wire is up, and `changed` is called after every change.
    """

    def __init__(self, topology: Topology, name: str, traffic: Callable[[str], Traffic], neighbours: Neighbours,
                 counts: Counts, carrier: Callable[[Interface], bool], changed: Callable[[], None]):
        self.name = self.host_name = name
        self.domain_name = NO_DOMAIN
        self.forwards = topology.nodes[name].forwards
        self.is_changed = False
        self.neighbours, self.counts = neighbours, counts
        self.sockets: list[Socket] = []
        for service in topology.nodes[name].services:
            self.open_socket(TcpState.LISTEN, "0.0.0.0", service.port, received=service.manner == "full")
        self._changed = changed
        ports = topology.interfaces(name)
        # what was written to /etc/resolv.conf; None: what the topology says
        self.resolver_text: str | None = "" if any(port.dhcp for port in ports) else None
        devices = [Device(1, "lo", None, bytes(6), traffic("lo"), carrier)]
        devices += [Device(index, port.device, port, bytes.fromhex(port.hardware.replace(":", "")),
                           traffic(port.device), carrier) for index, port in enumerate(ports, 2)]
        self.devices = Devices(devices)
        self.loopback = devices[0]
        self.routes4 = Routes4(self.devices, lambda device: neighbours.forget(device.key))
        self.routes6 = Routes6()
        self.addresses4 = Addresses4(self.devices, self.routes4)
        self.addresses6 = Addresses6(self.devices, self.routes6)
        self._set_up(topology.nodes[name].bare or topology.nodes[name].switch)
        for version in (4, 6):
            for route in topology.table(name, version):
                self._change_route(route, True)

    def _set_up(self, bare: bool) -> None:
        """The addresses that the topology gives."""
        self.addresses4.set_local("lo", as_number("127.0.0.1"))
        self.addresses6.put(self.loopback, 1, 128)
        for device in self.devices:
            port = device.port
            if port is None or bare:
                continue
            if not port.dhcp:
                self.addresses4.set_local(device.name, as_number(port.ipv4))
                self.addresses4.set_mask(device.name, int(port.network(4).netmask))
            if device.mtu_bytes >= IPV6_MTU_BYTES:
                self.addresses6.put(device, link_local(device.hardware), 64)
                self.addresses6.put(device, as_number(port.ipv6), port.ipv6_prefix, without_detection=True)

    def follow(self, before: Topology, after: Topology) -> None:
        """The topology is another one: its MTUs and routes become ours (as lab.kernel.changes does it)."""
        for device, old, new in zip(list(self.devices)[1:], before.interfaces(self.name), after.interfaces(self.name)):
            device.port = new
            if old.wire.mtu_bytes != new.wire.mtu_bytes:
                self.set_mtu(device, new.wire.mtu_bytes)
        for version in (4, 6):
            old_rows, new_rows = before.table(self.name, version), after.table(self.name, version)
            for rows, others, come in ((old_rows, new_rows, False), (new_rows, old_rows, True)):
                for route in rows:
                    if route not in others:
                        self._change_route(route, come)

    def _change_route(self, route: Route, come: bool) -> None:
        """A route that the topology has through a neighbour comes or goes."""
        prefix, _, length = route.prefix.partition("/")
        rows = [(row.device, row.gateway) for row in (route, *route.others) if row.gateway is not None]
        if not rows:
            return
        try:
            devices = [self.devices.keyed(device) for device, _ in rows]
            if ":" in prefix:
                for (_, gateway), device in zip(rows, devices):
                    wanted = Route6(as_number(prefix), int(length), device, as_number(gateway), USER_METRIC, 3, STATIC)
                    self.routes6.add(wanted) if come else self.routes6.remove_where(wanted.__eq__)
            else:
                hops = tuple(Hop(as_number(gateway), device) for (_, gateway), device in zip(rows, devices))
                wanted4 = Route4(as_number(prefix), int(length), hops, made_by=STATIC)
                self.routes4.add(wanted4) if come else self.routes4.remove_where(wanted4.__eq__)
        except OSError:
            pass                      # there is such a route already

    def change(self) -> None:
        """Something was changed: from now on this kernel decides, not the topology."""
        self.is_changed = True
        self._changed()

    # devices

    def set_flags(self, device: Device, flags: int) -> None:
        """SIOCSIFFLAGS of a whole device; up and down take addresses and routes along."""
        had_ipv6 = has_ipv6(device)
        switched = device.set_flags(flags)
        if switched & InterfaceFlags.UP:
            (self.routes4.device_came if device.is_up else self.routes4.device_went)(device)
            self.addresses6.device_changed(device, had_ipv6)
        if switched & InterfaceFlags.NOARP:
            self.neighbours.forget(device.key)

    def set_mtu(self, device: Device, mtu_bytes: int) -> None:
        """SIOCSIFMTU; a device that is too narrow for a version of IP loses its addresses."""
        had_ipv6 = has_ipv6(device)
        device.set_mtu(mtu_bytes)
        self.addresses4.device_changed(device)
        self.addresses6.device_changed(device, had_ipv6)

    def remove_address4(self, name: str, local: int) -> None:
        """RTM_DELADDR: an address of a device, whatever its label.  Raises KernelRefused, as `World.remove_address`."""
        device = next((device for device in self.devices if device.name == name), None)
        for address in [] if device is None else device.addresses4:
            if address.local == local:
                self.addresses4.remove(address)
                return self.change()
        raise KernelRefused(EADDRNOTAVAIL, "SIOCDIFADDR")

    def set_hardware(self, device: Device, kind: int, address: bytes) -> None:
        """SIOCSIFHWADDR."""
        device.set_hardware(kind, address)
        self.neighbours.forget(device.key)

    # names

    def rename_host(self, name: str) -> None:
        """sethostname(2).  Raises EINVAL for a name that is too long."""
        if len(name.encode("utf-8", "surrogateescape")) > HOST_NAME_BYTES:
            raise refused("EINVAL")
        self.host_name = name

    def set_domain(self, name: str) -> None:
        """setdomainname(2), as /proc/sys/kernel/domainname takes it: cut where it is too long."""
        self.domain_name = name.encode("utf-8", "surrogateescape")[:HOST_NAME_BYTES].decode("utf-8", "surrogateescape")

    # where packets go

    def is_local(self, address: str) -> bool:
        """Whether packets to `address` stay here."""
        own = self.addresses6 if ":" in address else self.addresses4
        return own.is_local(as_number(address))

    def has_address(self, device: str, address: str) -> bool:
        """Whether a device has an address (a %zone is ignored).  Raises ENODEV."""
        found = self.devices.named(device)
        wanted = as_number(address.partition("%")[0])
        if ":" in address:
            return any(each.local == wanted for each in found.addresses6)
        return any((each.label, each.local) == (device, wanted) for each in found.addresses4)

    def exits(self, address: str) -> list[Exit]:
        """The ways out to `address`, equal ones.  Raises ENETUNREACH, EHOSTUNREACH."""
        target = as_number(address)
        if ":" in address:
            rows = self.routes6.lookup(target)
            if not rows or rows[0].refuses:
                raise refused("EHOSTUNREACH" if rows else "ENETUNREACH")
            return [Exit(row.device, as_text(row.gateway, 6) if row.gateway else address) for row in rows]
        row4 = self.routes4.lookup(target)
        if row4 is not None and not row4.hops:
            raise refused("EHOSTUNREACH")
        if row4 is None or not any(hop.device.is_up for hop in row4.hops):
            raise refused("ENETUNREACH")
        return [Exit(hop.device, as_text(hop.gateway, 4) if hop.gateway else address,
                     as_text(row4.source, 4) if row4.source else "") for hop in row4.hops if hop.device.is_up]

    def source(self, way: Exit, address: str) -> str:
        """The address that packets by this way leave with (inet_select_addr, RFC 6724 section 5)."""
        if way.source:
            return way.source
        if ":" in address:
            return self.source6(as_number(address), way.device)
        next_hop = as_number(way.next_hop) if way.next_hop != address else 0
        for device in (way.device, *(device for device in self.devices if device is not way.device)):
            primary = [each for each in device.addresses4 if not each.secondary and each.scope <= LINK]
            if primary:
                same = [each for each in primary if next_hop and each.covers(next_hop)]
                return as_text((same or primary)[0].local, 4)
        return "0.0.0.0"

    def source6(self, target: int, device: Device) -> str:
        """Of the scope of the target, of the device that it is reached by, and as much like it as can be."""
        scope = LINK6 if target >> 112 == LINK_GROUPS else Address6(device, target, 128).scope
        own = [((each.scope == scope, each.device is device, common_bits(each.local, target)), each.local)
               for each_device in self.devices for each in each_device.addresses6]
        return as_text(max(own)[1], 6) if own else "::"

    def address_of(self, port: Interface, version: int) -> str | None:
        """An address that the device at this end of a wire has, for errors about what came there."""
        device = self.devices.at(port)
        if version == 4:
            return as_text(device.addresses4[0].local, 4) if device.addresses4 else None
        own = [each.local for each in device.addresses6 if each.scope == GLOBAL6]
        return as_text(own[0], 6) if own else None

    # sockets

    def open_socket(self, state: int, local: str, local_port: int, remote: str = "0.0.0.0",
                    remote_port: int = 0, **queues: int) -> Socket:
        """A TCP socket that stands until it is taken out of `sockets`."""
        opened = Socket(state, local, local_port, remote, remote_port, FIRST_INODE + len(self.sockets), **queues)
        self.sockets.append(opened)
        return opened

    def listens(self, port: int) -> bool:
        """Whether a TCP connection to `port` is accepted."""
        return any(each.state == TcpState.LISTEN and each.local_port == port for each in self.sockets)


def has_ipv6(device: Device) -> bool:
    """Whether a device can have IPv6 addresses now."""
    return device.is_up and device.mtu_bytes >= IPV6_MTU_BYTES
