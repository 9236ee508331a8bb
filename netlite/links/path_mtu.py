"""The link for a search of the path MTU: ICMP echo where it is allowed, else UDP."""

from __future__ import annotations

from ..records.echo_links import EchoLinkSettings, Proof
from ..records.family import Family
from ..records.links import MtuDiscovery
from ..records.udp_links import UdpLinkSettings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .link import Link
    from .network import Network

BUFFER_BYTES = 1 << 18  # a packet of the largest size fits


def open_mtu_link(network: Network, family: Family, address: str, device: str | None = None,
                  udp: bool = False) -> tuple[Link, str]:
    """(link, "icmp" or "udp").  All probes leave whole (DF), whatever the kernel believes of the path, and are one
    flow: they have the same ports, or the same ICMP identifier and checksum, so that equal ways are not mixed up.

    ICMP echo needs what ping needs; where the kernel refuses it, or with `udp`, UDP probes need nothing.
    Raises OSError and KernelRefused as the links do.
    *From the kernel*: ip(7) IP_PMTUDISC_PROBE.
    """
    if not udp:
        try:
            return network.open_echo_link(EchoLinkSettings(
                family, address, device=device, mtu_discovery=MtuDiscovery.PROBE, stamped=False,
                send_buffer_bytes=BUFFER_BYTES, proof=Proof.TOKEN, one_flow=True)), "icmp"
        except OSError:  # no socket for us; what else is wrong, UDP will tell
            pass
    return network.open_flow_link(UdpLinkSettings(
        family, address, device=device, mtu_discovery=MtuDiscovery.PROBE, socket_per_probe=True)), "udp"
