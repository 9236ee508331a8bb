"""The choices of a command line worked out: sizes, ports, and the settings of link and engine."""

from __future__ import annotations

from posix import urandom

from ..engines.traceroute import Method, TracerouteSettings
from ..errors import KernelRefused
from ..records.links import (
    EchoLinkSettings,
    KernelStamps,
    MtuDiscovery,
    RawLinkSettings,
    TcpLinkSettings,
    UdpLinkSettings,
)
from .traceroute_choices import MAX_SIZE_BYTES, Choices
from .traceroute_methods import Keywords, MethodRow

DATA_BYTES = 40  # of a packet behind its IP header, unless a size is given
PATTERN = bytes(range(0x40, 0x80))  # what fills it, from the first byte behind the IP header on
UDP, UDPLITE = 17, 136
NO_PROTOCOL = 0x7FFFFFFF  # the kernel refuses it as it refuses all that is beyond a byte
ENGINE_METHODS = {"icmp": Method.ICMP, "tcp": Method.TCP, "tcpconn": Method.TCP, "raw": Method.RAW}  # all others send UDP


class Plan:
    """One run: `open_link` and `engine_settings` say all that is known about it."""

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
            settings = TcpLinkSettings(**self.shared_settings(), **self.segment)
            return open_first(network.open_tcp_link, [settings])
        if self.row.name == "tcpconn":
            return network.open_connect_link(TcpLinkSettings(
                **self.shared_settings(), source_port=self.choices.source_port & 0xFFFF or None,
                ip_options=self.ip_options))
        if self.row.name == "raw":
            protocol = self.row.port if self.keywords.protocol is None else self.keywords.protocol
            protocol = min(self.choices.port or protocol, NO_PROTOCOL)
            settings = RawLinkSettings(**self.shared_settings(), protocol=protocol, pattern=PATTERN,
                                       ip_options=self.ip_options)
            return open_first(network.open_raw_link, [settings])
        lite = self.row.name == "udplite"
        return network.open_udp_link(UdpLinkSettings(
            **self.shared_settings(), socket_per_probe=True, pattern=PATTERN, stamped=False,
            source_port=self.choices.source_port & 0xFFFF or None, ip_options=self.ip_options,
            protocol=UDPLITE if lite else UDP, coverage_bytes=(self.keywords.coverage or 8) if lite else None))

    def open_echo_link(self, network):
        """Raw where it is allowed, for compatibility, else datagram; the way there is tried first."""
        pattern = PATTERN * (self.size_bytes // len(PATTERN) + 2)
        payload = pattern[8:8 + self.size_bytes - self.header_bytes]
        settings = EchoLinkSettings(**self.shared_settings(), payload=payload, stamped=False,
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
        """The fields that all kinds of links share (LinkSettings)."""
        choices = self.choices
        whole = choices.dont_fragment or choices.discover_mtu
        return {
            "family": choices.family, "destination": choices.address, "device": choices.device,
            "source": choices.source[1] if choices.source else None,
            "traffic_class": choices.traffic_class & 0xFF or None,
            "flow_label": choices.flow_label & 0xFFFFF or None, "mark": choices.mark or None,
            "mtu_discovery": MtuDiscovery.PROBE if whole else MtuDiscovery.DONT,
            "dont_route": choices.dont_route, "debug": choices.debug}

    def engine_settings(self) -> TracerouteSettings:
        """What the engine is told; a fixed source port allows one probe at a time."""
        choices = self.choices
        alone = choices.source_port != 0 or self.row.alone
        gap = choices.gap / 1000 if choices.gap >= 10 else choices.gap
        return TracerouteSettings(
            choices.host, choices.address, ENGINE_METHODS.get(self.row.name, Method.UDP),
            choices.first_hop, choices.max_hops, choices.queries,
            window=1 if alone or choices.discover_mtu else choices.window,
            patience_ns=nanoseconds(choices.wait), here=0.0 if alone else choices.here,
            near=0.0 if alone else choices.near, gap_ns=nanoseconds(gap),
            port=self.port, port_step=self.row.port_step,
            size_bytes=self.size_bytes, header_bytes=self.header_bytes, resolve=not choices.numeric,
            as_paths=choices.as_lookups,
            name_patience_ns=(60 if choices.as_lookups else 5) * 1_000_000_000,
            back=choices.back, discover_mtu=choices.discover_mtu, show_flags=self.keywords.info, seed=self.seed)


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
