"""Paths that are watched: every hop asked again and again, and how each does."""

from __future__ import annotations

from ..engines.requests import PauseAsked, ResetAsked
from ..engines.watch import Watch
from ..engines.watch_config import WatchConfig
from ..records.links import MtuDiscovery
from ..records.ping_mishaps import ReceiveRefused
from ..records.watch import HopProbe, PathChanged, PathState, Way
from ..world import World
from .arguments import (
    MAX_PORT,
    chosen_world,
    duration_ns,
    host_text,
    number,
    one_of,
    optional_text,
    optional_whole,
    source_address,
    whole,
    yes_or_no,
)
from .pings import wall_offset_ns
from .runs import LibraryRun
from .targets import HOW_TO_PING, Refusals, first_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ..links.link import Link
    from ..records.family import Family
    from .arguments import Host

METHODS = {"icmp": 0, "udp": 33434, "tcp": 80}
"""Where the probes of each method go, unless a port is given."""
MOST_FLOWS = 64
LEAST_INTERVAL_S = 0.01
HEADERS_BYTES = {"icmp": 8 + 10, "udp": 8 + 2, "tcp": 20 + 4}
"""Behind the IP header: what makes a flow and a proof of its probes included."""
LARGEST_PACKET, USUAL_PACKET = 65000, 64


class WatchRun(LibraryRun["HopProbe | PathChanged"]):
    """What becomes of each probe, and each change of a path, as it happens; `paths` is how they do now."""

    def __init__(self, config: WatchConfig, link: Link, world: World):
        self._watch = Watch(config)
        self._last: list[PathState] | None = None
        super().__init__(self._watch, link, world, names=config.names)

    @property
    def paths(self) -> list[PathState]:
        """How each path does, a PathState a flow."""
        return self._watch.states()

    def reset(self) -> None:
        """Begin to count anew.  From any thread."""
        self.request(ResetAsked(0))

    def pause(self, paused: bool = True) -> None:
        """Send nothing for now, or again (False).  From any thread."""
        self.request(PauseAsked(0, paused))

    def tell(self, record: Any) -> Iterable[HopProbe | PathChanged]:
        """Raises KernelRefused where nothing can be received."""
        if isinstance(record, ReceiveRefused):
            from ..errors import KernelRefused

            raise KernelRefused(record.errno, "recvmsg")
        return () if isinstance(record, PathState) else (record,)


def watch(host: Host, *, method: str = "icmp", flows: int = 1, first_hop: int = 1, max_hops: int = 30,
          max_unknown: int = 12, count: int | None = None, interval_s: float = 1.0, timeout_s: float = 3.0,
          rate: float = 250.0, port: int | None = None, size_bytes: int = USUAL_PACKET,
          traffic_class: int | None = None, names: bool = False, source: Host | None = None,
          device: str | None = None, version: int | None = None, world: World | None = None) -> WatchRun:
    """Watch the path to a host: ask every hop again and again; yields what becomes of each probe as it is known.

    `method` "icmp" (echo requests), "udp" or "tcp" (SYN) to `port` (-P; 33434 or 80); `flows` (1 to 64) flows side by
    side, each of which keeps to one way wherever routers tell flows apart; hops `first_hop` (-f) to `max_hops` (-m),
    1 to 255, at most `max_unknown` (-U) beyond the last that answers; `count` probes (-c) to each hop, None for no
    end; `interval_s` (-i, from 0.01) seconds between those to one hop; `timeout_s` (-Z) seconds for every probe;
    at most `rate` probes a second in all; `size_bytes` (-s) of the whole packet, made longer where that is less than
    its headers; `traffic_class` (-Q) 0 to 255; `names` looks host names up; `source` (-a), `device` (-I), `version`.

    Yields HopProbe and PathChanged of `netlite.records.watch`.  ``run.paths`` is how the path of each flow does: loss,
    round trips, jitter, percentiles by hop.  ``run.reset()`` begins to count anew, ``run.pause()`` sends nothing for
    now.  Raises NameUnknown, NotPermitted, KernelRefused; a probe that our kernel does not send for now (no
    route) is "unsent".

    Privileges: for "icmp" those of `ping`; none for "udp"; CAP_NET_RAW for "tcp".
    On the wire: RFC 792 (time exceeded, echo), RFC 4443 section 3, RFC 9293; RFC 3550 section 6.4.1 (jitter).

    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import chain
    >>> run = watch("server", count=2, version=4, world=SimulatedEnvironment("example", chain(1), "client"))
    >>> sorted({(each.hop, each.source, each.kind) for each in run})
    [(1, '198.18.1.2', 'router'), (2, '198.18.2.2', 'reached')]
    >>> [(hop.sent, hop.loss) for hop in run.paths[0].hops]
    [(2, 0.0), (2, 0.0)]
    """
    text, (own, wanted) = host_text(host), source_address(source, version)
    last = whole("max_hops", max_hops, 1, 255)
    one_of("method", method, tuple(METHODS))
    target = METHODS[method] if port is None else whole("port", port, 1, MAX_PORT)
    config = WatchConfig(
        (), method, target, whole("first_hop", first_hop, 1, last), last, whole("max_unknown", max_unknown, 1, 255),
        optional_whole("count", count, 1), watch_interval_ns(interval_s), duration_ns("timeout_s", timeout_s),
        number("rate", rate, above=True), yes_or_no("names", names))
    shared = {"source": own, "device": optional_text("device", device),
              "traffic_class": optional_whole("traffic_class", traffic_class, 0, 255)}
    whole("flows", flows, 1, MOST_FLOWS)
    whole("size_bytes", size_bytes, 1, LARGEST_PACKET)
    world = chosen_world(world)
    family, address = first_address(world.resolver, text, wanted)
    config, link = open_ways(world, config, [(text, family, address)], flows, size_bytes, shared)
    return WatchRun(config, link, world)


def watch_interval_ns(interval_s: float) -> int:
    """An interval that is no flood."""
    if number("interval_s", interval_s) < LEAST_INTERVAL_S:
        raise ValueError(f"interval_s is at least {LEAST_INTERVAL_S}, not {interval_s!r}")
    return duration_ns("interval_s", interval_s)


def open_ways(world: World, config: WatchConfig, hosts: list[tuple[str, Family, str]], flows: int, size_bytes: int,
              shared: dict[str, Any]) -> tuple[WatchConfig, Link]:
    """Sockets for `flows` flows to each of some (host, family, address), with `shared` settings; the config with
    these ways, and one link for all.  Raises NotPermitted, KernelRefused."""
    from ..links.ways import WaysLink

    ways: list[Way] = []
    links: list[Link] = []
    try:
        for host, family, address in hosts:
            size = max(size_bytes, family.header_bytes + HEADERS_BYTES[config.method])
            for flow in range(flows):
                with Refusals("socket", HOW_TO_PING):
                    link = open_way(world, config.method, family, address, size, shared)
                links.append(link)
                ways.append(Way(host, address, flow, 0 if config.method == "icmp" else link.identifier or 0,
                                None if config.method == "icmp" else size))
    except BaseException:
        for link in links:
            link.close()
        raise
    return config.replace(ways=tuple(ways), wall_offset_ns=wall_offset_ns(world),
                          seed=int.from_bytes(world.random_bytes(4), "big")), WaysLink(links)


def open_way(world: World, method: str, family: Family, address: str, size_bytes: int, shared: dict[str, Any]) -> Link:
    """A link whose probes are one flow.  Raises OSError, KernelRefused."""
    from ..records.echo_links import EchoLinkSettings, Proof
    from ..records.raw_links import TcpLinkSettings
    from ..records.udp_links import UdpLinkSettings

    settings: dict[str, Any] = {"family": family, "destination": address, "mtu_discovery": MtuDiscovery.DONT, **shared}
    if method == "icmp":
        payload = bytes(size_bytes - family.header_bytes - 8)
        return world.network.open_echo_link(EchoLinkSettings(
            **settings, payload=payload, stamped=False, one_flow=True, proof=Proof.TOKEN))
    if method == "udp":
        return world.network.open_flow_link(UdpLinkSettings(**settings, socket_per_probe=True))
    return world.network.open_tcp_link(TcpLinkSettings(**settings, flows=True))
