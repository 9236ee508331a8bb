"""The kernel's tables as rows: interfaces, addresses, routes, neighbours, counters."""

from __future__ import annotations

from _socket import inet_ntop

from ..errors import KernelRefused
from ..records.family import FAMILIES, Family, on_device
from ..records.interfaces import InterfaceFlags
from ..records.table_rows import Counters, InterfaceRow, NeighbourRow, RouteRow, WayRow
from ..world import World
from .arguments import chosen_world, host_text, ip_version, optional_text
from .targets import Refusals, first_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..records.addresses import AddressDetails
    from ..records.interfaces import Interface
    from ..records.neighbours import Neighbour
    from ..records.route_lookup import TableRoute
    from ..records.routes import Route
    from ..records.states import NeighbourState
    from .arguments import Host

FLAG_WORDS = tuple((value, name) for name, value in vars(InterfaceFlags).items() if name.isupper())


def interfaces(*, world: World | None = None) -> list[InterfaceRow]:
    """The network interfaces (`records.table_rows.InterfaceRow`), sorted by name.  No privilege needed.

    From the kernel: RTM_GETLINK, RTM_GETADDR, /proc/net/if_inet6; /proc/net/dev and ioctls without netlink. 
    Raises KernelRefused where there is neither.

    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import chain
    >>> [(each.name, each.mtu_bytes, each.addresses[0]) for each in
    ...  interfaces(world=SimulatedEnvironment("example", chain(1), "client"))]
    [('eth0', 1500, '198.18.1.1/24'), ('lo', 65536, '127.0.0.1/8')]
    """
    rows: dict[str, InterfaceRow] = {}
    for each in _interfaces(chosen_world(world)):
        row = rows.get(each.name.partition(":")[0])
        if row is None or each.counters is not None:
            rows[each.name] = _interface_row(each)
        else:  # a label: one more address of the interface
            rows[row.name] = row.replace(addresses=row.addresses + _interface_row(each).addresses)
    return list(rows.values())


def _interfaces(world: World) -> list[Interface]:
    from ..system.interfaces.interfaces import read_interfaces

    with Refusals("interfaces"):
        return sorted(read_interfaces(world, lambda text: None), key=lambda interface: interface.name)


def _interface_row(each: Interface) -> InterfaceRow:
    device = each.name.partition(":")[0]
    addresses = [f"{on_device(one.address, device)}/{one.prefix_length}" for one in (*each.addresses, *each.addresses6)]
    return InterfaceRow(each.name, each.is_up, bool(each.flags & InterfaceFlags.RUNNING), each.mtu_bytes,
                        each.hardware_address.hex(":"), each.hardware_type,
                        tuple([name for value, name in FLAG_WORDS if each.flags & value]), tuple(addresses))


def addresses(*, device: str | None = None, version: int | None = None,
              world: World | None = None) -> list[AddressDetails]:
    """The IP addresses of all interfaces or of one (`records.addresses.AddressDetails`), IPv4 first.

    `device` is that one's name, `version` 4 or 6 (None: both).
    No privilege needed.  From the kernel: RTM_GETADDR; without netlink as `interfaces`, and then without flags
    and life times.  Raises KernelRefused.
    """
    from ..records.addresses import SCOPES, AddressDetails
    from ..system.interfaces.address_details import read_address_details

    wanted, name = ip_version(version), optional_text("device", device)
    world = chosen_world(world)
    try:
        found = read_address_details(world)
    except KernelRefused:
        found = [AddressDetails(each.name.partition(":")[0], one.address, one.prefix_length,
                                SCOPES.get(one.scope, str(one.scope)))
                 for each in _interfaces(world) for one in (*each.addresses, *each.addresses6)]
    return [each.replace(address=on_device(each.address, each.device)) for each in found
            if name in (None, each.device) and wanted in (None, 6 if ":" in each.address else 4)]


def routes(*, version: int | None = None, table: str | None = "main", world: World | None = None) -> list[RouteRow]:
    """The routes (`records.table_rows.RouteRow`) of `version` 4 or 6 (None: both), in the kernel's order.

    `table` is "main", "local", another's number in text, or None for all.  No privilege needed.
    From the kernel: RTM_GETROUTE; without netlink /proc/net/route and /proc/net/ipv6_route, which show the
    main table.

    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import chain
    >>> [(each.destination, each.gateway) for each in
    ...  routes(version=4, world=SimulatedEnvironment("example", chain(1), "client"))]
    [('0.0.0.0', '198.18.1.2'), ('198.18.1.0', None)]
    """
    from ..system.routes.all_tables import read_all_routes

    wanted, name = ip_version(version), optional_text("table", table)
    world = chosen_world(world)
    rows: list[RouteRow] = []
    for family in FAMILIES:
        if wanted not in (None, family.version):
            continue
        try:
            rows += [row for route in read_all_routes(world, family.af) for row in _route_rows(family, route)]
        except KernelRefused:
            rows += _proc_routes(world, family)
    return [row for row in rows if name in (None, row.table)]


def _route_rows(family: Family, route: TableRoute) -> Iterator[RouteRow]:
    for hop in route.hops or (None,):
        gateway, device = (hop.gateway, hop.device) if hop else (None, None)
        yield RouteRow(family.version, route.destination, route.prefix_length, _whole(gateway, device), device,
                       route.metric, route.kind, route.protocol, route.table_name, _whole(route.source, device),
                       route.mtu_bytes, hop.weight if hop else 1)


def _whole(address: str | None, device: str | None) -> str | None:
    return None if address is None else on_device(address, device)


def _proc_routes(world: World, family: Family) -> list[RouteRow]:
    from ..records.routes import Route
    from ..system.routes.proc_tables import as_it_is, read_routes4, read_routes6

    with Refusals("routes"):
        try:
            if family.version == 4:
                found = [Route(destination, *route[1:]) for rows in read_routes4(world, as_it_is)
                         for destination, route in rows]
            else:
                found = [route for rows in read_routes6(world) for route in rows]
        except FileNotFoundError:  # a kernel without this family
            return []
    return [_proc_route(family, route) for route in found]


def _proc_route(family: Family, route: Route) -> RouteRow:
    from ..records.routes import RouteFlags

    nowhere = bool(route.flags & RouteFlags.REJECT)
    local = bool(route.flags & RouteFlags.LOCAL)
    gateway = inet_ntop(family.af, route.gateway) if any(route.gateway) else None
    return RouteRow(family.version, inet_ntop(family.af, route.destination), route.prefix_length,
                    _whole(gateway, route.interface), None if nowhere else route.interface, route.metric,
                    "unreachable" if nowhere else "local" if local else "unicast",
                    table="local" if local else "main")


def default_routes(*, version: int | None = None, world: World | None = None) -> list[RouteRow]:
    """The routes for everything, the one that is taken (lowest metric) first; none where there is no way out.

    As `routes` otherwise.

    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import chain
    >>> [each.gateway for each in default_routes(version=4, world=SimulatedEnvironment("example", chain(1), "client"))]
    ['198.18.1.2']
    """
    found = [row for row in routes(version=version, world=world) if row.is_default]
    return sorted(found, key=lambda row: (row.version, row.metric))


def route_to(host: Host, *, version: int | None = None, world: World | None = None) -> WayRow:
    """The way the kernel takes to a host (`records.table_rows.WayRow`), over IP `version` 4 or 6 where it is a name.

    Raises NameUnknown, and KernelRefused with the errno where there is no way (ENETUNREACH …) or no netlink.
    No privilege needed.  From the kernel: RTM_GETROUTE for one address (``ip route get``).
    """
    from ..system.routes.all_tables import ask_kernel

    text, wanted = host_text(host), ip_version(version)
    world = chosen_world(world)
    family, address = first_address(world.resolver, text, wanted)
    number, _, zone = address.partition("%")
    answer, _ = ask_kernel(world, family.af, number, zone)
    if answer.errno:
        raise KernelRefused(answer.errno, f"route to {address}")
    return WayRow(address, answer.device, _whole(answer.gateway, answer.device), _whole(answer.source, answer.device),
                  answer.kind, answer.mtu_bytes)


def neighbours(*, version: int | None = None, device: str | None = None,
               world: World | None = None) -> list[NeighbourRow]:
    """The neighbour tables (`records.table_rows.NeighbourRow`), of IPv4 (ARP) and of IPv6 (neighbour discovery).

    `version` 4 or 6 (None: both), `device` one interface's.  No privilege needed.
    From the kernel: RTM_GETNEIGH; without netlink /proc/net/arp, which has IPv4's alone.  Raises KernelRefused.
    """
    from ..records.neighbours import Neighbour
    from ..system.neighbours.details import dump_neighbours
    from ..system.neighbours.neighbours import read_arp

    wanted, name = ip_version(version), optional_text("device", device)
    world = chosen_world(world)
    rows: list[NeighbourRow] = []
    try:
        for family in FAMILIES:
            if wanted in (None, family.version):
                rows += [NeighbourRow(on_device(each.address, each.device), each.device,
                                      each.hardware_address.hex(":"), _state(each.state), each.proxy, each.router,
                                      each.used_s, each.confirmed_s)
                         for each in dump_neighbours(world, family.af)]
    except (KernelRefused, OSError):
        with Refusals("neighbours"):
            rows = [_arp_row(Neighbour.of(row)) for block in read_arp(world) for row in block] if wanted != 6 else []
    return [row for row in rows if name in (None, row.device)]


def _state(value: int) -> NeighbourState:
    """The word for a NUD_* value, which is one bit."""
    from ..records import neighbours as numbers
    from ..records.states import NeighbourState

    for each in NeighbourState:
        if value and value == getattr(numbers.NeighbourState, each):
            return each
    return NeighbourState.NONE


def _arp_row(row: Neighbour) -> NeighbourRow:
    from ..records.neighbours import NeighbourFlag
    from ..records.states import NeighbourState

    state = (NeighbourState.PERMANENT if row.flags & NeighbourFlag.PERMANENT else
             NeighbourState.REACHABLE if row.flags & NeighbourFlag.COMPLETE else NeighbourState.INCOMPLETE)
    known = row.flags & NeighbourFlag.COMPLETE
    return NeighbourRow(row.address, row.device, row.hardware_address if known else "", state,
                        bool(row.flags & NeighbourFlag.PUBLISHED))


def counters(*, world: World | None = None) -> Counters:
    """All counters of interfaces and protocols (`records.table_rows.Counters`), since the kernel started.

    Sections are the kernel's: Ip, Icmp, Tcp, Udp, TcpExt, Ip6 …  No privilege needed.  Raises KernelRefused.
    From the kernel: RTM_GETLINK (IFLA_STATS64), /proc/net/snmp, netstat, snmp6, sctp/snmp; those it does not
    have are left out.
    """
    from ..system.counters import PARSERS, read_counters

    world = chosen_world(world)
    protocols: dict[str, dict[str, int]] = {}
    for table in PARSERS:
        try:
            for section in read_counters(world, table):
                protocols.setdefault(section.name, {}).update(section.counters)
        except OSError:
            continue
    return Counters({each.name: each.counters for each in _interfaces(world) if each.counters is not None}, protocols)
