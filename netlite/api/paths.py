"""`tracepath`, `path_mtu`, `multipath`: the MTU of the path to a host, where it narrows, and all ways at once."""

from __future__ import annotations

from ..records.family import IPV4
from ..world import World
from .arguments import (
    MAX_PORT,
    chosen_world,
    duration_ns,
    host_text,
    ip_version,
    one_of,
    optional_text,
    source_address,
    whole,
    yes_or_no,
)
from .runs import LibraryRun
from .targets import HOW_TO_PING, Refusals, first_address
from .traces import DATA_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.multipath import MultipathRecord
    from ..records.path_mtu import MtuRecord
    from ..records.tracepath import PathRecord
    from .arguments import Host


def tracepath(host: Host, *, max_hops: int = 30, port: int = 44444, names: bool = False, version: int | None = None,
              world: World | None = None) -> LibraryRun[PathRecord]:
    """Trace the path to a host and find its MTU; yields the records of `netlite.records.tracepath`.

    `max_hops` (-m, 1 to 255), `port` (-p) of the first probe, `names` looks host names up; `version` 4 or 6
    (-4, -6).  The last record is a PathSummary with the path MTU in bytes.  Raises NameUnknown, NotPermitted,
    KernelRefused.

    Privileges: none (UDP and its error queue).
    On the wire: RFC 1191 and RFC 8201 (path MTU discovery), RFC 792, RFC 4443.

    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import chain
    >>> lab = SimulatedEnvironment("example", chain(2, mtus={3: 1400}), "client")
    >>> list(tracepath("server", version=4, world=lab))[-1].pmtu_bytes
    1400
    """
    from ..engines.tracepath import Tracepath, TracepathConfig
    from ..records.links import MtuDiscovery
    from ..records.udp_links import UdpLinkSettings

    text, wanted = host_text(host), ip_version(version)
    config = TracepathConfig(0, whole("max_hops", max_hops, 1, 255), whole("port", port, 1, MAX_PORT),
                             yes_or_no("names", names))
    world = chosen_world(world)
    family, address = first_address(world.resolver, text, wanted)
    with Refusals("UDP socket"):
        link = world.network.open_udp_link(UdpLinkSettings(family, address, mtu_discovery=MtuDiscovery.DO,
        stamped=True, strict=True))
    config = config.replace(size_bytes=65535 if family is IPV4 else 128000)
    return LibraryRun(Tracepath(config), link, world, names=names)


def path_mtu(host: Host, *, method: str = "icmp", timeout_s: float = 1.0, deadline_s: float | None = None,
             max_hops: int = 30, max_probes: int = 200, names: bool = False, device: str | None = None,
             version: int | None = None, world: World | None = None) -> LibraryRun[MtuRecord]:
    """Search the path MTU to a host, black holes included; yields the records of `netlite.records.path_mtu`.

    `method` "icmp" (echo requests; where the kernel does not allow them, UDP) or "udp" (-U); `timeout_s` (-W)
    to wait for an answer at most; `deadline_s` (-w) for the whole run; `max_hops` (-m) and `max_probes` bound
    it; `names` looks host names up; `device` (-I) and `version` (-4, -6) as for `ping`.  The last record is a
    PathMtuResult with `mtu_bytes` and the routers that narrow the path, or MtuFailed where the kernel
    refused.  Raises NameUnknown, NotPermitted, KernelRefused.

    Privileges: those of `ping`, or none for UDP.
    On the wire: RFC 8899 (search by probes), RFC 1191, RFC 8201, RFC 2923 (black holes).

    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import chain
    >>> lab = SimulatedEnvironment("example", chain(2, mtus={3: 1400}), "client")
    >>> result = list(path_mtu("server", version=4, world=lab))[-1]
    >>> result.mtu_bytes, result.narrowings[0].last_hop, result.black_hole
    (1400, 2, False)
    """
    from ..engines.path_mtu import PathMtu
    from ..engines.path_mtu_config import PathMtuConfig
    from ..links.path_mtu import open_mtu_link

    text, wanted = host_text(host), ip_version(version)
    udp = one_of("method", method, ("icmp", "udp")) == "udp"
    patience_ns = duration_ns("timeout_s", timeout_s)
    limit_ns = None if deadline_s is None else duration_ns("deadline_s", deadline_s)
    whole("max_hops", max_hops, 1, 255)
    whole("max_probes", max_probes, 1)
    yes_or_no("names", names)
    out = optional_text("device", device)
    world = chosen_world(world)
    family, address = first_address(world.resolver, text, wanted)
    with Refusals("socket", HOW_TO_PING):
        link, method = open_mtu_link(world.network, family, address, out, udp)
    config = PathMtuConfig(text, address, family, method, patience_ns, limit_ns, max_hops, max_probes,
                           names=names, source_port=link.identifier or 0)
    return LibraryRun(PathMtu(config), link, world, names=names)


def multipath(host: Host, *, max_hops: int = 30, tries: int = 3, window: int = 16, timeout_s: float = 5.0,
              port: int = 33434, confidence_percent: int = 95, names: bool = False, source: Host | None = None,
              device: str | None = None, version: int | None = None,
              world: World | None = None) -> LibraryRun[MultipathRecord]:
    """Find all routers that flows to a host pass (traceroute --mda); yields the records of `records.multipath`.

    `max_hops` (-m), `tries` (-q) of a probe that is not answered, `window` (-N) probes under way at once,
    `timeout_s` (-w) to wait for an answer at most, `port` (-p) of all destinations; `confidence_percent` (50
    to 99) is how sure it is, router by router, that no next hop is missed; `names` looks host names up; `source` (-s),
    `device` (-i) and `version` (-4, -6) as for `traceroute`.  The
    records are a MultipathHop a hop, then MultipathLinks, what was rewritten on the way (Rewriting), and
    MultipathDone, or TraceFailed.  Raises NameUnknown, NotPermitted, KernelRefused.

    Privileges: none; with CAP_NET_RAW routers that quote little are understood too, and rewriting is seen.
    On the wire: RFC 2992 (equal ways), RFC 792, RFC 4443, RFC 4884, RFC 5837.

    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import diamond
    >>> lab = SimulatedEnvironment("example", diamond(2), "client")
    >>> hops = [each for each in multipath("server", version=4, world=lab) if hasattr(each, "next_hops")]
    >>> [each.source for each in hops[1].next_hops]
    ['198.18.3.2', '198.18.5.2']
    """
    from ..engines.mda import Mda
    from ..engines.mda_settings import MdaSettings
    from ..records.links import MtuDiscovery
    from ..records.udp_links import UdpLinkSettings

    text, (own, wanted) = host_text(host), source_address(source, version)
    settings = MdaSettings(
        text, "", 0, whole("port", port, 1, MAX_PORT), max_hops=whole("max_hops", max_hops, 1, 255),
        tries=whole("tries", tries, 1, 10), window=whole("window", window, 1, 1000), names=yes_or_no("names",
        names), patience_ns=duration_ns("timeout_s", timeout_s),
        confidence_percent=whole("confidence_percent", confidence_percent, 50, 99))
    ends = own, optional_text("device", device)
    world = chosen_world(world)
    family, address = first_address(world.resolver, text, wanted)
    with Refusals("UDP socket"):
        link = world.network.open_flow_link(UdpLinkSettings(
            family, address, *ends, mtu_discovery=MtuDiscovery.DONT, socket_per_probe=True))
    settings = settings.replace(address=address, first_source_port=link.identifier or 0,
                                size_bytes=family.header_bytes + DATA_BYTES)
    return LibraryRun(Mda(settings), link, world, names=names)
