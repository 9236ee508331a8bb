"""The IPv4 routing cache as ``route -C`` shows it; there is none since Linux 3.6."""

from __future__ import annotations

from .byte_widths import fitted, padded
from .routes import BOTH, COLUMNS, METRICS, WINDOWS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..records.route_cache import CachedRoute


def header_cache4(style: int) -> str:
    """The column titles of the IPv4 routing cache."""
    more = "  TOS HHRef HHUptod     SpecDst" if style == BOTH else ""
    return f"Source          Destination     Gateway         {COLUMNS[style]}{more}\n"


def render_cached4(route: CachedRoute, style: int, hosts: Mapping[bytes, str]) -> str:
    """One row of the IPv4 routing cache.  The flag column stays empty."""
    addresses = route.source, route.destination, route.gateway
    line = "".join([f"{padded(hosts[each], 15)} " for each in addresses]) + f"{'':5} "
    if style == WINDOWS:
        return f"{line}{route.mss_bytes:5} {route.window_bytes:<5} {route.irtt:6} {route.interface}\n"
    if style == METRICS:
        return f"{line}{route.metric:<6} {route.references:<2} {route.uses:7} {route.interface}\n"
    return (f"{line}{route.metric:<6} {route.references:<3} {route.uses:6} {fitted(route.interface, 6)}   "
            f"{route.mss_bytes:<5} {route.window_bytes:<6} {route.irtt:<5} {route.type_of_service:<3} "
            f"{route.header_references:<5} {route.header_up_to_date:<9} "
            f"{hosts[route.specific_destination]}\n")
