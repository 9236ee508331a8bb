"""The link of each method of traceroute, opened as its plan says."""

from __future__ import annotations

from ...command_line.c_numbers import as_int
from ...errors import KernelRefused
from ...records.family import IpProtocol
from ...records.links import EchoLinkSettings, KernelStamps, Proof, RawLinkSettings, TcpLinkSettings, UdpLinkSettings
from .plan import Plan

PATTERN = bytes(range(0x40, 0x80))  # what fills a packet, from the first byte behind the IP header on
COVERAGE_BYTES = 8  # the UDP-Lite header alone
NO_PROTOCOL = 0x7FFFFFFF  # the kernel refuses it as it refuses all that is beyond a byte


def open_link(plan: Plan, network):
    """Raises KernelRefused, with `what` "socket", "bind", "connect" or the name of an option."""
    return OPENERS[plan.row.name](plan, network)


def open_udp(plan: Plan, network, **more):
    """A socket a probe; -U and the default method differ in the ports alone."""
    return network.open_udp_link(UdpLinkSettings(
        **plan.shared_settings(), socket_per_probe=True, pattern=PATTERN, stamped=False,
        source_port=plan.source_port, **more))


def open_udplite(plan: Plan, network):
    """The checksum covers what -O coverage= says, the header alone by default (RFC 3828)."""
    coverage_bytes = as_int(plan.keywords.coverage or COVERAGE_BYTES)
    return open_udp(plan, network, protocol=IpProtocol.UDPLITE, coverage_bytes=coverage_bytes)


def open_echo(plan: Plan, network):
    """Raw where it is allowed, for compatibility, else datagram; then connected, if there is a way at all.

    The original's replies are those of the connected socket, its packets have no room for a token.  With --paris
    the socket stays unconnected, to hear of probes whose destination was rewritten.
    """
    pattern = PATTERN * (plan.size_bytes // len(PATTERN) + 2)
    payload = pattern[8:8 + plan.size_bytes - plan.header_bytes]
    settings = EchoLinkSettings(**plan.shared_settings(), payload=payload, stamped=False,
                                kernel_stamps=KernelStamps.RECEIVED, one_flow=plan.choices.paris,
                                proof=Proof.TOKEN if plan.choices.paris else Proof.IDENTIFIER)
    kinds = (plan.keywords.kind,) if plan.keywords.kind else ("raw", "datagram")
    link = open_first(network.open_echo_link, [settings.replace(kind=kind) for kind in kinds])
    try:
        for what, errno in link.warnings:  # ping can do without, we cannot
            if what in ("SO_MARK", "SO_DEBUG"):
                raise KernelRefused(errno, what)
        if plan.choices.paris:
            network.choose_source(settings)
        else:
            link.connect()
    except OSError as refusal:
        link.close()
        raise KernelRefused(refusal.errno, "connect") from None
    except KernelRefused:
        link.close()
        raise
    return link


def open_tcp(plan: Plan, network):
    """SYNs, or what -O makes of them, from a raw socket."""
    settings = TcpLinkSettings(**plan.shared_settings(), **plan.segment, source_port=plan.source_port)
    return open_first(network.open_tcp_link, [settings])


def open_connections(plan: Plan, network):
    """Connection attempts; the kernel makes the segments."""
    return network.open_connect_link(TcpLinkSettings(**plan.shared_settings(), source_port=plan.source_port))


def open_raw(plan: Plan, network):
    """The protocol is that of -p, which is a port elsewhere, else that of -P."""
    protocol = plan.row.port if plan.keywords.protocol is None else plan.keywords.protocol
    protocol = min(plan.choices.port or protocol, NO_PROTOCOL)
    settings = RawLinkSettings(**plan.shared_settings(), protocol=protocol, pattern=PATTERN)
    return open_first(network.open_raw_link, [settings])


def open_first(open_one, settings: list):
    """The link for the first of `settings` that the kernel allows; else its refusal of the first."""
    refused_with = None
    for one in settings:
        try:
            return open_one(one)
        except OSError as refusal:
            refused_with = refused_with or refusal.errno
    raise KernelRefused(refused_with, "socket")


OPENERS = {"default": open_udp, "udp": open_udp, "udplite": open_udplite, "icmp": open_echo, "tcp": open_tcp,
           "tcpconn": open_connections, "raw": open_raw}
