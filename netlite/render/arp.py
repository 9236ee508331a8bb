"""The tables of arp, in Linux and in BSD style (net-tools 2.10)."""

from __future__ import annotations

from ..records.neighbours import Neighbour, NeighbourFlag as Flag

HEADER = "Address                  HWtype  HWaddress           Flags Mask            Iface\n"

FLAG_LETTERS = ((Flag.COMPLETE, "C"), (Flag.PERMANENT, "M"), (Flag.PUBLISHED, "P"),
                (Flag.DONT_PUBLISH, "!"), (Flag.TRAILERS, "T"))
FLAG_WORDS = ((Flag.PERMANENT, "PERM "), (Flag.PUBLISHED, "PUB "), (Flag.MAGIC, "AUTO "),
              (Flag.DONT_PUBLISH, "DONTPUB "), (Flag.TRAILERS, "TRAIL "))


def render_linux_row(row: Neighbour, name: str, hardware_name: str) -> str:
    """One row of the default table; `name` is the host name or the address, cut to 23."""
    if row.flags & Flag.COMPLETE:
        kind, hardware = hardware_name, row.hardware_address
    elif row.flags & Flag.PUBLISHED:
        kind, hardware = "*", "<from_interface>"
    else:
        kind, hardware = "", "(incomplete)"
    letters = "".join(letter for flag, letter in FLAG_LETTERS if row.flags & flag)
    mask = row.mask if row.flags & Flag.NETMASK else ""
    return (f"{name:<23.23}  {kind:<8.8}{hardware:<20.20}{letters:<6.6}{mask:<15.15} {row.device}\n")


def render_bsd_row(row: Neighbour, name: str, hardware_name: str) -> str:
    """One line of ``arp -a``; `name` is the host name or "?"."""
    if row.flags & Flag.COMPLETE:
        hardware = f"{row.hardware_address} [{hardware_name}] "
    elif row.flags & Flag.PUBLISHED:
        hardware = "<from_interface> "
    else:
        hardware = "<incomplete> "
    mask = f"netmask {row.mask} " if row.flags & Flag.NETMASK else ""
    words = "".join(word for flag, word in FLAG_WORDS if row.flags & flag)
    return f"{name} ({row.address}) at {hardware}{mask}{words}on {row.device}\n"
