"""The real network: opens links.  Its subclasses, in memory and recording, have every method of their own.

Each kind of link lives in a module of its own and is imported when it is opened.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, Protocol

    from ..records.arp import ArpLinkSettings
    from ..records.dhcp import DhcpLinkSettings
    from ..records.echo_links import EchoLinkSettings
    from ..records.family import Family
    from ..records.links import LinkSettings
    from ..records.raw_links import RawLinkSettings, TcpLinkSettings
    from ..records.seen import SeenPacket, Wanted
    from ..records.udp_links import UdpLinkSettings
    from ..sockets.clock import AnyClock
    from ..sockets.icmp import EchoKind
    from .exchange import Answered, Letter
    from .link import Link

    class Capture(Protocol):
        """What is asked of `sockets.capture.PacketCapture`, and of that of the network in memory."""

        def pass_only(self, wanted: Sequence[Wanted]) -> bool: ...

        def receive(self) -> list[SeenPacket]: ...

        def rest(self) -> list[SeenPacket]: ...

        def close(self) -> None: ...


class Network:
    """Opens links and answers which source address the kernel would take."""

    def open_echo_link(self, settings: EchoLinkSettings) -> Link:
        """A link for ICMP echo, or for node information queries, as `settings` (EchoLinkSettings) say.

        Datagram sockets need a group in ping_group_range, raw ones CAP_NET_RAW.  Raises the OSError of the
        last try when neither is to be had, KernelRefused (what: the option, or "bind") where the kernel
        refuses a setting.
        """
        from ..sockets.icmp import open_icmp_socket

        make: Callable[[Any, str, EchoLinkSettings], Link]
        if settings.node_query is not None:
            from .node_information import NodeInformationLink as make
        else:
            from .echo import EchoLink as make
        socket, kind = open_icmp_socket(settings)
        try:
            return make(socket, kind, settings)
        except BaseException:
            socket.close()
            raise

    def open_udp_link(self, settings: UdpLinkSettings) -> Link:
        """A link for UDP probes (UdpLinkSettings) that reads the error queue; no privilege."""
        if settings.socket_per_probe:
            from .per_probe import PerProbeUdpLink

            return PerProbeUdpLink(settings)
        from .udp import UdpLink

        return UdpLink(settings)

    def open_flow_link(self, settings: UdpLinkSettings) -> Link:
        """A link for UDP probes (UdpLinkSettings) that keep to flows; no privilege, better with CAP_NET_RAW."""
        from .flows import FlowLink

        return FlowLink(settings)

    def open_tcp_link(self, settings: TcpLinkSettings) -> Link:
        """A link for TCP segments (TcpLinkSettings) from a raw socket (CAP_NET_RAW).  Raises OSError."""
        if settings.flows:
            from .tcp_flows import TcpFlowLink

            return TcpFlowLink(settings)
        from .tcp_probe import TcpLink

        return TcpLink(settings)

    def open_connect_link(self, settings: TcpLinkSettings) -> Link:
        """A link whose probes are TCP connection attempts (TcpLinkSettings); no privilege."""
        from .tcp_connect import TcpConnectLink

        return TcpConnectLink(settings)

    def open_raw_link(self, settings: RawLinkSettings) -> Link:
        """A link for packets of any IP protocol (RawLinkSettings), with CAP_NET_RAW.  Raises OSError."""
        from .raw import RawLink

        return RawLink(settings)

    def open_arp_link(self, settings: ArpLinkSettings) -> Link:
        """A link that asks a wire who has an address (ArpLinkSettings), with CAP_NET_RAW.  Raises OSError."""
        from .arp import ArpLink

        return ArpLink(settings)

    def open_dhcp_link(self, settings: DhcpLinkSettings) -> Link:
        """A link that asks for an address (DhcpLinkSettings), with CAP_NET_RAW.  Raises OSError."""
        from .dhcp import DhcpLink

        return DhcpLink(settings)

    def keep_stamping(self) -> None:
        """Have the kernel go on stamping packets between runs (sockets.timestamps.keep_stamping)."""
        from ..sockets.timestamps import keep_stamping

        keep_stamping()

    def try_dccp(self, family: Family, kind: int) -> None:
        """Whether the kernel gives out sockets for DCCP (`kind`: sockets.dccp).  Raises KernelRefused where not."""
        from ..sockets.dccp import open_dccp_socket

        open_dccp_socket(family, kind).close()

    def open_capture(self) -> Capture:
        """What passes on all devices (capture.PacketCapture), with CAP_NET_RAW.  Raises OSError."""
        from ..sockets.capture import PacketCapture

        return PacketCapture()

    def choose_source(self, settings: LinkSettings) -> str:
        """The source address the kernel would choose: a UDP connect without sending a byte.

        Raises OSError (ENETUNREACH, EHOSTUNREACH, EACCES, EINVAL) as connect(2) does.
        """
        from ..sockets.settings import choose_source

        return choose_source(settings)

    def mark_refusal(self, settings: LinkSettings) -> int | None:
        """With which errno the kernel refuses the mark of `settings`; None where it is content (CAP_NET_ADMIN)."""
        from ..sockets.settings import mark_refusal

        return mark_refusal(settings)

    def echo_kind(self, family: Family, raw_only: bool = False) -> EchoKind:
        """Which kind of ICMP socket would be opened (sockets.icmp.EchoKind), or with which errno none."""
        from ..sockets.icmp import try_echo_kind

        return try_echo_kind(family, raw_only)

    def exchange(self, clock: AnyClock, letters: Sequence[Letter], until_ns: int) -> list[Answered]:
        """A datagram to each, and its answer (links.exchange)."""
        from .exchange import exchange

        return exchange(clock, letters, until_ns)

    def converse(self, clock: AnyClock, address: str, port: int, greeting: bytes, until_ns: int) -> int | None:
        """The bytes of the first answer of a TCP service (links.exchange)."""
        from .exchange import converse

        return converse(clock, address, port, greeting, until_ns)

    def device_has_address(self, device: str, address: str) -> bool:
        """Whether the interface holds the address."""
        from ..sockets.local_addresses import has_address

        return has_address(device, address)
