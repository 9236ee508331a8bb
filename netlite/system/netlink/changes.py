"""Changes of kernel state that the old ioctls cannot make, through pyroute2 (rtnetlink)."""

from __future__ import annotations

from errno import EADDRNOTAVAIL

from ...errors import KernelRefused
from ...feature_errors import LibraryMissing
from ...libraries import find_libraries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

AF_INET = 2


def remove_address(device: str, address: str) -> None:
    """Remove an IPv4 address from an interface, labelled or not (RTM_DELADDR; CAP_NET_ADMIN).

    Raises KernelRefused, with EADDRNOTAVAIL where the interface does not have it.
    """
    with _route_socket("ifconfig del") as netlink:
        for index in netlink.link_lookup(ifname=device):
            for message in netlink.get_addr(family=AF_INET, index=index):
                if message.get_attr("IFA_LOCAL") == address:
                    return _call("RTM_DELADDR", netlink.addr, "del", index=index, address=address,
                                 prefixlen=message["prefixlen"])
    raise KernelRefused(EADDRNOTAVAIL, "SIOCDIFADDR")


def _route_socket(feature: str) -> Any:
    find_libraries()
    try:
        from pyroute2 import IPRoute
    except ImportError:
        raise LibraryMissing("pyroute2", feature) from None
    return IPRoute()


def _call(what: str, function: Callable[..., object], *arguments: object, **named: object) -> None:
    from pyroute2.netlink.exceptions import NetlinkError

    try:
        function(*arguments, **named)
    except NetlinkError as refusal:
        raise KernelRefused(refusal.code, what) from None
