"""The link of a plan, opened."""

from __future__ import annotations

from ...errors import KernelRefused
from ...records.links import EchoLinkSettings
from .methods import LinkKind
from .plan import Plan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ...links.link import Link
    from ...links.network import Network


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
    destination was rewritten, but only if there is a way at all."""
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
