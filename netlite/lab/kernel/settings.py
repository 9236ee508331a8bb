"""The settings of the kernel (files under /proc/sys) that a node of a lab has, and why."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..scene.parts import Node

    Settings = dict[str, str | None]
    """Text of files below /proc/sys; None leaves one alone."""

EVERYWHERE = {
    "net/ipv4/conf/all/rp_filter": "0",  # else asymmetric returns are dropped; all and default count
    "net/ipv4/conf/default/rp_filter": "0",
    "net/ipv4/conf/all/accept_redirects": "0",
    "net/ipv4/conf/all/send_redirects": "0",
    "net/ipv4/conf/default/send_redirects": "0",
    "net/ipv6/conf/all/accept_dad": "0",  # else IPv6 starts 3 s late (RFC 4862 section 5.4)
    "net/ipv6/conf/default/accept_dad": "0",
    "net/ipv6/conf/default/dad_transmits": "0",
    "net/ipv6/conf/default/accept_ra": "0",
    "net/ipv6/conf/default/router_solicitations": "0",
    "net/ipv4/icmp_ratelimit": "0",  # else traceroute -q 10 sees stars
    "net/ipv4/icmp_ratemask": "0",  # exempt from the limit of all ICMP together too
    "net/ipv4/icmp_msgs_per_sec": "1000000",
    "net/ipv4/icmp_msgs_burst": "1000000",
    "net/ipv6/icmp/ratelimit": "0",
    "net/ipv4/fib_multipath_hash_policy": "1",  # equal ways are chosen by ports too
    "net/ipv6/fib_multipath_hash_policy": "1",
    "net/ipv4/ping_group_range": "0 0",  # "1 0" in a new namespace: nobody
}
FORWARDING = ("net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding")
LIMITED_TYPES = "6168"  # unreachable, time exceeded and their like: the kernel's own default


def settings_of(node: Node) -> dict[str, str]:
    """The settings that a node has of its own; they win over all others."""
    if node.bare or node.switch:
        return {"net/ipv6/conf/default/disable_ipv6": "1"}
    interval = str(node.icmp_interval_ns // 1_000_000)
    return {"net/ipv4/icmp_ratelimit": interval, "net/ipv4/icmp_ratemask": LIMITED_TYPES,
            "net/ipv6/icmp/ratelimit": interval} if node.icmp_interval_ns else {}


def write_setting(key: str, value: str) -> None:
    """Write /proc/sys/<key> of the network namespace we are in."""
    with open(f"/proc/sys/{key}", "w") as file:
        file.write(value)
