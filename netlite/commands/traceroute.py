"""traceroute: print the route packets trace to a network host.

Options, texts and exit statuses are those of Dmitry Butskoy's traceroute 2.1.2; see
docs/parity/traceroute.rst.  Exit status: 0 when the trace ran, 1 when the kernel refused something,
2 when the command line could not be read.
"""

from __future__ import annotations

from errno import EPERM
from posix import strerror, urandom

from ..engines.traceroute import Method, TracerouteEngine, TracerouteSettings
from ..errors import KernelRefused, UsageError
from ..records.links import EchoLinkSettings, KernelStamps, MtuDiscovery, TcpLinkSettings, UdpLinkSettings
from ..records.traceroute import TraceFailed
from ..render.traceroute import TracerouteText
from .environment import Environment
from .traceroute_choices import MAX_SIZE_BYTES, Choices, read_choices
from .traceroute_methods import METHODS, Keywords, MethodRow
from .traceroute_options import CommandLine, refused

DATA_BYTES = 40  # of a packet behind its IP header, unless a size is given
PATTERN = bytes(range(0x40, 0x80))
UDP, UDPLITE = 17, 136
NO_PRIVILEGE = "You do not have enough privileges to use this traceroute method."
SYSTEM_CALLS = ("socket", "bind", "connect", "send", "send probe", "local recverr")


def main(argv: list[str], environment: Environment) -> int:
    choices = read_choices(environment.program, argv, environment.resolver,
                           "POSIXLY_CORRECT" in environment.variables)
    row = METHODS.get(choices.method.lower())
    if row is None:
        raise refused(f"Unknown traceroute module {choices.method}")
    choices.check()
    ip_options = source_route(choices)
    keywords = Keywords()
    if row.keywords and choices.method_words:
        CommandLine(row.keywords, keywords=True).read(row.name, choices.method_words, keywords)
    refuse_what_is_not_done(environment.program, choices, row)
    plan = Plan(choices, row, keywords, ip_options)
    if row.name == "tcp":
        plan.build_segment(environment.proc)
    try:
        with plan.open_link(environment.network) as link:
            return run(plan, link, environment)
    except KernelRefused as refusal:
        before = NO_PRIVILEGE if (refusal.what, refusal.errno) == ("socket", EPERM) else ""
        return failed(environment, refusal.what, refusal.errno, before)


def run(plan: Plan, link, environment: Environment) -> int:
    from ..sockets.driver import run as drive

    text = TracerouteText(plan.choices.numeric, plan.choices.extensions, plan.choices.back)
    lookups = None if plan.choices.numeric else environment.lookups()
    try:
        engine = TracerouteEngine(plan.engine_settings())
        for record in drive(engine, link, environment.clock, None, lookups, environment.transcript):
            if type(record) is TraceFailed:
                return failed(environment, record.what, record.errno)
            environment.out.write(text.render(record))
            environment.out.flush()
    finally:
        if lookups is not None:
            lookups.close()
    return 0


def failed(environment: Environment, what: str, errno: int, before: str = "") -> int:
    call = what if what in SYSTEM_CALLS else f"setsockopt {what}"
    environment.error(f"{before}\n{call}: {strerror(errno)}\n")
    return 1


def refuse_what_is_not_done(program: str, choices: Choices, row: MethodRow) -> None:
    if not row.done:
        raise UsageError(f"{program}: the method {row.name} is not implemented\n", 2)
    if choices.as_lookups:
        raise UsageError(f"{program}: -A is not implemented\n", 2)


def source_route(choices: Choices) -> bytes:
    """The IP option (RFC 791 loose source route) or routing header that -g asks for."""
    if not choices.gateways:
        return b""
    from .traceroute_gateways import source_route_bytes

    return source_route_bytes(choices)


class Plan:
    """The choices, worked out: sizes, ports, and the settings of link and engine."""

    def __init__(self, choices: Choices, row: MethodRow, keywords: Keywords, ip_options: bytes):
        self.choices = choices
        self.row = row
        self.keywords = keywords
        self.ip_options = ip_options
        self.header_bytes = choices.family.header_bytes + len(ip_options) + row.header_bytes
        size = MAX_SIZE_BYTES if choices.discover_mtu and choices.size_bytes < 0 else choices.size_bytes
        if size < 0:
            size = choices.family.header_bytes + len(ip_options) + DATA_BYTES
        self.size_bytes = max(size, self.header_bytes)
        self.port = choices.port or row.port
        self.segment: dict = {}
        self.seed = 0

    def build_segment(self, proc: str) -> None:
        """Which TCP segment to send (see `traceroute_segment`); the size given has no say in it."""
        from .traceroute_segment import segment_bytes, segment_fields

        self.segment = segment_fields(self.keywords, proc)
        self.segment.update(source_port=self.choices.source_port & 0xFFFF or None, ip_options=self.ip_options)
        self.size_bytes = self.header_bytes + segment_bytes(self.segment)
        self.seed = int.from_bytes(urandom(4), "big")

    def open_link(self, network):
        """Raises KernelRefused, with `what` "socket", "connect" or the name of an option."""
        if self.row.name == "icmp":
            return self.open_echo_link(network)
        if self.row.name == "tcp":
            return open_first(network.open_tcp_link, [TcpLinkSettings(**self.shared_settings(), **self.segment)])
        lite = self.row.name == "udplite"
        return network.open_udp_link(UdpLinkSettings(
            **self.shared_settings(), socket_per_probe=True, source_port=self.choices.source_port & 0xFFFF or None,
            protocol=UDPLITE if lite else UDP, pattern=PATTERN, stamped=False, ip_options=self.ip_options,
            coverage_bytes=(self.keywords.coverage or 8) if lite else None))

    def open_echo_link(self, network):
        pattern = PATTERN * (self.size_bytes // len(PATTERN) + 2)
        settings = EchoLinkSettings(
            **self.shared_settings(), payload=pattern[8:8 + self.size_bytes - self.header_bytes], stamped=False,
            ip_options=self.ip_options, kernel_stamps=KernelStamps.RECEIVED)
        kinds = (self.keywords.kind,) if self.keywords.kind else ("raw", "datagram")
        link = open_first(network.open_echo_link, [settings.replace(kind=kind) for kind in kinds])
        try:
            for what, errno in getattr(link, "warnings", ()):  # what ping can do without
                raise KernelRefused(errno, what)
            network.choose_source(settings)
        except OSError as refusal:
            link.close()
            raise KernelRefused(refusal.errno, "connect") from None
        except KernelRefused:
            link.close()
            raise
        return link

    def shared_settings(self) -> dict:
        choices = self.choices
        whole = choices.dont_fragment or choices.discover_mtu
        return {"family": choices.family, "destination": choices.address,
                "source": choices.source[1] if choices.source else None, "device": choices.device,
                "traffic_class": choices.traffic_class & 0xFF or None, "flow_label": choices.flow_label & 0xFFFFF or None,
                "mark": choices.mark or None, "mtu_discovery": MtuDiscovery.PROBE if whole else MtuDiscovery.DONT,
                "dont_route": choices.dont_route, "debug": choices.debug}

    def engine_settings(self) -> TracerouteSettings:
        choices = self.choices
        alone = choices.source_port != 0
        gap = choices.gap / 1000 if choices.gap >= 10 else choices.gap
        return TracerouteSettings(
            choices.host, choices.address, {"icmp": Method.ICMP, "tcp": Method.TCP}.get(self.row.name, Method.UDP),
            choices.first_hop, choices.max_hops, choices.queries, 1 if alone or choices.discover_mtu else choices.window,
            nanoseconds(choices.wait), 0.0 if alone else choices.here, 0.0 if alone else choices.near, nanoseconds(gap),
            port=self.port, port_step=self.row.port_step, size_bytes=self.size_bytes, header_bytes=self.header_bytes,
            resolve=not choices.numeric, back=choices.back, discover_mtu=choices.discover_mtu,
            show_flags=self.keywords.info, seed=self.seed)


def open_first(open_link, settings: list):
    """The link for the first of `settings` that the kernel allows; else its refusal of the first."""
    refused_with = None
    for one in settings:
        try:
            return open_link(one)
        except OSError as refusal:
            refused_with = refused_with or refusal.errno
    raise KernelRefused(refused_with, "socket")


def nanoseconds(seconds: float) -> int:
    """Whole nanoseconds; what is beyond a century is a century."""
    return int(min(seconds, 3.2e9) * 1e9) if seconds == seconds else 0
