"""What the rows of arp say: who is on the wire, and why nobody answers."""

from __future__ import annotations

from ..records.neighbours import NeighbourFlag
from ..render.visible import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .surroundings import Surroundings

MOST = 8


def tell_neighbours(found: list[tuple[str, Any]], around: Surroundings) -> list[str]:
    """Rows that are (address, kind, flags, hardware address, mask, device); incomplete ones first."""
    rows = [row for _, row in found]
    if not rows:
        return ["No neighbour is known: by this version of IP, this host has lately spoken with nobody on its wires. "
                "Ping one, and it appears."]
    rows.sort(key=lambda row: bool(row[2] & NeighbourFlag.COMPLETE))
    told = [sentence_of(row, around) for row in rows[:MOST]]
    return told + ([f"{len(rows) - MOST} more neighbours."] if len(rows) > MOST else [])


def sentence_of(row: tuple[str, int, int, str, str, str], around: Surroundings) -> str:
    """One neighbour."""
    address, _, flags, hardware, _, device = row
    device = visible(device)
    asking = "neighbour discovery" if ":" in address else "ARP"
    role = ", the router that packets to elsewhere are handed to," if address in around.gateways else ""
    if flags & NeighbourFlag.PUBLISHED:
        return f"{address}{role}: this host answers for it, where others ask (P, proxy {asking})."
    if flags & NeighbourFlag.DONT_PUBLISH:
        return f"{address}{role}: this host answers no requests for it (!)."
    if not flags & NeighbourFlag.COMPLETE:
        return (f"{address}{role} is incomplete: this host asked on {device} who has that address, and nobody "
                "answered (yet). Either nobody there has it (switched off, a mistyped address, another wire), "
                "or the request or its answer was lost. Packets to it wait, and after three requests they fail "
                "(Destination Host Unreachable). Next: ifconfig shows whether the address is in the network of "
                "that interface.")
    told = f"{address}{role} answers at {visible(hardware)} on {device}"
    told += ": entered by hand or by a program, it stays until it is deleted (M)" \
        if flags & NeighbourFlag.PERMANENT else \
        f": learned by {asking} (C); when that was long ago, it is asked again before it is relied on"
    return told + _maker(hardware) + "."


def _maker(hardware: str) -> str:
    """What the first byte of a hardware address says (IEEE 802, its second-lowest bit)."""
    try:
        first = int(hardware[:2], 16)
    except ValueError:
        return ""
    if not first & 2:
        return ""
    return ("; its hardware address is from no maker: for instance a virtual machine, a container, or a phone that "
            "hides its own")
