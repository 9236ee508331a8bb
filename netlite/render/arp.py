"""The tables of arp, in Linux and in BSD style (net-tools 2.10)."""

from __future__ import annotations

from ..records.neighbours import NeighbourFlag as Flag
from .byte_widths import fitted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..records.neighbours import NeighbourRow

HEADER = "Address                  HWtype  HWaddress           Flags Mask            Iface\n"
TITLES = tuple(HEADER.split())

FLAG_LETTERS = ((Flag.COMPLETE, "C"), (Flag.PERMANENT, "M"), (Flag.PUBLISHED, "P"),
                (Flag.DONT_PUBLISH, "!"), (Flag.TRAILERS, "T"))
FLAG_WORDS = ((Flag.PERMANENT, "PERM "), (Flag.PUBLISHED, "PUB "), (Flag.MAGIC, "AUTO "),
              (Flag.DONT_PUBLISH, "DONTPUB "), (Flag.TRAILERS, "TRAIL "))


class LinuxRows:
    """Rows of the default table; most of a row is the same for all neighbours of a kind and made once.

    `hardware_names` maps ARPHRD_* to the name of the link type.
    """

    def __init__(self, hardware_names: Mapping[int, str]):
        self._hardware_names = hardware_names
        self._kinds: dict[tuple[int, int, str, str], tuple[str, str, str]] = {}

    def render(self, row: NeighbourRow, name: str) -> str:
        """One row (`Neighbour` or a tuple like it); `name` is the host name or the address, cut to 23."""
        _, kind, flags, hardware, mask, device = row
        parts = self._kinds.get((kind, flags, mask, device))
        if parts is None:
            parts = self._kinds[kind, flags, mask, device] = self._parts(kind, flags, mask, device)
        shown, instead, rest = parts
        name = name.ljust(23) if len(name) <= 23 and name.isascii() else fitted(name, 23)
        return f"{name}{shown}{instead or hardware:<20.20}{rest}"

    def _parts(self, kind: int, flags: int, mask: str, device: str) -> tuple[str, str, str]:
        """The type, what stands in place of the hardware address, and all that follows it."""
        if flags & Flag.COMPLETE:
            shown, instead = self._hardware_names[kind], ""
        elif flags & Flag.PUBLISHED:
            shown, instead = "*", "<from_interface>"
        else:
            shown, instead = "", "(incomplete)"
        letters = "".join([letter for flag, letter in FLAG_LETTERS if flags & flag])
        netmask = mask if flags & Flag.NETMASK else ""
        return f"  {shown:<8.8}", instead, f"{letters:<6.6}{netmask:<15.15} {device}\n"


def render_bsd_row(row: NeighbourRow, name: str, hardware_name: str) -> str:
    """One line of ``arp -a``; `name` is the host name or "?"."""
    address, _, flags, hardware, mask, device = row
    if flags & Flag.COMPLETE:
        hardware = f"{hardware} [{hardware_name}] "
    elif flags & Flag.PUBLISHED:
        hardware = "<from_interface> "
    else:
        hardware = "<incomplete> "
    netmask = f"netmask {mask} " if flags & Flag.NETMASK else ""
    words = "".join([word for flag, word in FLAG_WORDS if flags & flag]) if flags != Flag.COMPLETE else ""
    return f"{name} ({address}) at {hardware}{netmask}{words}on {device}\n"
