"""What the kernel's tables tell a diagnosis: this machine, its way to an address, its own sockets; nothing is sent."""

from __future__ import annotations

from _socket import inet_ntop, inet_pton
from errno import EHOSTUNREACH, ENETUNREACH

from ..errors import NetliteError
from ..links.exchange import family_of
from ..records.connection_details import ConnectionDetails
from ..records.connections import TCP_STATE_NAMES, TcpState
from ..records.facts import Device, Gateway, Machine, OwnSocket, Sockets, Way
from ..records.family import on_device
from ..records.links import LinkSettings
from .diagnosis_names import name_servers
from .kernel_tables import addresses, default_routes, interfaces, neighbours, routes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.connections import Connection, Connections
    from ..records.family import Family
    from ..records.questions import LookAtSockets
    from ..records.route_lookup import TableRoute
    from ..records.table_rows import RouteRow
    from ..world import World

OWN_RULES = (0, 32766, 32767)         # priorities of the rules that every kernel has
OWN_TABLES = 253, 254, 255
REFUSING = "blackhole", "unreachable", "prohibit"
DEFAULT_MTU_BYTES = 1500
WITH_QUEUES = 0xFFF & ~(1 << TcpState.TIME_WAIT | 1 << TcpState.SYN_RECV)
MOST_SOCKETS = 1000
MAPPED = bytes(10) + b"\xff\xff"      # of an IPv6 socket that speaks IPv4
Refused = OSError, NetliteError


def look(world: World) -> Machine:
    """This machine as it stands."""
    twice: dict[str, list[str]] = {}
    try:
        for each in addresses(world=world):
            if "dadfailed" in each.flags:
                twice.setdefault(each.device, []).append(each.address)
    except Refused:
        pass
    try:
        devices = tuple([Device(each.name, each.is_up, each.is_running, each.mtu_bytes, each.addresses,
                                tuple(twice.get(each.name, ())), each.hardware_address)
                         for each in interfaces(world=world) if "LOOPBACK" not in each.flags])
    except Refused:
        devices = ()
    try:
        gateways = tuple([Gateway(each.version, each.gateway, each.device) for each in default_routes(world=world)])
    except Refused:
        gateways = ()
    kind = world.network.echo_kind(family_of("0.0.0.0"))
    raw = world.network.echo_kind(family_of("0.0.0.0"), raw_only=True).errno is None
    return Machine(devices, gateways, name_servers(world), None if kind.errno else kind.kind, raw)


def find_way(world: World, address: str, machine: Machine | None) -> Way:
    """What the kernel does with packets to `address`: asked over netlink, else read from its table."""
    try:
        way = _asked(world, address)
    except Refused:
        way = _read(world, address)
    holders = [each.name for each in (machine.devices if machine else ())
               if way.source in [one.partition("/")[0] for one in each.addresses]]
    return way.replace(source_device=holders[0] if holders else None)


def _asked(world: World, address: str) -> Way:
    from ..system.routes.all_tables import ask_kernel

    af = family_of(address).af
    number, _, zone = address.partition("%")
    answer, found = ask_kernel(world, af, number, zone)
    text = _deciding_rule(world, address, found, bool(answer.errno))
    kind = found.kind if found is not None else answer.kind or "unreachable"
    prefix = f"{found.destination}/{found.prefix_length}" if found is not None else None
    errno = answer.errno or None
    if errno is None and kind in ("blackhole", "unreachable", "prohibit"):
        errno = EHOSTUNREACH
    gateway = None if answer.gateway is None else on_device(answer.gateway, answer.device)
    return Way(errno, answer.device or None, gateway, answer.source, kind, prefix,
               found.prefix_length if found is not None else None, text, None, answer.mtu_bytes)


def _deciding_rule(world: World, address: str, found: TableRoute | None, refused: bool) -> str | None:
    """The policy rule that led to where it is now, unless it is one that every kernel has."""
    from ..system.routes.all_tables import holds, read_all_routes, read_rules

    af = family_of(address).af
    for rule in read_rules(world, af):
        if rule.priority in OWN_RULES or rule.conditional or rule.source is not None or rule.mark or rule.input_device \
                or rule.destination is not None and not holds(*rule.destination, address):
            continue
        if rule.action == "table":
            refusing = [] if found is not None or not refused else [
                route for route in read_all_routes(world, af) if route.table == rule.table
                and route.kind in REFUSING and holds(route.destination, route.prefix_length, address)]
            decides = bool(refusing) or found is not None and found.table == rule.table not in OWN_TABLES
        else:
            decides = refused
        if decides:
            to = f" to {rule.destination[0]}/{rule.destination[1]}" if rule.destination else ""
            return f"{rule.priority}: from all{to} {rule.action}" + (f" {rule.table}" if rule.action == "table" else "")
    return None


def _read(world: World, address: str) -> Way:
    """The longest prefix of the routing table, and what connect(2) says."""
    family = family_of(address)
    try:
        source = world.network.choose_source(LinkSettings(family, address))
    except OSError as refusal:
        kind = "unicast" if refusal.errno == ENETUNREACH else "unreachable"
        return Way(refusal.errno, kind=kind)
    if source == address:
        return Way(None, "lo", None, source, "local")
    row = _longest(world, address)
    if row is None:
        return Way(ENETUNREACH if family.version == 6 else None, source=source)
    errno = EHOSTUNREACH if row.kind not in ("unicast", "local") else None
    return Way(errno, row.device, row.gateway, source, row.kind, f"{row.destination}/{row.prefix_length}",
               row.prefix_length)


def _longest(world: World, address: str) -> RouteRow | None:
    from ..system.routes.all_tables import holds

    version = family_of(address).version
    fitting = [row for row in routes(version=version, world=world)
               if holds(row.destination, row.prefix_length, address)]
    return max(fitting, key=lambda row: (row.prefix_length, -(row.metric % (1 << 32))), default=None)


def device_mtu(world: World, way: Way | None) -> int:
    """What the first wire takes."""
    if way is None or way.device is None:
        return DEFAULT_MTU_BYTES
    try:
        return next((each.mtu_bytes for each in interfaces(world=world) if each.name == way.device), DEFAULT_MTU_BYTES)
    except Refused:
        return DEFAULT_MTU_BYTES


def neighbour_state(world: World, address: str, device: str | None) -> str | None:
    """The kernel's word about a neighbour, None where it has none."""
    try:
        found = [each for each in neighbours(version=family_of(address).version, world=world)
                 if each.address == address and device in (None, each.device)]
    except Refused:
        return None
    return str(found[0].state) if found else None


def neighbour_hardware(world: World, address: str, device: str) -> str:
    """The hardware address of a neighbour, "" where the kernel knows none."""
    try:
        found = [each.hardware_address for each in neighbours(version=family_of(address).version, world=world)
                 if (each.address, each.device) == (address, device)]
    except Refused:
        return ""
    return found[0].lower() if found else ""


def dropped(world: World, version: int) -> int:
    """How many packets came to this machine so far, and were handed to no program and nobody else: a filter
    had them."""
    from ..system.counters import read_counters

    try:
        table = read_counters(world, "snmp" if version == 4 else "snmp6")
        sections = {each.name: dict(each.counters) for each in table}
    except OSError:
        return 0
    found = {name: value for section in sections.values() for name, value in section.items()} if version == 6 else \
        sections.get("Ip", {})
    head = "" if version == 4 else "Ip6"
    passed = (f"{head}InDelivers", "ForwDatagrams", "Ip6OutForwDatagrams", f"{head}InHdrErrors", f"{head}InAddrErrors",
              f"{head}InUnknownProtos", f"{head}InDiscards", "Ip6InNoRoutes", "Ip6InTooBigErrors", "Ip6InTruncatedPkts")
    groups = found.get("Ip6InMcastPkts", 0)
    asked = min(groups, sum(found.get(f"Icmp6In{name}", 0) for name in ("NeighborSolicits", "RouterAdvertisements")))
    # of what is for groups some is for nobody here, and counted nowhere else; solicitations are delivered
    return found.get(f"{head}InReceives", 0) - groups + asked - sum(found.get(name, 0) for name in passed)


def look_at_sockets(world: World, question: LookAtSockets) -> Sockets:
    """TCP sockets that are connected to the address, and those that listen on the port; else all that hold something.

    Addresses of sockets are told as those of their version of IP.
    """
    from ..records.family import FAMILIES
    from ..system.sockets.internet import InternetSockets

    found: list[OwnSocket] = []
    for family in FAMILIES:
        tables = InternetSockets(world, lambda protocol: None, details=True)
        try:
            for sockets in tables.read("tcp", family, WITH_QUEUES):
                chosen = sockets.choose(_wanted(sockets, question, family))
                found += [_own_socket(each, family) for each in chosen.rows("tcp")]
                if len(found) > MOST_SOCKETS:
                    break
        except (*Refused, FileNotFoundError):
            continue
        finally:
            tables.close()
    return Sockets(tuple(found[:MOST_SOCKETS]))


def _wanted(sockets: Connections, question: LookAtSockets, family: Family) -> list[bool]:
    """By the columns: there may be very many."""
    states = sockets.states
    if question.address is None:
        return [bool(received or state != TcpState.LISTEN and sent)
                for state, received, sent in zip(states, sockets.receive_queues_bytes, sockets.send_queues_bytes)]
    address = question.address.partition("%")[0]
    packed = inet_pton(family_of(address).af, address)
    if family.version == 6 and len(packed) == 4:
        packed = MAPPED + packed
    return [state == TcpState.LISTEN and local == question.port or state != TcpState.LISTEN and remote == packed
            for state, local, remote in zip(states, sockets.local_ports, sockets.remote_addresses)]


def _own_socket(each: Connection, family: Family) -> OwnSocket:
    limit, retry, timer = -1, 0, 0
    if isinstance(each, ConnectionDetails):
        limit, retry, timer = each.backlog_limit or 0, each.retransmits, each.timer_kind
    elif each.timer is not None:
        retry, timer = each.timer.retransmits, each.timer.kind
    queue = limit if each.state == TcpState.LISTEN else each.send_queue_bytes
    remote = inet_ntop(family.af, each.remote_address).removeprefix("::ffff:")
    return OwnSocket(TCP_STATE_NAMES[each.state], each.local_port, each.remote_port, each.receive_queue_bytes, queue,
                     retry, timer, remote)
