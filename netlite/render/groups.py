"""The table of multicast groups, as netstat of net-tools prints it."""

from __future__ import annotations

from ..records.groups import GroupMembership
from .byte_widths import padded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

HEADING = ("IPv6/IPv4 Group Memberships\n"
           "Interface       RefCnt Group\n"
           "--------------- ------ ---------------------\n")
TITLES = ("Interface", "RefCnt", "Group")


def render_group(membership: GroupMembership, hosts: Mapping[bytes, str]) -> str:
    """One line."""
    return f"{padded(membership.interface, 15)} {membership.users:<6} {hosts[membership.address]}\n"
