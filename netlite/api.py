"""The library: the engines of the programs as functions that return records.

Nothing here prints or parses text, and nothing is raised for a lost probe: that is a record too.
Each function takes a `world` (`netlite.World` by default): the network it works on.
"""

from __future__ import annotations

from .records.family import BY_AF, FAMILIES, IPV4, Family
from .session import Session
from .world import World

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .engines.engine import Engine
    from .records.connections import Connection, Connections
    from .records.interfaces import Interface
    from .records.multipath import MultipathRecord
    from .records.neighbours import Neighbour
    from .records.path_mtu import MtuRecord
    from .records.ping import PingResult
    from .records.routes import Route
    from .records.tracepath import PathRecord
    from .records.traceroute import TraceRecord
    from .system.sockets.internet import InternetSockets

__all__ = ["World", "ping", "traceroute", "tracepath", "path_mtu", "multipath",
           "interfaces", "routes", "neighbours", "connections"]

SECOND_NS = 1_000_000_000
UDP_HEADER_BYTES = 8


def ping(host: str, *, count: int | None = 4, interval_s: float = 1.0, timeout_s: float = 10.0, size_bytes: int = 56,
         ttl: int | None = None, source: str | None = None, device: str | None = None, version: int | None = None,
         world: World | None = None) -> Session[PingResult]:
    """Send ICMP echo requests and yield what comes of each, as it happens; last a Summary.

    `count` (-c) probes, None for no end; `interval_s` (-i) seconds apart; `timeout_s` (-W) seconds to
    wait for answers after the last one; `size_bytes` (-s) of payload; `ttl` (-t); `source` and `device`
    (-I); `version` 4 or 6 (-4, -6).  Yields Answer, ProbeError, LocalError, SendRefused, NoAnswerYet and
    Summary of `netlite.records.ping`, in the order ping prints them; NoAnswerYet tells a lost probe when
    the next one leaves.  An answer is what comes from the host itself with the random bytes of the request in its
    payload (8 bytes hold all of them).  Raises NameUnknown, KernelRefused and OSError (no route, no permission).

    Privileges: none where net.ipv4.ping_group_range admits the user, else CAP_NET_RAW.
    On the wire: RFC 792 (echo), RFC 4443 section 4.

    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import chain
    >>> lab = SimulatedEnvironment("example", chain(2), "client")
    >>> first, summary = ping("server", count=1, version=4, world=lab)
    >>> first.source, first.ttl, summary.received
    ('198.18.3.2', 62, 1)
    """
    from .engines.ping import Ping
    from .packets.asked import is_answered_by_anyone
    from .records.links import EchoLinkSettings, Proof
    from .records.ping import PingPlan, counting

    world = world or World()
    family, address = _resolve(world, host, version)
    payload = counting(size_bytes)
    plan = PingPlan(family, address, size_bytes, payload, count, max(0, round(interval_s * 1000)),
                    linger_ms=round(timeout_s * 1000), outstanding=True, any_source=is_answered_by_anyone(address),
                    queued_hints_count=False, verdict_a_probe=True)
    settings = EchoLinkSettings(family, address, source=source, device=device, ttl=ttl, payload=payload,
                                stamped=False, proof=Proof.TOKEN)
    return _session(Ping(plan), world.network.open_echo_link(settings), world)


def traceroute(host: str, *, method: str = "udp", max_hops: int = 30, queries: int = 3, timeout_s: float = 5.0,
               port: int | None = None, names: bool = False, source: str | None = None, device: str | None = None,
               version: int | None = None, world: World | None = None) -> Session[TraceRecord]:
    """Find the routers on the way to a host; yields a ProbeResult a probe, in the order of hops.

    `method` "udp" (rising ports, as plain traceroute, from one port of ours) or "icmp" (-I); `max_hops` (-m),
    `queries` probes a hop (-q), `timeout_s` (-w) to wait for an answer at most; `port` (-p) of the first probe;
    `names` also looks host names up.  The last record is TraceDone, or TraceFailed where the kernel refused something.
    A ProbeResult whose `rtt_ns` is None was not answered.  Raises NameUnknown, KernelRefused, OSError.

    Privileges: none for "udp"; "icmp" needs what `ping` needs.
    On the wire: RFC 792 (time exceeded, unreachable), RFC 4443 section 3, RFC 4884.

    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import chain
    >>> lab = SimulatedEnvironment("example", chain(2), "client")
    >>> [each.source for each in traceroute("server", queries=1, version=4, world=lab) if hasattr(each, "hop")]
    ['198.18.1.2', '198.18.2.2', '198.18.3.2']
    """
    from .engines.traceroute import Method, TracerouteEngine, TracerouteSettings
    from .records.links import EchoLinkSettings, MtuDiscovery, Proof, UdpLinkSettings

    world = world or World()
    family, address = _resolve(world, host, version)
    size_bytes = family.header_bytes + 40
    shared: dict[str, Any] = {"family": family, "destination": address, "source": source, "device": device,
                              "mtu_discovery": MtuDiscovery.DONT}
    if method == "icmp":
        link = world.network.open_echo_link(EchoLinkSettings(**shared, payload=bytes(range(0x48, 0x68)), stamped=False,
                                                             connected=True, proof=Proof.TOKEN))
        asked, first, step = Method.ICMP, 1, 1
    elif method == "udp":
        link = world.network.open_udp_link(UdpLinkSettings(**shared, strict=True))
        asked, first, step = Method.UDP, 33434, 1
    else:
        raise ValueError(f"method is \"udp\" or \"icmp\", not {method!r}")
    engine = TracerouteEngine(TracerouteSettings(
        host, address, asked, 1, max_hops, queries, patience_ns=round(timeout_s * SECOND_NS), port=port or first,
        port_step=step, size_bytes=size_bytes, header_bytes=family.header_bytes + UDP_HEADER_BYTES, resolve=names))
    return _session(engine, link, world, names)


def tracepath(host: str, *, max_hops: int = 30, port: int = 44444, names: bool = False, version: int | None = None,
              world: World | None = None) -> Session[PathRecord]:
    """Trace the path to a host and find its MTU; yields the records of `netlite.records.tracepath`.

    `max_hops` (-m), `port` (-p) of the first probe, `names` looks host names up.  The last record is a
    PathSummary with the path MTU in bytes.  Raises NameUnknown, KernelRefused, OSError.

    Privileges: none (UDP and its error queue).
    On the wire: RFC 1191 and RFC 8201 (path MTU discovery), RFC 792, RFC 4443.

    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import chain
    >>> lab = SimulatedEnvironment("example", chain(2, mtus={3: 1400}), "client")
    >>> list(tracepath("server", version=4, world=lab))[-1].pmtu_bytes
    1400
    """
    from .engines.tracepath import Tracepath, TracepathConfig
    from .records.links import MtuDiscovery, UdpLinkSettings

    world = world or World()
    family, address = _resolve(world, host, version)
    size_bytes = 65535 if family is IPV4 else 128000
    link = world.network.open_udp_link(UdpLinkSettings(family, address, mtu_discovery=MtuDiscovery.DO, stamped=True,
                                                       strict=True))
    return _session(Tracepath(TracepathConfig(size_bytes, max_hops, port, names)), link, world, names)


def path_mtu(host: str, *, method: str = "icmp", timeout_s: float = 1.0, deadline_s: float | None = None,
             max_hops: int = 30, max_probes: int = 200, names: bool = False, device: str | None = None,
             version: int | None = None, world: World | None = None) -> Session[MtuRecord]:
    """Search the path MTU to a host, black holes included; yields the records of `netlite.records.path_mtu`.

    `method` "icmp" (echo requests; where the kernel does not allow them, UDP) or "udp" (-U); `timeout_s` (-W)
    to wait for an answer at most; `deadline_s` (-w) for the whole run; `max_hops` (-m) and `max_probes`
    bound it; `names` looks host names up.  The last record is a PathMtuResult with `mtu_bytes` and the routers
    that narrow the path, or MtuFailed where the kernel refused.  Raises NameUnknown, KernelRefused, OSError.

    Privileges: those of `ping`, or none for UDP.
    On the wire: RFC 8899 (search by probes), RFC 1191, RFC 8201, RFC 2923 (black holes).

    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import chain
    >>> lab = SimulatedEnvironment("example", chain(2, mtus={3: 1400}), "client")
    >>> result = list(path_mtu("server", version=4, world=lab))[-1]
    >>> result.mtu_bytes, result.narrowings[0].last_hop, result.black_hole
    (1400, 2, False)
    """
    from .engines.path_mtu import PathMtu, PathMtuConfig
    from .links.path_mtu import open_mtu_link

    if method not in ("icmp", "udp"):
        raise ValueError(f"method is \"icmp\" or \"udp\", not {method!r}")
    world = world or World()
    family, address = _resolve(world, host, version)
    link, method = open_mtu_link(world.network, family, address, device, method == "udp")
    config = PathMtuConfig(host, address, family, method, round(timeout_s * SECOND_NS),
                           None if deadline_s is None else round(deadline_s * SECOND_NS), max_hops, max_probes,
                           names=names, source_port=link.identifier or 0)
    return _session(PathMtu(config), link, world, names)


def multipath(host: str, *, max_hops: int = 30, tries: int = 3, window: int = 16, timeout_s: float = 5.0,
              port: int = 33434, confidence_percent: int = 95, names: bool = False, source: str | None = None,
              device: str | None = None, version: int | None = None,
              world: World | None = None) -> Session[MultipathRecord]:
    """Find all routers that flows to a host pass (traceroute --mda); yields the records of `records.multipath`.

    `max_hops` (-m), `tries` (-q) of a probe that is not answered, `window` (-N) probes under way at once,
    `timeout_s` (-w) to wait for an answer at most, `port` (-p) of all destinations; `confidence_percent` (50 to 99)
    is how sure it is, router by router, that no next hop is missed; `names` looks host names up.  The records are a
    MultipathHop a hop, then MultipathLinks, what was rewritten on the way (Rewriting), and MultipathDone, or
    TraceFailed.  Raises NameUnknown, KernelRefused, OSError.

    Privileges: none; with CAP_NET_RAW routers that quote little are understood too, and rewriting is seen.
    On the wire: RFC 2992 (equal ways), RFC 792, RFC 4443, RFC 4884, RFC 5837.

    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import diamond
    >>> lab = SimulatedEnvironment("example", diamond(2), "client")
    >>> hops = [each for each in multipath("server", version=4, world=lab) if hasattr(each, "next_hops")]
    >>> [each.source for each in hops[1].next_hops]
    ['198.18.3.2', '198.18.5.2']
    """
    from .engines.mda import Mda, MdaSettings
    from .records.links import MtuDiscovery, UdpLinkSettings

    if not 50 <= confidence_percent <= 99:
        raise ValueError(f"confidence_percent is from 50 to 99, not {confidence_percent!r}")
    world = world or World()
    family, address = _resolve(world, host, version)
    link = world.network.open_flow_link(UdpLinkSettings(
        family, address, source=source, device=device, mtu_discovery=MtuDiscovery.DONT, socket_per_probe=True))
    settings = MdaSettings(
        host, address, link.identifier or 0, port, max_hops=max_hops, tries=tries, window=window, names=names,
        patience_ns=round(timeout_s * SECOND_NS), size_bytes=family.header_bytes + 40,
        confidence_percent=confidence_percent)
    return _session(Mda(settings), link, world, names)


def interfaces(*, world: World | None = None) -> list[Interface]:
    """The network interfaces (`records.interfaces.Interface`), sorted by name.

    An address label such as ``eth0:1`` is one more entry, as it is for ifconfig.  No privilege needed.
    From the kernel: RTM_GETLINK, RTM_GETADDR, /proc/net/if_inet6; /proc/net/dev and ioctls without netlink.
    """
    from .system.interfaces.interfaces import read_interfaces

    return sorted(read_interfaces(world or World(), lambda text: None), key=lambda interface: interface.name)


def routes(version: int = 4, *, world: World | None = None) -> Iterator[Route]:
    """The routing table of IPv4 (the main table) or IPv6 (all tables), in the kernel's order.

    Yields `records.routes.Route`.  Raises OSError where there is none.  No privilege needed.
    From the kernel: RTM_GETROUTE (/proc/net/route where netlink is refused), /proc/net/ipv6_route.
    """
    from .records.routes import Route
    from .system.routes.proc_tables import as_it_is, read_routes4, read_routes6

    world = world or World()
    if version == 4:
        return (Route(destination, *route[1:]) for rows in read_routes4(world, as_it_is) for destination, route in rows)
    return (route for rows in read_routes6(world) for route in rows)


def neighbours(*, world: World | None = None) -> list[Neighbour]:
    """The IPv4 neighbour table (`records.neighbours.Neighbour`).  No privilege needed.

    From the kernel: RTM_GETNEIGH, /proc/net/arp where netlink is refused.  Raises OSError where there is neither.
    """
    from .records.neighbours import Neighbour
    from .system.neighbours.neighbours import read_arp

    return [Neighbour.of(row) for row in read_arp(world or World())]


def connections(protocol: str = "tcp", *, version: int | None = None, listening: bool | None = None,
                world: World | None = None) -> Iterator[Connection]:
    """The sockets of ``tcp`` or ``udp``; yields `records.connections.Connection` in the kernel's order.

    `version` 4 or 6, None for both; `listening` True for TCP sockets that listen only, False for the
    others only.  No privilege needed.
    From the kernel: NETLINK_SOCK_DIAG (inet_diag), /proc/net/tcp and the like where netlink is refused.
    """
    from .records.connections import TcpState
    from .system.sockets.internet import PROTOCOLS, InternetSockets, table_of
    from .system.sockets.sock_diag import ALL_STATES

    if protocol not in PROTOCOLS:
        raise ValueError(f"protocol is \"tcp\" or \"udp\", not {protocol!r}")
    tables = InternetSockets(world or World(), lambda protocol: None)
    try:
        for family in FAMILIES:
            for sockets in _table(tables, protocol, family, ALL_STATES) if version in (None, family.version) else ():
                for connection in sockets.rows(table_of(protocol, family)):
                    if listening is None or listening == (connection.state == TcpState.LISTEN):
                        yield connection
    finally:
        tables.close()


def _table(tables: InternetSockets, protocol: str, family: Family, states: int) -> Iterator[Connections]:
    """The sockets of a family; none where the kernel is without IPv6."""
    try:
        return tables.read(protocol, family, states)
    except FileNotFoundError:
        return iter(())


def _resolve(world: World, host: str, version: int | None) -> tuple[Family, str]:
    """The first address of a host in the wanted IP version.  Raises NameUnknown."""
    from .sockets.resolver import AI_IDN

    af = {family.version: family.af for family in FAMILIES}[version] if version else 0
    found = world.resolver.addresses(host, af, AI_IDN)[0]
    return BY_AF[found.af], found.text


def _session(engine: Engine, link: Any, world: World, names: bool = False) -> Session[Any]:
    """A run of the library; the process may live long, so the kernel is to go on stamping between runs."""
    world.network.keep_stamping()
    return Session(engine, link, world, names=names)
