"""The plan of a run: all that its command line decides, worked out once, before the first socket is opened; and its
link, opened."""

from __future__ import annotations

from ...command_line.c_numbers import as_int
from ...command_line.traceroute_options import CommandLine, refused
from ...engines.actions import NAME_PATIENCE_NS
from ...engines.traceroute_settings import TracerouteSettings
from ...errors import KernelRefused, UsageError
from ...records.family import IpProtocol
from ...records.links import LinkSettings, MtuDiscovery
from ...records.record import Record
from ...records.udp_links import UdpLinkSettings
from .methods import METHODS, Keywords, LinkKind, MethodRow
from .words import MAX_SIZE_BYTES, Choices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ...links.link import Link
    from ...links.network import Network
    from ...records.echo_links import EchoLinkSettings

DATA_BYTES = 40  # of a packet behind its IP header, unless a size is given
STEERING_BYTES = 2  # of data, which give the checksum of a flow its value
COVERAGE_BYTES = 8  # the UDP-Lite header alone
PATTERN = bytes(range(0x40, 0x80))  # what fills a packet, from the first byte behind the IP header on
NO_PROTOCOL = 0x7FFFFFFF  # the kernel refuses it as it refuses all that is beyond a byte
SECOND_NS = 1_000_000_000


class Search:
    """Which ways are looked for, and so which engine and which text a run has."""

    CLASSIC = "the way of each probe"
    PARIS = "one way, by probes of one flow"
    MDA = "all ways"


class Plan(Record):
    """One run.

    `link` is a value of `LinkKind`, `link_settings` what it is opened with: the first of them that the kernel allows.
    `search` is a value of `Search`, `trace` what the engine is told, `show_extensions` (-e) what the text is told
    beyond that.  `sends_privileged`: a privilege may be needed for a probe, because it has a socket of its own and
    these are set on it.
    """

    link: str
    link_settings: tuple[LinkSettings, ...]
    search: str
    trace: TracerouteSettings
    show_extensions: bool
    sends_privileged: bool


def plan_of(choices: Choices) -> Plan:
    """The plan for a command line; the world of it tells the kernel's own use of TCP options.

    Raises UsageError for what does not go together, in the original's order; names of gateways are looked up.
    """
    world = choices.world
    row = METHODS.get(choices.method.lower())
    if row is None:
        raise refused(f"Unknown traceroute module {choices.method}")
    choices.check()
    ip_options = b""
    if choices.gateways:
        from .headers import source_route

        ip_options = source_route(choices)
    keywords = Keywords(world)
    if choices.method_words:
        from .keywords import KEYWORDS

        if row.name in KEYWORDS:
            CommandLine(KEYWORDS[row.name], keywords=True).read(row.name, choices.method_words, keywords)
    search = Search.MDA if choices.mda else Search.PARIS if choices.paris else Search.CLASSIC
    if search is not Search.CLASSIC:
        check_flows(choices, row)
    segment, seed = {}, 0
    header_bytes = choices.family.header_bytes + len(ip_options) + row.header_bytes
    size_bytes = max(choices.size_bytes, header_bytes)
    if choices.size_bytes < 0:
        size_bytes = MAX_SIZE_BYTES if choices.discover_mtu else max(
            choices.family.header_bytes + len(ip_options) + DATA_BYTES, header_bytes)
    if row.link is LinkKind.TCP:
        from .headers import segment_bytes, segment_fields

        segment, seed = segment_fields(keywords, world), int.from_bytes(world.random_bytes(4), "big")
        size_bytes = header_bytes + segment_bytes(segment)  # the size given has no say in it
    in_flows = search is not Search.CLASSIC and row.link is LinkKind.UDP
    if in_flows:
        size_bytes = max(size_bytes, header_bytes + STEERING_BYTES)
    trace = trace_settings(choices, row, keywords, size_bytes=size_bytes, header_bytes=header_bytes, seed=seed,
                           in_flows=in_flows or search is Search.MDA)
    return Plan(
        link=LinkKind.FLOWS if in_flows else row.link,
        link_settings=link_settings(choices, row, keywords, ip_options, segment, size_bytes - header_bytes),
        search=search, trace=trace, show_extensions=choices.extensions,
        sends_privileged=row.link not in LinkKind.ONE_SOCKET and bool(
            choices.mark or choices.debug or choices.gateways or choices.device or choices.source_port
            or choices.flow_label))


def check_flows(choices: Choices, row: MethodRow) -> None:
    """Refuse methods and options that do not go with --paris or --mda.  Raises UsageError, status 2."""
    option = "--mda" if choices.mda else "--paris"
    udp = row.link is LinkKind.UDP and row.name != "udplite"
    fits = udp or row.link is (LinkKind.TCP if choices.mda else LinkKind.ECHO)
    if choices.mda and choices.paris:
        raise UsageError(f"{choices.program}: --mda and --paris exclude each other\n", 2)
    if not fits:
        methods = "UDP or TCP" if choices.mda else "UDP or ICMP"
        raise UsageError(f"{choices.program}: {option} needs probes of {methods}, not the method {row.name}\n", 2)
    if choices.discover_mtu or choices.mda and (choices.as_lookups or choices.back):
        also = ", -A or --back" if choices.mda else ""
        raise UsageError(f"{choices.program}: {option} does not go with --mtu{also}\n", 2)


def trace_settings(choices: Choices, row: MethodRow, keywords: Keywords, *, size_bytes: int, header_bytes: int,
                   seed: int, in_flows: bool) -> TracerouteSettings:
    """What the engine is told; one probe at a time from a fixed source port, unless that is the port of all."""
    alone = row.alone or choices.source_port != 0 and not in_flows
    gap_s = choices.gap / 1000 if choices.gap >= 10 else choices.gap
    return TracerouteSettings(
        choices.host, choices.address, row.method,
        choices.first_hop, choices.max_hops, choices.queries,
        window=1 if alone or choices.discover_mtu else choices.window,
        patience_ns=nanoseconds(choices.wait), here=0.0 if alone else choices.here,
        near=0.0 if alone else choices.near, gap_ns=nanoseconds(gap_s),
        port=choices.port or row.port, port_step=0 if in_flows else row.port_step,
        size_bytes=size_bytes, header_bytes=header_bytes, resolve=not choices.numeric,
        as_paths=choices.as_lookups,
        name_patience_ns=60 * SECOND_NS if choices.as_lookups else NAME_PATIENCE_NS,
        back=choices.back, extensions=choices.extensions, discover_mtu=choices.discover_mtu,
        show_flags=keywords.info, seed=seed)


def link_settings(choices: Choices, row: MethodRow, keywords: Keywords, ip_options: bytes, segment: dict[str, Any],
                  data_bytes: int) -> tuple[LinkSettings, ...]:
    """What to open the link with, and what else if that is refused.

    ICMP is tried raw, for compatibility, then by a datagram socket.  The original's packets have no room for a
    token, which --paris takes; -U and the default method differ in the ports alone.
    """
    shared: dict[str, Any] = {
        "family": choices.family, "destination": choices.address, "device": choices.device,
        "source": choices.source[1] if choices.source else None,
        "traffic_class": traffic_class(choices),
        "flow_label": choices.flow_label & 0xFFFFF or None, "mark": choices.mark or None,
        "mtu_discovery": MtuDiscovery.PROBE if choices.dont_fragment or choices.discover_mtu else MtuDiscovery.DONT,
        "dont_route": choices.dont_route, "debug": choices.debug, "ip_options": ip_options}
    source_port = choices.source_port & 0xFFFF or None
    if row.link is LinkKind.UDP:
        if row.name == "udplite":
            shared |= {"protocol": IpProtocol.UDPLITE, "coverage_bytes": as_int(keywords.coverage or COVERAGE_BYTES)}
        return (UdpLinkSettings(**shared, socket_per_probe=True, pattern=PATTERN, source_port=source_port),)
    if row.link is LinkKind.ECHO:
        from ...records.echo_links import EchoLinkSettings, KernelStamps, Proof

        payload = (PATTERN * (data_bytes // len(PATTERN) + 2))[8:8 + data_bytes]
        echo = EchoLinkSettings(**shared, payload=payload, stamped=False, kernel_stamps=KernelStamps.RECEIVED,
                                one_flow=choices.paris, proof=Proof.TOKEN if choices.paris else Proof.IDENTIFIER)
        kinds = (keywords.kind,) if keywords.kind else ("raw", "datagram")
        return tuple(echo.replace(kind=kind) for kind in kinds)
    from ...records.raw_links import RawLinkSettings, TcpLinkSettings

    if row.link is LinkKind.RAW:  # the protocol is that of -p, which is a port elsewhere, else that of -P
        protocol = choices.port or (row.port if keywords.protocol is None else keywords.protocol)
        return (RawLinkSettings(**shared, protocol=min(protocol, NO_PROTOCOL), pattern=PATTERN),)
    if row.link is LinkKind.DCCP:  # no more than what the original makes first
        return (RawLinkSettings(**shared, protocol=IpProtocol.DCCP),)
    return (TcpLinkSettings(**shared, **segment, source_port=source_port, flows=choices.mda),)


def traffic_class(choices: Choices) -> int | None:
    """The kernel takes the low byte of an IPv4 type of service, and refuses an IPv6 traffic class that is no byte."""
    number = as_int(choices.traffic_class)
    return (number & 0xFF if choices.family.version == 4 else number) or None


def nanoseconds(seconds: float) -> int:
    """Whole nanoseconds; what is beyond a century is a century."""
    return int(min(seconds, 3.2e9) * SECOND_NS) if seconds == seconds else 0


def open_link(plan: Plan, network: Network) -> Link:
    """Raises KernelRefused, with `what` "socket", "bind", "connect" or the name of an option."""
    refused_with = None
    for settings in plan.link_settings:
        try:
            return OPENERS[plan.link](settings, network)
        except OSError as refusal:
            refused_with = refused_with or refusal.errno
    raise KernelRefused(refused_with or 0, "socket")


def open_echo(settings: EchoLinkSettings, network: Network) -> Link:
    """Connected, so that replies are those the original gets; with --paris not, to hear of probes whose
    destination was rewritten, but only if there is a way at all.  Raises KernelRefused."""
    link = network.open_echo_link(settings)
    try:
        for what, errno in link.warnings:  # ping can do without, we cannot
            if what in ("SO_MARK", "SO_DEBUG"):
                raise KernelRefused(errno, what)
        if settings.one_flow:
            network.choose_source(settings)
        else:
            link.connect()
    except OSError as refusal:
        link.close()
        raise KernelRefused(refusal.errno or 0, "connect") from None
    except KernelRefused:
        link.close()
        raise
    return link


OPENERS: dict[str, Callable[[Any, Network], Link]] = {
    LinkKind.UDP: lambda settings, network: network.open_udp_link(settings),
    LinkKind.FLOWS: lambda settings, network: network.open_flow_link(settings),
    LinkKind.ECHO: open_echo,
    LinkKind.TCP: lambda settings, network: network.open_tcp_link(settings),
    LinkKind.CONNECTIONS: lambda settings, network: network.open_connect_link(settings),
    LinkKind.RAW: lambda settings, network: network.open_raw_link(settings),
}
