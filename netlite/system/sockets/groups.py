"""Multicast group memberships, from /proc/net/igmp and igmp6."""

from __future__ import annotations

from sys import byteorder

from ...records.groups import GroupMembership
from ..files import net_file, read_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..door import Door


def parse_groups4(lines: list[bytes]) -> tuple[list[GroupMembership], list[int]]:
    """The rows of igmp, and the numbers of the lines that are none.

    A line for a device is followed by an indented one for each of its groups.
    """
    rows, bogus, device = [], [], ""
    for number, line in enumerate(lines[1:], 1):
        if not line.startswith(b"\t"):
            device = line.partition(b":")[0].split(b"\t")[-1].strip().decode("utf-8", "surrogateescape")
            continue
        words = line.split()
        try:
            rows.append(GroupMembership(device, int(words[1]), int(words[0], 16).to_bytes(4, byteorder)))
        except (ValueError, IndexError, OverflowError):
            bogus.append(number)
    return rows, bogus


def parse_groups6(lines: list[bytes]) -> tuple[list[GroupMembership], list[int]]:
    """The rows of igmp6 (index, device, address, users, flags, timer), and what is no row, as above."""
    rows, bogus = [], []
    for number, line in enumerate(lines):
        words = line.split()
        try:
            address = bytes.fromhex(words[2].decode("ascii"))
            if len(address) != 16:
                raise ValueError(line)
            rows.append(GroupMembership(words[1].decode("utf-8", "surrogateescape"), int(words[3]), address))
        except (ValueError, IndexError):
            bogus.append(number)
    return rows, bogus


PARSERS = {"igmp": parse_groups4, "igmp6": parse_groups6}


def read_groups(world: Door, table: str) -> tuple[list[GroupMembership], list[int]]:
    """The rows of ``igmp`` or ``igmp6`` in the kernel's order, and the numbers of lines that are none.

    Raises OSError where the kernel has no multicast.  No privilege needed.
    """
    return PARSERS[table]([line for block in read_lines(world.files, net_file(world, table)) for line in block])
