"""The choices of a command line worked out: sizes, ports, and the settings of the engine."""

from __future__ import annotations

from posix import urandom

from ...engines.traceroute import Method, TracerouteSettings
from ...records.links import MtuDiscovery
from .methods import Keywords, MethodRow
from .words import MAX_SIZE_BYTES, Choices

ONE_SOCKET = ("icmp", "raw")  # methods that open all they need before the first probe
DATA_BYTES = 40  # of a packet behind its IP header, unless a size is given
ENGINE_METHODS = {  # all others send UDP
    "icmp": Method.ICMP, "tcp": Method.TCP, "tcpconn": Method.TCP, "raw": Method.RAW}


class Plan:
    """One run: what `traceroute_links` and the engine have to know about it."""

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
        self.source_port = choices.source_port & 0xFFFF or None
        self.segment: dict = {}
        self.seed = 0

    @property
    def sends_privileged(self) -> bool:
        """Whether a probe may need a privilege: each has a socket of its own, and these are set on it."""
        choices = self.choices
        return self.row.name not in ONE_SOCKET and bool(
            choices.mark or choices.debug or choices.gateways or choices.device or choices.source_port
            or choices.flow_label)

    def build_segment(self, proc: str) -> None:
        """Which TCP segment to send (see `traceroute_segment`); the size given has no say in it."""
        from .segment import segment_bytes, segment_fields

        self.segment = segment_fields(self.keywords, proc)
        self.size_bytes = self.header_bytes + segment_bytes(self.segment)
        self.seed = int.from_bytes(urandom(4), "big")

    def shared_settings(self) -> dict:
        """The fields that all kinds of links share."""
        choices = self.choices
        whole = choices.dont_fragment or choices.discover_mtu
        return {
            "family": choices.family, "destination": choices.address, "device": choices.device,
            "source": choices.source[1] if choices.source else None,
            "traffic_class": choices.traffic_class & 0xFF or None,
            "flow_label": choices.flow_label & 0xFFFFF or None, "mark": choices.mark or None,
            "mtu_discovery": MtuDiscovery.PROBE if whole else MtuDiscovery.DONT,
            "dont_route": choices.dont_route, "debug": choices.debug, "ip_options": self.ip_options}

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


def nanoseconds(seconds: float) -> int:
    """Whole nanoseconds; what is beyond a century is a century."""
    return int(min(seconds, 3.2e9) * 1e9) if seconds == seconds else 0
