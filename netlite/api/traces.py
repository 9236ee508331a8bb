"""`traceroute`: the routers on the way to a host."""

from __future__ import annotations

from errno import EACCES, EPERM

from ..errors import KernelRefused
from ..feature_errors import NotPermitted
from ..records.icmp_errors import PORT_UNREACHABLE, PROTOCOL_UNREACHABLE
from ..records.trace_rows import HopAnswer
from ..records.traceroute import ProbeResult, TraceDone, TraceFailed
from ..world import World
from .arguments import (
    MAX_PORT,
    chosen_world,
    duration_ns,
    host_text,
    interval_ns,
    one_of,
    optional_text,
    optional_whole,
    source_address,
    whole,
    yes_or_no,
)
from .runs import LibraryRun
from .targets import HOW_TO_PING, NO_WAY_OUT, Refusals, first_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ..engines.engine import Engine
    from ..engines.traceroute_settings import TracerouteSettings
    from ..links.link import Link
    from ..records.traceroute import TraceRecord
    from .arguments import Host

UDP_HEADER_BYTES, TCP_HEADER_BYTES, MSS_BYTES = 8, 20, 4
DATA_BYTES = 40                       # of a packet behind its IP header, unless a size is given
LARGEST_PACKET = 65000                # as for traceroute
METHODS = ("udp", "icmp", "tcp")
FIRST_PORTS = {"udp": 33434, "icmp": 1, "tcp": 80}
WINDOW = 16


class TraceRun(LibraryRun[HopAnswer]):
    """The rows of a trace; `reached` says whether the target answered (None: not known yet), `address` where
    it went."""

    def __init__(self, engine: Engine, link: Link, world: World, settings: TracerouteSettings):
        self.host, self.address = settings.host, settings.address
        self.reached: bool | None = None
        super().__init__(engine, link, world, names=settings.resolve)

    def tell(self, record: TraceRecord) -> Iterable[HopAnswer]:
        """Raises KernelRefused where the kernel does not let the run go on."""
        if isinstance(record, ProbeResult):
            return (_row(self.host, record),)
        if isinstance(record, TraceDone):
            self.reached = record.reached
        elif isinstance(record, TraceFailed):
            self.close()
            raise _refused(record)
        return ()


def _refused(record: TraceFailed) -> Exception:
    if record.errno in (EPERM, EACCES) and record.what == "send":
        return NotPermitted(record.errno, f"send: {NO_WAY_OUT}")
    if record.errno in (EPERM, EACCES):
        return NotPermitted(record.errno, f"{record.what}: {HOW_TO_PING}")
    return KernelRefused(record.errno, record.what)


def _row(host: str, probe: ProbeResult) -> HopAnswer:
    error = probe.error
    kind = "lost" if probe.rtt_ns is None else "router" if not probe.final else "reached"
    if kind == "reached" and error is not None and not error.says(PORT_UNREACHABLE, PROTOCOL_UNREACHABLE):
        kind = "refused"
    labels = tuple([label.label for each in probe.extensions if isinstance(each.decoded, tuple)
                    for label in each.decoded])
    return HopAnswer(host, probe.hop, probe.query + 1, kind, probe.source, probe.name, probe.rtt_ns, probe.ttl,
                     None if error is None else error.type, None if error is None else error.code,
                     probe.path_mtu_bytes, labels,
                     tuple([f"{each.class_number}/{each.class_type} {each.payload.hex()}"
                            for each in probe.extensions]), probe.tcp_flags)


def traceroute(host: Host, *, method: str = "udp", first_hop: int = 1, max_hops: int = 30, queries: int = 3,
               window: int = WINDOW, timeout_s: float = 5.0, interval_s: float = 0.0, port: int | None = None,
               size_bytes: int | None = None, paris: bool = False, dont_fragment: bool = False,
               traffic_class: int | None = None, names: bool = False, source: Host | None = None,
               device: str | None = None, version: int | None = None, world: World | None = None) -> TraceRun:
    """Find the routers on the way to a host; yields a HopAnswer a probe, in the order of hops.

    `method` "udp" (rising ports, as plain traceroute, from one port of ours), "icmp" (-I) or "tcp" (-T: SYN, half
    open; connections where raw sockets are refused); hops `first_hop` (-f) to `max_hops` (-m), 1 to 255;
    `queries` probes a hop (-q), 1 to 10; `window` probes under way at once (-N); `timeout_s` (-w) to wait for
    an answer at most, less where others answered sooner; `interval_s` (-z) between probes; `port` (-p) of the
    first probe, 33434 for udp, 80 for tcp (icmp: its sequence number); `size_bytes` of the whole packet (not of
    tcp's); `paris` (--paris): all probes of udp and icmp are one flow, so that they take one way;
    `dont_fragment` (-F); `traffic_class` (-t) 0 to 255; `names`
    also looks host names up (-n is the default here); `source` (-s), `device` (-i), `version` (-4, -6).

    ``run.reached`` tells at the end whether the target answered.  Raises NameUnknown, NotPermitted, and
    KernelRefused, also on the way (no route).

    Privileges: none for "udp" and "tcp"; "icmp" needs what `ping` needs.
    On the wire: RFC 792 (time exceeded, unreachable), RFC 4443 section 3, RFC 4884, RFC 9293.

    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import chain
    >>> lab = SimulatedEnvironment("example", chain(2), "client")
    >>> run = traceroute("server", queries=1, version=4, world=lab)
    >>> [(each.hop, each.source, each.kind) for each in run], run.reached
    ([(1, '198.18.1.2', 'router'), (2, '198.18.2.2', 'router'), (3, '198.18.3.2', 'reached')], True)
    """
    from ..engines.paris import Paris
    from ..engines.traceroute import TracerouteEngine
    from ..records.links import MtuDiscovery

    text, (own, wanted) = host_text(host), source_address(source, version)
    settings = _trace_settings(text, one_of("method", method, METHODS), first_hop, max_hops, queries, window,
                               timeout_s, interval_s, port, yes_or_no("paris", paris), yes_or_no("names", names))
    size = optional_whole("size_bytes", size_bytes, 28, LARGEST_PACKET)
    shared: dict[str, Any] = {
        "source": own, "device": optional_text("device", device),
        "traffic_class": optional_whole("traffic_class", traffic_class, 0, 255),
        "mtu_discovery": MtuDiscovery.PROBE if yes_or_no("dont_fragment", dont_fragment) else MtuDiscovery.DONT}
    world = chosen_world(world)
    family, address = first_address(world.resolver, text, wanted)
    header_bytes = family.header_bytes + (TCP_HEADER_BYTES + MSS_BYTES if method == "tcp" else UDP_HEADER_BYTES)
    size = max(size or family.header_bytes + DATA_BYTES, header_bytes + 2 * paris) if method != "tcp" else header_bytes
    settings = settings.replace(address=address, size_bytes=size, header_bytes=header_bytes,
                                seed=int.from_bytes(world.random_bytes(4), "big") if method == "tcp" else 0)
    with Refusals("socket", HOW_TO_PING):
        link = trace_link(world, method, paris, {"family": family, "destination": address, **shared},
                           size - header_bytes)
    if paris and method == "udp":
        settings = settings.replace(source_port=link.identifier or 0)
    return TraceRun(Paris(settings) if paris else TracerouteEngine(settings), link, world, settings)


def _trace_settings(host: str, method: str, first_hop: int, max_hops: int, queries: int, window: int, timeout_s: float,
                    interval_s: float, port: int | None, paris: bool, names: bool) -> TracerouteSettings:
    """Arguments, checked; the address and sizes are still to come."""
    from ..engines.traceroute_settings import TracerouteSettings

    if paris and method == "tcp":
        raise ValueError("paris goes with the methods udp and icmp alone")
    last = whole("max_hops", max_hops, 1, 255)
    return TracerouteSettings(
        host, "", method, whole("first_hop", first_hop, 1, last), last, whole("queries", queries, 1, 10),
        whole("window", window, 1, 1000), duration_ns("timeout_s", timeout_s), gap_ns=interval_ns("interval_s",
        interval_s), port=whole("port", FIRST_PORTS[method] if port is None else port, 1, MAX_PORT),
        port_step=0 if method == "tcp" or method == "udp" and paris else 1, resolve=names)


def trace_link(world: World, method: str, paris: bool, shared: dict[str, Any], data_bytes: int) -> Link:
    """A link for the probes of a method, with `shared` settings of any.  Raises OSError, KernelRefused."""
    from ..records.echo_links import EchoLinkSettings, Proof
    from ..records.raw_links import TcpLinkSettings
    from ..records.udp_links import UdpLinkSettings

    network = world.network
    if method == "udp":
        if paris:
            return network.open_flow_link(UdpLinkSettings(**shared, socket_per_probe=True))
        return network.open_udp_link(UdpLinkSettings(**shared, strict=True))
    if method == "icmp":
        payload = bytes([0x48 + place % 32 for place in range(data_bytes)])
        return network.open_echo_link(EchoLinkSettings(**shared, payload=payload, stamped=False, connected=not paris,
                                                       one_flow=paris, proof=Proof.TOKEN))
    try:
        return network.open_tcp_link(TcpLinkSettings(**shared))
    except PermissionError:  # no raw socket for us: the kernel makes the segments
        return network.open_connect_link(TcpLinkSettings(**shared))
